import type { Plugin } from '../plugin.js';
import { plainUrl } from '../privacy/marketing.js';

/** Where the visitor's session before ended: said by the first event of the next one, since a page may end without a word. */
export interface DropOut {
  /** Id of that session. */
  session: string;
  /** The visitor's stage; absent where no plugin knows of stages. */
  stage?: string | undefined;
  /** Address of the page, cleaned; absent where no plugin looks at pages. */
  page?: string | undefined;
  /** How long before this event its last one was, in seconds. */
  seconds: number;
  /** What was in the cart was worth this much; absent where the cart was empty. */
  cart_value?: number | undefined;
  /** ISO 4217; absent where none was named. */
  currency?: string | undefined;
}

/** Where a visitor is, noted with every event. */
export interface LastSeen extends Pick<DropOut, 'session' | 'stage' | 'page' | 'cart_value' | 'currency'> {
  /** Milliseconds since 1970. */
  time: number;
}

/** Has the first event of a session say where the one before ended, as `previous`. Needs `sessions`, and goes after all that it tells of. */
export const dropOuts = (): Plugin => ({ enrich, screen }) => {
  screen.scrubs.push(({ lastSeen }) => lastSeen && (lastSeen.page = plainUrl(lastSeen.page)));
  enrich.push(({ time }, profile, fields, { session, page }) => {
    const { lastSeen, cart } = profile;
    if (lastSeen && session && session.id !== lastSeen.session) {
      const { time: before, ...where } = lastSeen;
      fields.previous = { ...where, seconds: Math.round((time - before) / 1000) } satisfies DropOut;
    }
    const journey = fields.journey as { stage: string } | undefined;
    profile.lastSeen = session && { session: session.id, stage: journey?.stage, page: page?.url, time, cart_value: cart?.value, currency: cart?.currency };
  });
};
