import { html, showList } from './dom.js';
import { stageMark, toneOf } from './models.js';
import { percent } from './words.js';

/**
 * Shows the stages of the chosen model, their visitors, and where they stopped.
 *
 * @param {any[]} funnel `funnel` of the snapshot
 * @param {any} model the model of its stages, `flows.model` of the snapshot
 */
export function showFunnel(funnel, model) {
  const widest = Math.max(1, ...funnel.map(({ visitors }) => visitors));
  const rows = funnel.map((row) => ({ ...row, widest, model: { name: model.name, purchase: model.purchase, stages: model.stages.map(({ name, label }) => ({ name, label })) } }));
  showList(document.getElementById('funnel-rows'), rows, ({ stage }) => `${model.name}/${stage}`, renderRow);
}

function renderRow({ stage, model, visitors, anonymous, left, drop_off, skipped, widest }) {
  const stayed = drop_off === null ? 0 : left;
  return html('tr', { 'data-tone': toneOf(model, stage) },
    html('th', { scope: 'row' }, stageMark(model, stage)),
    html('td', { class: 'bar' }, bar(visitors - stayed, stayed, widest)),
    html('td', { class: 'number' }, visitors.toLocaleString('en')),
    html('td', { class: 'drop' },
      drop_off === null ? null
        : left === 0 ? html('span', {}, anonymous > 0 ? 'all who are known went on' : 'all went on')
        : html('span', {}, html('b', {}, percent(drop_off)), ` left here (${left})`),
      anonymous > 0 && html('span', { class: 'skipped' }, `${anonymous.toLocaleString('en')} anonymous`),
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
