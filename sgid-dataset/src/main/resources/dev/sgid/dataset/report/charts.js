// The numbers above the pictures: tiles, histograms, classes.
const WIDTH = 300;
const HEIGHT = 58;
const BELOW = 16;

const digits = width => width < 0.1 ? 2 : width < 1 ? 1 : 0;

/**
 * A histogram whose bars can be clicked.
 *
 * @param bounds the least and the most that are looked at, undefined for none
 * @param choose takes the bounds of the bar that was clicked; undefined where none can be
 */
function histogram(title, spread, bounds, choose) {
  const {bars, from, width} = spread;
  const most = Math.max(...bars);
  const step = WIDTH / bars.length;
  const places = digits(width);
  const round = number => Number((Math.round(number / width) * width).toFixed(6));
  const said = 'mean ' + spread.mean.toFixed(3) + ', median ' + spread.median.toFixed(3)
    + ', from ' + spread.low.toFixed(3) + ' to ' + spread.high.toFixed(3);
  const svg = element('svg:svg', {
    viewBox: `0 -4 ${WIDTH} ${HEIGHT + BELOW + 4}`, role: 'img', 'aria-label': title + ': ' + said,
  });
  bars.forEach((count, i) => {
    const low = round(from + i * width);
    const high = round(low + width);
    const out = (bounds.least !== undefined && high <= bounds.least)
      || (bounds.most !== undefined && low > bounds.most);
    const height = count === 0 ? 0 : Math.max(1.5, count / most * HEIGHT);
    svg.append(element('svg:rect', {
      class: out ? 'bar out' : 'bar', x: i * step + step * .06, y: HEIGHT - height,
      width: step * .88, height,
    }));
    svg.append(element('svg:rect', {
      class: 'hit', x: i * step, y: 0, width: step, height: HEIGHT,
      click: choose ? () => choose(low, high) : null,
    }, element('svg:title', {},
      `${low.toFixed(places)} to ${high.toFixed(places)}: ${count} picture${count === 1 ? '' : 's'}`)));
  });
  const mean = (spread.mean - from) / width * step;
  const end = round(from + bars.length * width);
  svg.append(
    element('svg:line', {class: 'axis', x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT}),
    element('svg:line', {class: 'mean', x1: mean, x2: mean, y1: 0, y2: HEIGHT}),
    element('svg:text', {x: 0, y: HEIGHT + 13}, round(from).toFixed(places)),
    element('svg:text', {x: WIDTH, y: HEIGHT + 13, 'text-anchor': 'end'}, end.toFixed(places)));
  if (mean > 50 && mean < WIDTH - 50) {
    svg.append(element('svg:text', {x: mean, y: HEIGHT + 13, 'text-anchor': 'middle'},
      'mean ' + spread.mean.toFixed(2)));
  }
  return element('div', {class: 'chart'}, element('h2', {}, title), element('p', {}, said), svg);
}

function tile(name, number) {
  return element('div', {}, element('dt', {}, name), element('dd', {}, String(number)));
}

function drawTiles() {
  byId('tiles').replaceChildren(
    tile(data.pictures === 1 ? 'copy' : 'copies', data.pictures),
    tile(data.originals === 1 ? 'original' : 'originals', data.originals),
    tile(data.classes.length === 1 ? 'class' : 'classes', data.classes.length),
    ...[['mean consistency', data.consistency], ['mean similarity', data.similarity]]
      .filter(([, spread]) => spread.count > 0)
      .map(([name, spread]) => tile(name, spread.mean.toFixed(3))),
    ...[['failures', data.failures], ['rejected before', data.rejected], ['dropped', data.dropped]]
      .filter(([, count]) => count > 0).map(([name, count]) => tile(name, count)));
}

/** @param choose takes the name of a number and the bounds that it shall have */
function drawCharts(bounds, choose) {
  const drawn = [['consistency', 'Consistency'], ['similarity', 'Similarity'], ['guidance', 'Guidance scale']]
    .filter(([name]) => data[name].count > 0)
    .map(([name, title]) => histogram(title, data[name], bounds[name] || {},
      bounds[name] ? (low, high) => choose(name, low, high) : undefined));
  const more = data.charts.map(chart => element('div', {class: 'chart wide'},
    element('h2', {}, chart.title), element('img', {src: chart.image, alt: chart.title})));
  byId('charts').replaceChildren(...drawn, ...more);
}

/** @param choose takes a label */
function drawClasses(choose) {
  const number = found => element('td', {}, found === undefined ? '–' : found.toFixed(3));
  byId('classes').replaceChildren(...data.classes.map(one => element('tr', {},
    element('th', {scope: 'row'}, element('button',
      {type: 'button', title: 'Show this class only', click: () => choose(one.label)}, one.label)),
    element('td', {}, String(one.pictures)),
    number(one.consistency), number(one.consistencyLow), number(one.similarity))));
}

function drawSettings() {
  const job = data.job;
  const entries = [
    ['sgid', job.sgid],
    ['pack', job.pack && [job.pack.name, job.pack.version].filter(Boolean).join(' ')],
    ['copies', job.copies], ['seed', job.seed],
    ...Object.entries(job.settings || {}),
  ].filter(([, found]) => found !== undefined && found !== null && found !== '');
  byId('settings').replaceChildren(...entries.flatMap(([name, found]) =>
    [element('dt', {}, words(name)), element('dd', {}, shown(found))]));
}

function drawNotes() {
  const notes = [];
  if (data.shown < data.pictures) {
    notes.push(`Of ${data.pictures} copies the ${data.shown} of the lowest consistency are shown: with all of them`
      + ' this file would be too large. The numbers and charts are of all.');
  }
  if (data.originalsMissing) {
    notes.push('The originals can’t be shown: ' + data.originalsMissing);
  } else if (data.withoutPicture > 0) {
    notes.push(`${data.withoutPicture} picture${data.withoutPicture === 1 ? '' : 's'} can’t be shown; why, stands in place of each.`);
  }
  byId('notes').replaceChildren(...notes.map(note => element('li', {}, note)));
}
