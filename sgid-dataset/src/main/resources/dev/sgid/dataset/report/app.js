// What is looked at: filter, order, pages, keys.
let found = []; // pictures, in order
let shownPages = []; // lists of pictures
let page = 0;
let ascending = true;

function bounds() {
  const number = id => byId(id).value === '' ? undefined : Number(byId(id).value);
  const of = name => ({least: number(name + '-min'), most: number(name + '-max')});
  return {consistency: of('consistency'), similarity: of('similarity')};
}

function within(picture, field, {least, most}) {
  const number = value(picture, field);
  return (least === undefined || (number !== null && number >= least))
    && (most === undefined || (number !== null && number <= most));
}

function order(a, b) {
  const field = byId('sort').value;
  if (field === 'file_name') {
    return a.fileName < b.fileName ? -1 : a.fileName > b.fileName ? 1 : 0;
  }
  const x = value(a, field);
  const y = value(b, field);
  return x === y ? a.index - b.index : x === null ? Infinity : y === null ? -Infinity : x - y;
}

/** Looks for pictures anew and shows the first page of them. */
function search() {
  const said = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const label = byId('class').value;
  const mark = byId('mark').value;
  const limits = bounds();
  found = pictures.filter(picture => (label === '' || picture.source.label === label.slice(1))
    && (mark === '' || markOf(picture) === mark)
    && within(picture, 'consistency', limits.consistency)
    && within(picture, 'similarity', limits.similarity)
    && said.every(word => picture.text.includes(word)));
  found.sort((a, b) => {
    const difference = order(a, b);
    return Number.isFinite(difference) && !ascending ? -difference : difference;
  });
  paginate();
  drawCharts(limits, choose);
  showPage(0);
}

function paginate() {
  const size = Number(byId('size').value);
  shownPages = [];
  if (byId('view').value === 'pairs') {
    for (let i = 0; i < found.length; i += size) {
      shownPages.push(found.slice(i, i + size));
    }
    return;
  }
  const groups = new Map(); // by source, in the order of each one's first picture
  found.forEach(picture => groups.set(picture.source, [...groups.get(picture.source) || [], picture]));
  let room = 0;
  for (const copies of groups.values()) {
    if (room < copies.length || room <= 0) {
      shownPages.push([]);
      room = size;
    }
    shownPages[shownPages.length - 1].push(...copies);
    room -= copies.length;
  }
}

function showPage(number) {
  page = Math.max(0, Math.min(number, shownPages.length - 1));
  const here = shownPages[page] || [];
  if (here.length === 0) {
    byId('list').replaceChildren(element('p', {class: 'empty'}, 'No picture is like this. Reset the filters to see all.'));
  } else if (byId('view').value === 'pairs') {
    byId('list').replaceChildren(element('div', {class: 'cards'}, ...here.map(picture => card(picture, true, handle))));
  } else {
    const groups = new Map();
    here.forEach(picture => groups.set(picture.source, [...groups.get(picture.source) || [], picture]));
    byId('list').replaceChildren(...[...groups].map(([source, copies]) => group(source, copies, handle)));
  }
  byId('page').value = page + 1;
  byId('page').max = Math.max(1, shownPages.length);
  byId('of').textContent = Math.max(1, shownPages.length);
  byId('previous').disabled = page === 0;
  byId('next').disabled = page >= shownPages.length - 1;
  tell();
}

function tell() {
  const count = countMarks();
  byId('status').textContent = `${found.length} of ${pictures.length} pictures found · ${count.accept} accepted · `
    + `${count.reject} rejected · page ${page + 1} of ${Math.max(1, shownPages.length)}`;
  byId('reject-all').disabled = found.length === 0;
  byId('clear').disabled = count.accept + count.reject === 0;
}

const cards = () => [...document.querySelectorAll('.card')];

/** Where one is: the card in which the focus is, or -1. */
const at = () => cards().indexOf(document.activeElement.closest('.card'));

function focusCard(number) {
  const all = cards();
  if (all.length > 0) {
    const chosen = all[Math.max(0, Math.min(number, all.length - 1))];
    chosen.focus({preventScroll: true});
    chosen.scrollIntoView({block: 'nearest'});
  }
}

/** Goes on by pictures, over the ends of pages; also where one is looked at closer. */
function move(by) {
  if (byId('details').open) {
    const next = found[found.indexOf(pictureHere()) + by];
    if (next) {
      lookCloser(next, handle);
    }
    return;
  }
  const now = at();
  const next = now < 0 ? 0 : now + by;
  if (next >= cards().length && page < shownPages.length - 1) {
    showPage(page + 1);
    focusCard(0);
  } else if (next < 0 && page > 0) {
    showPage(page - 1);
    focusCard(Infinity);
  } else {
    focusCard(next);
  }
}

function turn(by) {
  showPage(page + by);
  focusCard(0);
}

/** Does what a card's button or a key says. */
function handle(picture, what) {
  if (what === 'details') {
    lookCloser(picture, handle);
    return;
  }
  setMarks([picture], what);
  const made = document.querySelector(`.card[data-index="${picture.index}"]`);
  if (made) {
    showMark(made, picture);
  }
  if (byId('details').open) {
    showMark(byId('details'), picture);
  }
  tell();
}

