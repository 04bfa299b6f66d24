// Pictures as cards, and one of them looked at closer.
const MARK_WORDS = {none: 'not marked', accept: 'accepted', reject: 'rejected'};

/** A picture in a frame of its own, or why it can't be shown. */
function frame(shownOne, alt) {
  if (shownOne.thumbnail < 0) {
    return element('div', {class: 'frame'}, element('p', {}, 'No picture: ' + (shownOne.problem || 'unknown')));
  }
  const uri = thumbnail(shownOne.thumbnail);
  return element('div', {class: 'frame'}, element('img', {
    src: uri, alt, decoding: 'async', class: uri.startsWith('data:image/png') ? 'pixels' : null,
  }));
}

const original = source => element('figure', {}, frame(source, 'Original ' + source.name),
  element('figcaption', {}, 'original ' + source.name));

const copyOf = picture => element('figure', {}, frame(picture, 'Copy ' + picture.fileName),
  element('figcaption', {}, 'copy ' + (value(picture, 'copy') ?? '')));

function numbers(picture) {
  const list = element('dl', {class: 'numbers'});
  const add = (name, text, strong) => list.append(element('div', {},
    element('dt', {}, name), element('dd', {class: strong ? 'strong' : null}, text)));
  add('consistency', short(value(picture, 'consistency')), true);
  add('similarity', short(value(picture, 'similarity')));
  const guidance = value(picture, 'guidance_scale');
  add('guidance', typeof guidance === 'number' ? guidance.toFixed(2) : '–');
  for (const field of numeric) {
    const usual = ['consistency', 'similarity', 'guidance_scale'].includes(field);
    if (!usual && value(picture, field) !== null) {
      add(words(field), short(value(picture, field)));
    }
  }
  return list;
}

/** How far up a consistency is among all of the data set. */
function meter(picture) {
  const {low, high} = data.consistency;
  const found = value(picture, 'consistency');
  const bar = element('i');
  bar.style.width = typeof found === 'number' && high > low
    ? Math.max(2, (found - low) / (high - low) * 100) + '%' : '0';
  return element('div', {class: 'meter', 'aria-hidden': 'true'}, bar);
}

/** @param handle is told the picture and accept, reject, none or details */
function actions(picture, handle) {
  const button = (name, text) => element('button', {
    type: 'button', class: name, 'aria-pressed': String(markOf(picture) === name),
    click: () => handle(picture, markOf(picture) === name ? 'none' : name),
  }, text);
  return [button('accept', '✓ Accept'), button('reject', '✗ Reject')];
}

const asked = picture => [
  element('p', {class: 'caption'}, value(picture, 'caption') || ''),
  element('p', {class: 'prompt'}, 'prompt: ' + (value(picture, 'prompt') || '')),
];

/** A copy with its numbers; with its original and what was asked for, or where these stand beside it, without. */
function card(picture, withOriginal, handle) {
  const made = element('article', {class: 'card', tabindex: '0', 'data-index': picture.index},
    element('div', {class: 'pair'}, withOriginal ? original(picture.source) : null, copyOf(picture)),
    meter(picture),
    numbers(picture),
    withOriginal ? element('p', {class: 'label'}, picture.source.label) : null,
    ...(withOriginal ? asked(picture) : []),
    element('div', {class: 'actions'}, ...actions(picture, handle), element('button',
      {type: 'button', class: 'closer', click: () => handle(picture, 'details')}, 'Details')));
  showMark(made, picture);
  return made;
}

/** Makes a card, or the closer look, show a picture's mark. */
function showMark(made, picture) {
  const mark = markOf(picture);
  made.classList.toggle('accept', mark === 'accept');
  made.classList.toggle('reject', mark === 'reject');
  made.querySelectorAll('.actions button[aria-pressed]').forEach(button =>
    button.setAttribute('aria-pressed', String(button.classList.contains(mark))));
  if (made.tagName === 'ARTICLE') {
    made.setAttribute('aria-label', `${picture.source.label}, copy ${value(picture, 'copy') ?? ''} of ${picture.source.name},`
      + ` consistency ${short(value(picture, 'consistency'))}, ${MARK_WORDS[mark]}`);
  }
}

/** An original with all of its copies that were found; a caption that they share is there once. */
function group(source, copies, handle) {
  const prompts = new Set(copies.map(copy => value(copy, 'prompt')));
  return element('section', {class: 'group', 'aria-label': source.name},
    element('header', {}, original(source), element('p', {class: 'label'}, source.label),
      ...(prompts.size === 1 ? asked(copies[0]) : [])),
    element('div', {class: 'cards'}, ...copies.map(copy => card(copy, false, handle))));
}

/** All that a picture's line says. */
function lookCloser(picture, handle) {
  byId('details-title').textContent = picture.fileName;
  const fields = [...data.fields, ...Object.keys(data.common)].filter(field =>
    value(picture, field) !== null && value(picture, field) !== '');
  byId('details-body').replaceChildren(
    element('div', {class: 'pair'}, original(picture.source), copyOf(picture)),
    element('div', {class: 'actions'}, ...actions(picture, handle)),
    element('dl', {class: 'fields'},
      element('dt', {}, 'label'), element('dd', {}, picture.source.label),
      element('dt', {}, 'source'), element('dd', {}, picture.source.name),
      ...fields.flatMap(field =>
        [element('dt', {}, words(field)), element('dd', {}, shown(value(picture, field)))])));
  byId('details').dataset.index = picture.index;
  if (!byId('details').open) {
    byId('details').showModal();
  }
}
