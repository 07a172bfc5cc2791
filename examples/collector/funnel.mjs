/**
 * The stages of a model with their distinct visitors. Journeys are no straight line, so a stage has both: `visitors` were in it,
 * `skipped` came further without it. `left` went no further than this stage so far, in any loop; `drop_off` is their
 * share of the visitors who are known, null where there is nobody or nothing further. `anonymous` of the `visitors` are page views without
 * identifiers, each one a visit; where those went is not known, so they neither left nor skipped.
 *
 * @param {ReturnType<import('./stages.mjs').walkStages>} walks of visitors
 * @param {ReturnType<import('./stages.mjs').walkStages>} alone of page views without identifiers
 * @param {(typeof import('./stages.mjs').MODELS)[number]} model
 */
export function funnel(walks, alone, { names }) {
  const [known, anonymous] = [walks, alone].map((all) => [...all.values()].map(({ steps }) => {
    const stages = new Set(steps.map(({ stage }) => names.indexOf(stage)));
    return { stages, furthest: Math.max(...stages) };
  }));
  return names.map((stage, index) => {
    const [inStage, anonymousInStage] = [known, anonymous].map((all) => all.filter(({ stages }) => stages.has(index)));
    const left = inStage.filter(({ furthest }) => furthest === index).length;
    const last = index === names.length - 1;
    return {
      stage,
      visitors: inStage.length + anonymousInStage.length,
      anonymous: anonymousInStage.length,
      left,
      drop_off: last || inStage.length === 0 ? null : left / inStage.length,
      skipped: known.filter(({ stages, furthest }) => furthest > index && !stages.has(index)).length,
    };
  });
}