/** Bounds of a bar that was clicked; a second click takes them away. */
function choose(name, low, high) {
  const now = bounds()[name];
  const again = now.least === low && now.most === high;
  byId(name + '-min').value = again ? '' : low;
  byId(name + '-max').value = again ? '' : high;
  search();
}

function chooseClass(label) {
  byId('class').value = '=' + label;
  search();
  byId('tools').scrollIntoView();
}

function showOrder() {
  byId('order').textContent = ascending ? '↑ lowest first' : '↓ highest first';
}

function reset() {
  ['search', 'class', 'mark', 'consistency-min', 'consistency-max', 'similarity-min', 'similarity-max']
    .forEach(id => { byId(id).value = ''; });
  search();
}

function toggleView() {
  const view = byId('view');
  view.value = view.value === 'pairs' ? 'groups' : 'pairs';
  search();
  focusCard(0);
}

const KEYS = {
  j: () => move(1), ArrowDown: () => move(1), ArrowRight: () => move(1),
  k: () => move(-1), ArrowUp: () => move(-1), ArrowLeft: () => move(-1),
  n: () => turn(1), p: () => turn(-1),
  a: () => markHere('accept'), r: () => markHere('reject'), u: () => markHere('none'),
  Enter: () => pictureHere() && handle(pictureHere(), 'details'),
  '/': () => byId('search').focus(),
  g: toggleView, s: saveReview, '?': () => byId('helping').showModal(),
};

function pictureHere() {
  const index = byId('details').open ? byId('details').dataset.index : cards()[at()]?.dataset.index;
  return index === undefined ? null : pictures[index];
}

function markHere(mark) {
  const picture = pictureHere();
  if (!picture) {
    say('Choose a picture first: j goes to the first one.');
    return;
  }
  handle(picture, mark);
  if (!byId('details').open && mark !== 'none') {
    move(1);
  }
}

document.addEventListener('keydown', event => {
  const on = event.target;
  const typing = on.matches('select, textarea, input:not([type=file])');
  if (typing && event.key === 'Escape') {
    on.blur();
  }
  const arrow = event.key.startsWith('Arrow');
  const off = typing || event.ctrlKey || event.altKey || event.metaKey || byId('helping').open
    || (byId('details').open && !['a', 'r', 'u', 'j', 'k'].includes(event.key))
    || (arrow && !on.closest('.card')) // the page scrolls by them
    || (event.key === 'Enter' && !on.matches('.card'));
  if (!off && Object.hasOwn(KEYS, event.key)) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

byId('subtitle').textContent = [
  `${data.pictures} cop${data.pictures === 1 ? 'y' : 'ies'} of ${data.originals} original${data.originals === 1 ? '' : 's'}`,
  data.job.pack && data.job.pack.name,
  data.job.settings && data.job.settings.noise_rate !== undefined && 'noise rate ' + shown(data.job.settings.noise_rate),
  'sgid ' + data.job.sgid,
].filter(Boolean).join(' · ');
byId('class').append(element('option', {value: ''}, 'all'),
  ...data.classes.map(one => element('option', {value: '=' + one.label}, `${one.label} (${one.pictures})`)));
const sorts = ['consistency', 'similarity', 'guidance_scale', ...numeric];
byId('sort').append(...[...new Set(sorts)].map(field => element('option', {value: field}, words(field))),
  element('option', {value: 'file_name'}, 'file name'));

byId('search').addEventListener('input', search);
['class', 'mark', 'sort', 'view', 'size'].forEach(id => byId(id).addEventListener('change', search));
['consistency-min', 'consistency-max', 'similarity-min', 'similarity-max']
  .forEach(id => byId(id).addEventListener('input', search));
byId('order').addEventListener('click', () => { ascending = !ascending; showOrder(); search(); });
byId('reset').addEventListener('click', reset);
byId('previous').addEventListener('click', () => turn(-1));
byId('next').addEventListener('click', () => turn(1));
byId('page').addEventListener('change', () => showPage(Number(byId('page').value) - 1));
byId('save').addEventListener('click', saveReview);
byId('load').addEventListener('click', () => byId('file').click());
byId('help').addEventListener('click', () => byId('helping').showModal());
['details', 'helping'].forEach(id => byId(id + '-close').addEventListener('click', () => byId(id).close()));
byId('reject-all').addEventListener('click', () => {
  if (confirm(`Reject all ${found.length} pictures that were found?`)) {
    setMarks(found, 'reject');
    showPage(page);
  }
});
byId('clear').addEventListener('click', () => {
  if (confirm('Take all marks away?')) {
    setMarks(pictures, 'none');
    showPage(page);
  }
});
byId('file').addEventListener('change', async () => {
  const [file] = byId('file').files;
  if (file) {
    say(takeReview(await file.text()));
    byId('file').value = '';
    showPage(page);
  }
});

drawTiles();
drawNotes();
drawClasses(chooseClass);
drawSettings();
showOrder();
search();
if (!kept) {
  say('This browser does not keep marks: save the review before you leave the page.');
}
