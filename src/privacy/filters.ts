import type { UnsentEvent } from '../event/event.js';
import { writeJson } from '../util/json.js';

/** Sees an event before it is kept, and returns it, changed or not, or nothing to have it dropped. */
export type EventFilter = (event: UnsentEvent) => UnsentEvent | null | undefined | void;

/** The shop's own looks at everything that is to be kept. */
export interface Filters {
  /** In order. */
  all: Set<EventFilter>;
  /** Returns an event as it may be kept; undefined if a filter has it dropped, or throws. */
  apply(event: UnsentEvent): UnsentEvent | undefined;
}

/** Returns the filters. */
export function createFilters(report: (code: string, message: string) => void, first?: EventFilter): Filters {
  const all = new Set(first && [first]);
  return {
    all,
    apply(given) {
      if (!all.size) return given;
      let event: UnsentEvent | undefined = given;
      try {
        for (const filter of all) event = event && (filter(event) || undefined);
        // Whatever they have made of it, it is plain data.
        return event && (JSON.parse(writeJson(event)) as UnsentEvent);
      } catch (error) {
        // What was to be taken out may be in it still.
        report('before_send_failed', `${given.name} is dropped: ${error as string}`);
      }
      return undefined;
    },
  };
}
