import { figure, html, setText, showList } from './dom.js';
import { count, percent, properName, stageLabel } from './words.js';

/** The metrics, how a value reads, and what a narrow screen calls them. */
const METRICS = [
  ['lcp', 'LCP', (value) => `${(value / 1000).toFixed(2)} s`],
  ['inp', 'INP', (value) => `${Math.round(value)} ms`],
  ['cls', 'CLS', (value) => String(Number(value.toFixed(3)))],
];

const RATINGS = { good: 'good', fair: 'needs improvement', poor: 'poor' };

/**
 * Shows how fast pages were, in all, by stage, by channel and by app.
 *
 * @param {any} vitals `vitals` of the snapshot
 */
export function showVitals({ all, stages, channels, more_channels, apps, more_apps, thresholds }) {
  const section = (title, entries, more, what) => (entries.length === 0 ? [] : [
    { key: title, title },
    ...entries.map((entry) => ({ key: JSON.stringify([title, entry.name]), by: title, ...entry })),
    ...(more > 0 ? [{ key: `${title}/`, title: `and ${count(more, what)}` }] : []),
  ]);
  const rows = all.loads === 0 ? [] : [
    { key: 'all', by: 'all', ...all },
    ...section('By stage', stages, 0),
    ...section('By channel', channels, more_channels, 'more channel'),
    ...section('By browser', apps, more_apps, 'more app'),
  ];
  showList(document.getElementById('vital-rows'), rows, ({ key }) => key, renderRow);
  const { lcp, inp, cls } = thresholds;
  setText(document.getElementById('vitals-note'), all.loads === 0
    ? 'No page load has been measured yet.'
    : `Good up to ${lcp.good / 1000} s, ${inp.good} ms and ${cls.good}, poor above ${lcp.poor / 1000} s, ${inp.poor} ms and ${cls.poor}, as Google publishes them.`);
}

function renderRow(row) {
  const { title, by, name, loads } = row;
  if (title) return html('tr', { class: 'title-row' }, html('th', { colspan: 5, scope: 'colgroup' }, title));
  return html('tr', { class: by === 'all' ? 'stage-row' : 'page-row' },
    html('th', { scope: 'row' }, nameOf(by, name)),
    figure('Loads', loads.toLocaleString('en')),
    ...METRICS.map(([metric, heading, read]) => vital(heading, row[metric], read)));
}

function nameOf(by, name) {
  if (by === 'all') return 'All';
  if (by === 'By stage') return name === null ? 'stage not known' : stageLabel(name);
  if (by === 'By browser') return name === null ? 'Not in an app' : `In the app of ${properName(name)}`;
  return name === null ? 'channel not known' : properName(name);
}

function vital(heading, told, read) {
  if (!told) return html('td', { class: 'vital', 'data-title': heading }, '–');
  const { p75, rating, ...counts } = told;
  const all = counts.good + counts.fair + counts.poor;
  const shares = Object.keys(RATINGS).map((each) => [each, counts[each] / all]);
  const bar = html('div', { class: 'rating-bar', 'aria-hidden': 'true' }, ...shares.map(([each, share]) => {
    const part = html('span', { 'data-rating': each });
    part.style.width = `${share * 100}%`;
    return part;
  }));
  const title = shares.map(([each, share]) => `${percent(share)} ${RATINGS[each]}`).join(', ');
  return html('td', { class: 'vital', 'data-title': heading, title: `${title}, of ${all}` },
    html('b', {}, read(p75)), ' ', html('span', { class: 'rating', 'data-rating': rating }, RATINGS[rating]), bar);
}
