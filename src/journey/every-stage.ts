import type { Plugin } from '../plugin.js';
import { resolveRules } from './models.js';
import { stageAttribute as mirrorStage } from './stage-attribute.js';
import { stagesBy, type JourneyMethods, type StagesOptions } from './stages.js';
import type { JourneyState } from './state.js';

/**
 * Gives every event its place in the visitor's journey, which is kept over pages and visits.
 *
 * @throws TypeError for a model that is none
 */
export function stages({ stageAttribute, ...options }: StagesOptions = {}): Plugin<JourneyState, JourneyMethods> {
  const rules = resolveRules(options);
  const { start } = mirrorStage(rules.models[0]!.name);
  return { ...stagesBy(rules), ...(stageAttribute && { start }) };
}
