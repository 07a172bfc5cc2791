/** One arrival from outside the site. */
export interface Touchpoint {
  channel: string;
  network: string | null;
  /** null: not known. */
  paid: boolean | null;
  /** The evidence; null where there was none (direct). */
  by: string | null;
  campaign?: Record<string, string> | undefined;
  /** When, as ISO 8601 in UTC. */
  time: string;
  /** The visitor's stage from then on. */
  stage: string;
}

/** Touchpoints kept between the first and now. Our choice, with the design: more than most journeys have. */
const MAX_LATEST = 20;

/** The arrivals of one visitor: the first for ever, and the latest. */
export interface Touchpoints {
  first?: Touchpoint;
  latest: readonly Touchpoint[];
}

/** Returns the touchpoints with one more. Pure. */
export function addTouchpoint(touchpoints: Touchpoints, touchpoint: Touchpoint): Touchpoints {
  return {
    first: touchpoints.first ?? touchpoint,
    latest: [...touchpoints.latest, touchpoint].slice(-MAX_LATEST),
  };
}

/** Returns the touchpoint that what happens now is credited to: the latest that was not direct, else the latest. */
export function creditedTouchpoint({ latest }: Touchpoints): Touchpoint | undefined {
  return latest.filter(({ channel }) => channel !== 'direct').pop() ?? latest[latest.length - 1];
}
