import { html, showList } from './dom.js';
import { percent, stageLabel } from './words.js';

/**
 * Shows the six stages, their visitors, and where they stopped.
 *
 * @param {any[]} funnel `funnel` of the snapshot
 */
export function showFunnel(funnel) {
  const widest = Math.max(1, ...funnel.map(({ visitors }) => visitors));
  const rows = funnel.map((row) => ({ ...row, widest }));
  showList(document.getElementById('funnel-rows'), rows, ({ stage }) => stage, renderRow);
}

function renderRow({ stage, visitors, left, drop_off, skipped, widest }) {
  const last = drop_off === null && visitors > 0;
  const stayed = last ? 0 : left;
  return html('tr', { 'data-stage': stage },
    html('th', { scope: 'row' }, stageLabel(stage)),
    html('td', { class: 'bar' }, bar(visitors - stayed, stayed, widest)),
    html('td', { class: 'number' }, String(visitors)),
    html('td', { class: 'drop' },
      drop_off === null ? null
        : left === 0 ? html('span', {}, 'all went on')
        : html('span', {}, html('b', {}, percent(drop_off)), ` left here (${left})`),
      skipped > 0 && html('span', { class: 'skipped' }, `${skipped} skipped it`)));
}

/** Two parts on one scale: who went on, and who did not. The numbers beside it say the same. */
function bar(on, left, widest) {
  const part = (className, share) => {
    const element = html('span', { class: className });
    element.style.width = `${(share / widest) * 100}%`;
    return element;
  };
  return html('div', { 'aria-hidden': 'true' }, part('on', on), part('left', left));
}
