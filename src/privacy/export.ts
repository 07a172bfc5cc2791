import { promisifyRequest } from 'idb-keyval';
import type { Outbox } from '../outbox/outbox.js';
import { eventsIn } from '../outbox/stored-event.js';
import type { Plugin } from '../plugin.js';

/** What `dataExport` adds to the tracker. */
export interface ExportMethods {
  /**
   * Returns all that this browser keeps of the visitor, as plain data that can be written as JSON: for a subject-access request, beside what your collector has.
   * Never rejects. Where nothing is kept, its parts are empty; null where the script tag's file for it could not be loaded.
   */
  exportData(): Promise<DataExport | null>;
}

/** All that a browser keeps. */
export interface DataExport {
  /** Name of the database. */
  database: string;
  /** The record of the visitor: ids, session, journey, cart, order numbers. */
  visitor: unknown;
  /** Events that wait for the collector's confirmation, in full. */
  events: object[];
  /** What else is in the database: whose turn it is to send. */
  others: Record<string, unknown>;
  localStorage: Record<string, string>;
  sessionStorage: Record<string, string>;
}

/** Returns the lines of a storage whose names begin so; none where it is refused. */
function linesOf(open: () => Storage, prefix: string): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(open()).filter(([name]) => name.startsWith(prefix)) as [string, string][]);
  } catch {
    return {};
  }
}

/** Returns all that is kept for a collector, by its key; what this page has in memory where there is no database. */
async function entriesOf({ rows, store }: Outbox): Promise<[key: string, value: unknown][]> {
  await store.written();
  const stored = await store.run('readonly', async (values) => {
    const all = promisifyRequest<unknown[]>(values.getAll());
    const keys = await promisifyRequest(values.getAllKeys());
    return (await all).map((value, index): [string, unknown] => [`${keys[index] as string}`, value]);
  });
  return stored ?? [...rows];
}

/**
 * Lets the shop hand a visitor what is kept of them.
 *
 * @param key the tracker's; default: `main`
 */
export const dataExport = (key = 'main'): Plugin<undefined, ExportMethods> => ({
  name: 'dataExport',
  methods: ({ tracker }) => ({
    async exportData() {
      const database = `waymark-${key}`;
      const entries = (await Promise.all(tracker.outboxes.map(entriesOf))).flat();
      const events = entries.flatMap(([, value]) => eventsIn(value));
      // As it is now: what the store has of it can be a moment old.
      await tracker.ready();
      const visitor = (!tracker.isAnonymous && tracker.record()) || null;
      const { visitor: _, ...others } = Object.fromEntries(entries.filter(([, value]) => !eventsIn(value).length));
      return {
        database,
        // A copy: the page's own goes on.
        visitor: JSON.parse(JSON.stringify(visitor)) as unknown,
        events: events.map(({ context, event }) => ({ ...JSON.parse(context), ...JSON.parse(event) }) as object),
        others,
        localStorage: linesOf(() => localStorage, database),
        sessionStorage: linesOf(() => sessionStorage, database),
      };
    },
  }),
});
