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
