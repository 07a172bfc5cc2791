import type { Plugin, PluginApi } from '../plugin.js';
import type { FeedbackMethods, feelings } from './feedback.js';

/**
 * Has `feedback` looked at by a part that is loaded for the first one, whether by call, by `track`, or by attributes: see `feelings`.
 *
 * @param load loads the part
 */
export function comingFeelings(load: () => Promise<{ feelings: typeof feelings }>): Plugin<undefined, FeedbackMethods> {
  let api: PluginApi;
  return {
    name: 'feelings',
    needs: ({ name }) => name === 'feedback',
    async load() {
      const { methods, process } = (await load()).feelings();
      methods!(api);
      return { process };
    },
    methods(given) {
      api = given;
      return { feedback: given.guard((feedback) => given.track('feedback', feedback)) };
    },
  };
}
