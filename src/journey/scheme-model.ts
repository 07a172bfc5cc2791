import { show } from '../util/show.js';
import { readModel, type Model } from './model.js';
import { canonicalStage, journeyModel } from './models.js';

/**
 * Returns a scheme of canonical stages as a model: what the scheme leaves out falls to the stage before. Stages may bear another
 * scheme's names: attention, interest, desire, action, post-purchase.
 *
 * @param name the scheme's stages in their order, by `/`: `awareness/consideration/purchase/post-purchase`; begins with awareness. It is
 *   the model's name, too
 * @throws TypeError for anything else
 */
export function schemeModel(name: string): Model {
  const own = `${name}`.split('/');
  const places = own.map((stage) => journeyModel.names.indexOf(canonicalStage(stage)!));
  if (places[0] !== 0 || places.some((place, index) => place <= places[index - 1]!)) {
    throw new TypeError(`waymark: schemeModel takes stages in order, by "/", of ${journeyModel.names.join(', ')} or their other names, got ${show(name)}`);
  }
  const stages = own.map((stage, index) => ({ ...journeyModel.stages[places[index]!]!, name: stage, label: stage }));
  const rules = journeyModel.names.map((stage, index) => [own[places.filter((place) => place <= index).length - 1]!, `@${stage}`] as const);
  const [, consideration = '', decision = '', purchase = ''] = rules.map(([stage]) => stage);
  return readModel({ name, stages, goal: '@purchase', loopOn: [consideration, decision].filter((stage) => stage !== purchase), rules });
}
