import { purchaseStage } from './stages.mjs';

/** Stages of a journey that are drawn one after the other; what comes later is summed up. Our choice: more cannot be read. */
export const COLUMNS = 6;

/**
 * How journeys move from stage to stage, for a drawing and for a table.
 *
 * - `model`: its stages in order, with the number of visitors who were in each, and the one of a `purchase`
 * - `nodes` and `links`: journeys unrolled, so that going back and beginning anew lead on and not in circles. The visitors who were in
 *   `stage` as the first, second … stage of their journey (`column` 0, 1 …), and those who went from there `to` another. `to` is null
 *   and `end` says why where it went no further: `left` for visitors who have left, `more` for what comes after the last column.
 *   Who is still in a stage is in its node and in no link.
 * - `moves`: all moves of all journeys, however long, the most frequent first; `from` is null where a journey begins
 *
 * @param {ReturnType<import('./stages.mjs').walkStages>} walks
 * @param {(typeof import('./stages.mjs').MODELS)[number]} model
 */
export function stageFlows(walks, model) {
  const nodes = new Map();
  const links = new Map();
  const moves = new Map();
  const inStage = new Map(model.names.map((name) => [name, 0]));

  for (const { steps, left } of walks.values()) {
    const path = stagePath(steps, model);
    for (const stage of new Set(path.map(({ stage }) => stage))) inStage.set(stage, inStage.get(stage) + 1);
    path.forEach(({ stage, move }, index) => {
      count(moves, { from: path[index - 1]?.stage ?? null, to: stage, move });
      if (index < COLUMNS) count(nodes, { column: index, stage });
      if (index > 0 && index < COLUMNS) count(links, { column: index - 1, from: path[index - 1].stage, to: stage, move });
    });
    const last = path.at(-1);
    if (left) count(moves, { from: last.stage, to: null, move: 'left' });
    if (path.length > COLUMNS) count(links, { column: COLUMNS - 1, from: path[COLUMNS - 1].stage, to: null, move: 'more' });
    else if (left) count(links, { column: path.length - 1, from: last.stage, to: null, move: 'left' });
  }

  const place = (stage) => (stage === null ? model.names.length : model.names.indexOf(stage));
  const inColumns = (a, b) => a.column - b.column;
  return {
    model: { name: model.name, purchase: purchaseStage(model), stages: model.stages.map((stage) => ({ ...stage, visitors: inStage.get(stage.name) })) },
    visitors: walks.size,
    nodes: [...nodes.values()].sort((a, b) => inColumns(a, b) || place(a.stage) - place(b.stage)),
    links: [...links.values()].sort((a, b) => inColumns(a, b) || place(a.from) - place(b.from) || place(a.to) - place(b.to)),
    moves: [...moves.values()].sort((a, b) => b.count - a.count),
  };
}

/** The stages one after the other: a run of events in one stage is one, unless a new loop begins in it. */
function stagePath(steps, { names }) {
  const path = [];
  for (const { stage, loop } of steps) {
    const before = path.at(-1)?.stage;
    if (stage === before && !loop) continue;
    const distance = names.indexOf(stage) - names.indexOf(before);
    const along = distance < 0 ? 'back' : distance > 1 ? 'skip' : 'forward';
    path.push({ stage, move: before === undefined ? 'enter' : loop ? 'loop' : along });
  }
  return path;
}

function count(counts, what) {
  const key = JSON.stringify(what);
  const entry = counts.get(key) ?? { ...what, count: 0 };
  counts.set(key, entry);
  entry.count += 1;
}
