// Marks: kept in this browser, saved to a file and loaded again.
const REVIEW = 'sgid-review';
const REVIEW_FORMAT = 1;
const STORE = REVIEW + '-' + data.id;
const DECIDES = ['seed', 'pack', 'settings']; // which pictures come of a job
const marks = new Map();
let kept = true;

try {
  for (const [key, mark] of Object.entries(JSON.parse(localStorage.getItem(STORE) || '{}'))) {
    marks.set(key, mark);
  }
} catch (e) {
  kept = false; // a browser that keeps nothing, or keeps something else there
}

const markOf = picture => marks.get(picture.key) || 'none';

/** Marks pictures with accept, reject or none. */
function setMarks(chosen, mark) {
  for (const picture of chosen) {
    if (mark === 'none') {
      marks.delete(picture.key);
    } else {
      marks.set(picture.key, mark);
    }
  }
  try {
    localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(marks)));
    kept = true;
  } catch (e) {
    if (kept) {
      say('This browser does not keep marks: save the review before you leave the page.');
    }
    kept = false;
  }
}

function countMarks() {
  const count = {accept: 0, reject: 0, none: 0};
  pictures.forEach(picture => count[markOf(picture)]++);
  return count;
}

/** The review file's content. */
function review() {
  return {
    kind: REVIEW,
    format: REVIEW_FORMAT,
    job: data.job,
    marks: pictures.filter(picture => markOf(picture) !== 'none').map(picture => ({
      file_name: picture.fileName,
      file_sha256: value(picture, 'file_sha256'),
      mark: markOf(picture),
    })),
  };
}

function saveReview() {
  const count = countMarks();
  if (count.accept + count.reject === 0) {
    say('Nothing is marked yet: accept or reject pictures first.');
    return;
  }
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(review(), null, 1) + '\n'], {type: 'application/json'}));
  const name = 'sgid-review-' + data.title.replace(/[^\w.-]+/g, '_') + '.json';
  element('a', {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  say('Saved ' + name + ': ' + count.accept + ' accepted, ' + count.reject + ' rejected.'
    + ' Then: sgid apply-review OUT ' + name);
}

/** What differs between the job of a review and this one, in words. */
function differences(before, now, prefix = '') {
  const names = new Set([...Object.keys(before || {}), ...Object.keys(now || {})]);
  return [...names].filter(name => prefix || DECIDES.includes(name)).flatMap(name => {
    const a = before[name] ?? null;
    const b = now[name] ?? null;
    if (a && b && typeof a === 'object' && typeof b === 'object' && !Array.isArray(a)) {
      return differences(a, b, prefix + name + '.');
    }
    return JSON.stringify(a) === JSON.stringify(b)
      ? [] : [prefix + name + ' was ' + JSON.stringify(a) + ', is ' + JSON.stringify(b)];
  });
}

/** Takes the marks of a review file; what came of it, in words. */
function takeReview(text) {
  let loaded;
  try {
    loaded = JSON.parse(text);
  } catch (e) {
    return 'That is no review: ' + e.message;
  }
  if (!loaded || loaded.kind !== REVIEW || !Array.isArray(loaded.marks)) {
    return 'That is no review that such a report saved.';
  }
  if (loaded.format !== REVIEW_FORMAT) {
    return 'That review is of format ' + loaded.format + '; this report knows ' + REVIEW_FORMAT + '.';
  }
  const differs = differences(loaded.job || {}, data.job);
  if (differs.length > 0) {
    return 'That review is of other pictures: ' + differs.join('; ') + '.';
  }
  const known = new Map(pictures.map(picture => [picture.key, picture]));
  let unknown = 0;
  const taken = {accept: [], reject: []};
  for (const mark of loaded.marks) {
    const picture = known.get(mark.file_name + '\n' + (mark.file_sha256 || ''));
    if (picture && taken[mark.mark]) {
      taken[mark.mark].push(picture);
    } else {
      unknown++;
    }
  }
  setMarks(taken.accept, 'accept');
  setMarks(taken.reject, 'reject');
  return 'Loaded ' + taken.accept.length + ' accepted, ' + taken.reject.length + ' rejected'
    + (unknown ? '; ' + unknown + ' of pictures that are not in this report.' : '.');
}
