/**
 * The stages of a model with their distinct visitors. Journeys are no straight line, so a stage has both: `visitors` were in it,
 * `skipped` came further without it. `left` went no further than this stage so far, in any loop; `drop_off` is their
 * share of `visitors`, null where there is nobody or nothing further.
 *
 * @param {ReturnType<import('./stages.mjs').walkStages>} walks
 * @param {(typeof import('./stages.mjs').MODELS)[number]} model
 */
export function funnel(walks, { names }) {
  const journeys = [...walks.values()].map(({ steps }) => {
    const stages = new Set(steps.map(({ stage }) => names.indexOf(stage)));
    return { stages, furthest: Math.max(...stages) };
  });
  return names.map((stage, index) => {
    const inStage = journeys.filter(({ stages }) => stages.has(index));
    const left = inStage.filter(({ furthest }) => furthest === index).length;
    const last = index === names.length - 1;
    return {
      stage,
      visitors: inStage.length,
      left,
      drop_off: last || inStage.length === 0 ? null : left / inStage.length,
      skipped: journeys.filter(({ stages, furthest }) => furthest > index && !stages.has(index)).length,
    };
  });
}
