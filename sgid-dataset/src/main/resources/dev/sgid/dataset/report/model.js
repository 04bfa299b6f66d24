// The data that lie in this page: pictures with all that their lines say, and small pictures by number.
const data = JSON.parse(document.getElementById('sgid-data').textContent);
const VALUES = 3; // of a row, behind source, small picture and problem
const column = new Map(data.fields.map((field, i) => [field, VALUES + i]));
const sources = data.sources.map(([name, label, thumbnail, problem]) => ({name, label, thumbnail, problem}));

/** What a picture's line says; null for nothing. */
function value(picture, field) {
  const at = column.get(field);
  const found = at === undefined ? data.common[field] : picture.row[at];
  return found === undefined ? null : found;
}

const pictures = data.rows.map((row, index) => {
  const picture = {index, row, source: sources[row[0]], thumbnail: row[1], problem: row[2]};
  picture.fileName = String(value(picture, 'file_name'));
  picture.key = picture.fileName + '\n' + (value(picture, 'file_sha256') || '');
  picture.text = ['caption', 'prompt'].map(field => value(picture, field) || '')
    .concat(picture.source.name, picture.source.label, picture.fileName).join('\n').toLowerCase();
  return picture;
});

const blocks = new Map(); // of small pictures, those used last
const MOST_BLOCKS = 12;

/** The URI of a small picture. */
function thumbnail(number) {
  const block = Math.floor(number / data.thumbnailsInBlock);
  let uris = blocks.get(block);
  blocks.delete(block);
  if (!uris) {
    uris = JSON.parse(document.getElementById('sgid-thumbnails-' + block).textContent);
  }
  blocks.set(block, uris);
  if (blocks.size > MOST_BLOCKS) {
    blocks.delete(blocks.keys().next().value);
  }
  return uris[number % data.thumbnailsInBlock];
}

/** Fields by whose number one can sort: what differs, and is not just a name. */
const numeric = data.fields.filter(field => !['seed', 'copy'].includes(field)
  && pictures.some(picture => typeof value(picture, field) === 'number'));

/** A field's name in words. */
const words = field => field.replaceAll('_', ' ').replace('sha256', 'SHA-256');

/** A value as text. */
function shown(found) {
  if (typeof found === 'number') {
    return Number.isInteger(found) ? String(found) : String(Number(found.toFixed(4)));
  }
  if (typeof found === 'boolean') {
    return found ? 'yes' : 'no';
  }
  if (Array.isArray(found)) {
    return found.map(shown).join(' × ');
  }
  return found !== null && typeof found === 'object'
    ? Object.entries(found).map(([name, part]) => words(name) + ' ' + shown(part)).join(', ') || '–'
    : String(found);
}

/** A number as it stands on a card. */
const short = number => typeof number === 'number' ? number.toFixed(3) : '–';

/** An element with attributes and children; texts are put in as texts. */
function element(name, attributes = {}, ...children) {
  const made = name.startsWith('svg:')
    ? document.createElementNS(byId('blank').namespaceURI, name.slice(4))
    : document.createElement(name);
  for (const [attribute, content] of Object.entries(attributes)) {
    if (typeof content === 'function') {
      made.addEventListener(attribute, content);
    } else if (content !== null && content !== false) {
      made.setAttribute(attribute, content === true ? '' : content);
    }
  }
  made.append(...children.filter(child => child !== null));
  return made;
}

const byId = id => document.getElementById(id);

/** Tells something for a while. */
let saidUntil = 0;
function say(text) {
  byId('said').textContent = text;
  clearTimeout(saidUntil);
  saidUntil = setTimeout(() => { byId('said').textContent = ''; }, 8000);
}
