import { canonicalModel, canonicalStage } from './default-model.js';
import { isDone, isLanding, moveIn, type Moved, type Rules } from './journey.js';
import { stageOf, type ModelTable } from './model.js';
import { progressIn, unseen, type Progress } from './state.js';

/** Returns what an event does in all of these models: as `Rules` has it. */
const moveInAll =
  (models: readonly ModelTable[]): NonNullable<Rules['moveInOthers']> =>
  (canonical, before, event, known, wakes) => {
    const { name, stage: said } = event;
    const stageIn = (model: ModelTable, events: string[], { stage, customer }: Progress) =>
      stageOf(model, events, { ...known, newcomer: !stage, customer });
    const called = isLanding(name) ? 'landing' : name;
    const canonicalBefore = progressIn(before, canonicalModel) ?? unseen(1);

    /** Returns where the visitor is in a model that the journey does not know yet, by the canonical stage. */
    function adopt(model: ModelTable): Progress {
      const stage = stageIn(model, [`@${canonicalBefore.stage}`], canonicalBefore) ?? null;
      return { ...canonicalBefore, stage, furthest: stage };
    }

    function move(model: ModelTable): Moved {
      if (model === canonicalModel) return canonical;
      const from = progressIn(before, model) ?? adopt(model);
      // What the shop says is not asked of the event's name.
      const events = [canonicalStage(said) ? '' : called, `@${canonical.own}`];
      const own = model.names.includes(said!) ? said : stageIn(model, events, wakes ? unseen(1) : from);
      const isGoal = isDone(name) && [own, `@${canonical.own}`].includes(model.goal);
      return moveIn(model, from, own, isGoal, wakes);
    }

    const moves = models.map(move);
    const { own, isGoal, step } = moves[0]!;
    const stages = moves.slice(1).map((moved, index) => [models[index + 1]!.name, moved.step.stage]);
    return {
      own,
      isGoal: isGoal || canonical.isGoal,
      step: { ...step, stages: Object.fromEntries(stages) as Record<string, string> },
      progress: moves.reduce<Moved['progress']>((all, { progress }) => ({ ...all, ...progress }), {}),
    };
  };

/**
 * Returns how journeys are walked by these models; by the canonical one alone where there are none.
 *
 * @param rules how they are walked by that one
 */
export function rulesOf(models: readonly ModelTable[], rules: Rules): Rules {
  // Every event has its canonical stage, whatever models a shop names.
  const all = models.includes(canonicalModel) ? models : [...models, canonicalModel];
  return all.length > 1 ? { ...rules, models: all, moveInOthers: moveInAll(all) } : rules;
}
