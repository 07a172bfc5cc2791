import { promisifyRequest } from 'idb-keyval';
import type { Queue } from '../delivery/queue.js';
import { isRow, type Row } from '../delivery/row.js';
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

/** Returns all that is kept, by its place; the events that this page has in memory where there is no store. */
async function entriesOf({ lanes, run, written }: Queue): Promise<[place: string, value: unknown][]> {
  await written();
  const stored = await run('readonly', async (events) => {
    const [keys, values] = await Promise.all([promisifyRequest(events.getAllKeys()), promisifyRequest<unknown[]>(events.getAll())]);
    return keys.map((key, index): [string, unknown] => [`${key as string}`, values[index]]);
  });
  return stored ?? [...new Map(lanes.flatMap((lane) => lane.own()).map((row) => [row.id, row]))];
}

/**
 * Lets the shop hand a visitor what is kept of them.
 *
 * @param key the tracker's; default: `main`
 */
export const dataExport =
  (key = 'main'): Plugin<ExportMethods> =>
  ({ isAnonymous, memory, queue, untilKnown }) => ({
    async exportData() {
      const database = `waymark-${key}`;
      const entries = await entriesOf(queue);
      const rows = entries.map(([, value]) => value).filter((value): value is Row => isRow(value as Row | null));
      // As it is now: what the store has of it can be a moment old.
      await untilKnown();
      const visitor = (!isAnonymous && memory.profile()) || null;
      const { profile: _, ...others } = Object.fromEntries(entries.filter(([, value]) => !rows.includes(value as Row)));
      return {
        database,
        // A copy: the page's own goes on.
        visitor: JSON.parse(JSON.stringify(visitor)) as unknown,
        events: rows.map(({ context, event }) => ({ ...JSON.parse(context), ...JSON.parse(event) }) as object),
        others,
        localStorage: linesOf(() => localStorage, database),
        sessionStorage: linesOf(() => sessionStorage, database),
      };
    },
  });
