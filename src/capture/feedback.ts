import type { Plugin, RecordOptions } from '../plugin.js';

/** From 1, the worst, to 5, the best. What a number holds the compiler cannot know: `stars as Rating`. */
export type Rating = 1 | 1.5 | 2 | 2.5 | 3 | 3.5 | 4 | 4.5 | 5;

/** How somebody feels about something. */
export interface Feedback {
  /** From 1, the worst, to 5, the best. */
  rating?: Rating | undefined;
  sentiment?: 'positive' | 'neutral' | 'negative' | undefined;
  /** What it is about, such as `delivery` or an item's id. */
  about?: string | undefined;
  [property: string]: unknown;
}

const SENTIMENTS = ['positive', 'neutral', 'negative'];

/** What `feelings` adds to the tracker. */
export interface FeedbackMethods {
  /** Tracks `feedback`. One of `rating` and `sentiment` is needed; one that cannot be one is left out and reported. */
  feedback(feedback: Feedback): void;
}

/** Sees to it that feedback says what it can be understood by, whether by call, by `track`, or by attributes. */
export const feelings = (): Plugin<FeedbackMethods> => ({ calls, copy, record, reject, safe }) => {
  function feedback(given: unknown, options?: RecordOptions): void {
    const fields = copy(given, 'feedback');
    const { rating, sentiment } = fields;
    if (!(typeof rating === 'number' && rating >= 1 && rating <= 5)) leaveOut('rating', '1 to 5');
    if (!SENTIMENTS.includes(sentiment as string)) leaveOut('sentiment', SENTIMENTS);
    if (fields.rating || fields.sentiment) record('feedback', fields, options);
    else reject('feedback', 'rating or sentiment', given);

    function leaveOut(name: string, takes: unknown): void {
      if (fields[name] !== undefined) reject(name, takes, fields[name]);
      delete fields[name];
    }
  }
  calls.set('feedback', feedback);
  return { feedback: safe(feedback) };
};
