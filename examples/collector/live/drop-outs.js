import { html, setText, showList } from './dom.js';
import { stageMark } from './models.js';
import { count, moneySum, pageName } from './words.js';

/**
 * Shows where sessions ended.
 *
 * @param {any} dropOuts `drop_outs` of the snapshot
 * @param {any} model the model of its stages, `flows.model` of the snapshot
 */
export function showDropOuts({ ends, came_back, values, stages }, model) {
  const rows = stages.flatMap(({ stage, pages, more_pages, ...own }) => [
    { key: `${model.name}/${stage}`, stage, model, all: ends, ...own },
    ...pages.map((page) => ({ key: `${model.name}/${stage}/${JSON.stringify(page.page)}`, ...page })),
    ...(more_pages > 0 ? [{ key: `${model.name}/${stage}/`, more_pages }] : []),
  ]);
  showList(document.getElementById('drop-out-rows'), rows, ({ key }) => key, renderRow);
  setText(document.getElementById('drop-outs-note'), ends === 0
    ? 'No session has ended yet.'
    : `${count(ends, 'session')} ended; after ${came_back} of them the visitor came back. Left in carts: ${moneySum(values) || 'nothing'}.`);
}

function renderRow({ stage, model, page, more_pages, ends, came_back, values }) {
  if (more_pages) return html('tr', { class: 'page-row' }, html('td', { colspan: 4, class: 'quiet' }, `and ${count(more_pages, 'more page')}`));
  const name = model
    ? html('th', { scope: 'row' }, stage === null ? html('span', { class: 'quiet' }, 'stage not known') : stageMark(model, stage))
    : html('td', { title: page }, pageName(page === null ? null : { url: page }));
  return html('tr', { class: model ? 'stage-row' : 'page-row' }, name,
    html('td', { class: 'number' }, String(ends)),
    html('td', { class: 'number' }, came_back === 0 ? '–' : String(came_back)),
    html('td', { class: 'number' }, moneySum(values) || '–'));
}
