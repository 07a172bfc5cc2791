import type { Feedback } from '../event/feedback.js';
import type { Plugin, PluginApi } from '../plugin.js';
import { wrong } from '../util/show.js';

export type { Feedback, Rating } from '../event/feedback.js';

const SENTIMENTS = ['positive', 'neutral', 'negative'];

/** What `feelings` adds to the tracker. */
export interface FeedbackMethods {
  /** Tracks `feedback`. One of `rating` and `sentiment` is needed; one that cannot be one is left out and reported. */
  feedback(feedback: Feedback): void;
}

/** Sees to it that feedback says what it can be understood by, whether by call, by `track`, or by attributes. */
export function feelings(): Plugin<undefined, FeedbackMethods> {
  let api: PluginApi | undefined;
  const reject = (...fault: Parameters<typeof wrong>) => api?.report(...wrong(...fault));
  return {
    name: 'feelings',
    process(draft) {
      if (draft.name !== 'feedback') return undefined;
      const properties = { ...draft.properties };
      const { rating, sentiment } = properties;
      if (!(typeof rating === 'number' && rating >= 1 && rating <= 5)) leaveOut('rating', '1 to 5');
      if (!SENTIMENTS.includes(sentiment as string)) leaveOut('sentiment', SENTIMENTS);
      if (properties.rating || properties.sentiment) return { drafts: [{ ...draft, properties }] };
      reject('feedback', 'rating or sentiment', draft.properties);
      return { drafts: [] };

      function leaveOut(name: string, takes: unknown): void {
        if (properties[name] !== undefined) reject(name, takes, properties[name]);
        delete properties[name];
      }
    },
    methods(given) {
      api = given;
      return { feedback: given.guard((feedback) => given.track('feedback', feedback)) };
    },
  };
}
