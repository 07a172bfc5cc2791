import type { Profile } from '../identity/profile.js';
import type { Row } from '../delivery/row.js';
import { withoutMarketing } from './marketing.js';
import type { UnsentEvent } from '../event/event.js';
import type { Draft } from '../event/stamp.js';
import type { ConsentGate } from './consent.js';
import { writeJson } from '../util/json.js';

/** Sees an event before it is kept, and returns it, changed or not, or nothing to have it dropped. */
export type EventFilter = (event: UnsentEvent) => UnsentEvent | null | undefined | void;

/** The last look at everything that is to be kept. */
export interface Screen {
  /** The shop's own looks, in order. */
  filters: Set<EventFilter>;
  /** Each takes out of a profile what needs consent to marketing. */
  scrubs: ((profile: Profile) => void)[];
  /** Whether what needs consent to marketing may be kept. */
  mayMarket(): boolean;
  /** Returns a draft as the journey may learn from it. */
  draft(draft: Draft): Draft;
  /** Returns an event as it may be kept; undefined if a filter has it dropped, or throws. */
  event(draft: Draft, whole: UnsentEvent): UnsentEvent | undefined;
  /** Takes out of a profile what was denied since it was kept. */
  profile(profile: Profile): void;
  /** Returns a stored event without what was denied since. */
  row(row: Row): Row;
}

/** What the screen is made of. */
export interface ScreenParts {
  consent: ConsentGate;
  /** Whether nothing may tell one visitor from another. */
  isAnonymous: boolean;
  report(code: string, message: string): void;
}

/** Returns the screen. */
export function createScreen({ consent, isAnonymous, report }: ScreenParts): Screen {
  const filters: Screen['filters'] = new Set();
  const scrubs: Screen['scrubs'] = [];
  const clean = new WeakSet<Profile>();
  const mayMarket = () => !isAnonymous && consent.now().marketing === 'granted';

  return {
    filters,
    scrubs,
    mayMarket,
    draft: (draft) => (mayMarket() ? draft : { ...draft, ...withoutMarketing({ name: draft.name, properties: draft.properties }), seen: withoutMarketing(draft.seen) }),
    event(draft, whole) {
      let event: UnsentEvent | undefined = mayMarket() ? whole : withoutMarketing(whole);
      event.consent = draft.isLate ? { ...consent.now(), waited: true } : consent.now();
      if (isAnonymous) event.visitor = event.session = undefined;
      if (!filters.size) return event;
      try {
        for (const filter of filters) event = event && (filter(event) || undefined);
        // Whatever they have made of it, it is plain data.
        return event && (JSON.parse(writeJson(event)) as UnsentEvent);
      } catch (error) {
        // What was to be taken out may be in it still.
        report('before_send_failed', `${draft.name} is dropped: ${error}`);
      }
      return undefined;
    },
    profile(profile) {
      // Not while nobody has answered yet: what was allowed at the visit before may be again in a moment.
      // Once it is allowed again, something new may come.
      if (consent.now().marketing !== 'denied') return void clean.delete(profile);
      if (clean.has(profile)) return;
      clean.add(profile);
      for (const scrub of scrubs) scrub(profile);
    },
    row({ id, context, event }) {
      const parts = [context, event].map((text) => JSON.parse(text) as Record<string, unknown>);
      const whole = withoutMarketing(Object.assign({}, ...parts) as Record<string, unknown>);
      // A collector that needs consent to marketing gets it no more.
      whole.consent = { ...(whole.consent as object), ...consent.now() };
      const [shared, own] = parts.map((part) => writeJson(Object.fromEntries(Object.keys(part).map((key) => [key, whole[key]]))));
      return { id, context: shared!, event: own! };
    },
  };
}
