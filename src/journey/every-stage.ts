import type { Plugin } from '../plugin.js';
import { resolveRules } from './create-journey.js';
import { stagesBy, type JourneyMethods, type StagesOptions } from './stages.js';
import type { JourneyState } from './state.js';

/**
 * Gives every event its place in the visitor's journey, which is kept over pages and visits.
 *
 * @throws TypeError for a model that is none
 */
export const stages = ({ stageAttribute, ...options }: StagesOptions = {}): Plugin<JourneyState, JourneyMethods> => stagesBy(resolveRules(options), stageAttribute);
