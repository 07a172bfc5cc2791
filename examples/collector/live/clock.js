import { html, setText } from './dom.js';

/** How far the collector's clock is ahead of this browser's, in milliseconds. */
let offset = 0;

/** Sets the clock of this page by the collector's, which dates the events. */
export function setClock(iso) {
  offset = Date.parse(iso) - Date.now();
  tick();
}

/** A duration in the largest unit that says enough: `8 s`, `12 min`, `3 h`, `2 days`. */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** An element that says how long ago something was, kept true by `tick`: `seen 3 min ago`. */
export function ago(iso, before, after) {
  const element = html('time', { datetime: iso, 'data-before': before, 'data-after': after });
  tell(element);
  return element;
}

/** Brings every `ago` element up to date. */
export function tick() {
  document.querySelectorAll('time[data-before]').forEach(tell);
}

function tell(element) {
  const { before, after } = element.dataset;
  setText(element, before + duration(Date.now() + offset - Date.parse(element.dateTime)) + after);
}
