import type { CDPSession } from 'playwright';
import { drained, openPage, withBrowser } from './helpers/chromium.js';
import { round, tell, type Figure } from './helpers/figures.js';
import { openBenchSite, QUIET, type BenchWindow } from './helpers/site.js';

/** Events of a round, all of them confirmed at its end. */
const EVENTS = 1000;
/** Rounds before the first look, after which the code is compiled, and before the second. */
const WARM = 5;
const ROUNDS = 25;
/** What a page's scripts make, by the kinds of V8's heap snapshots; the rest is the browser's: compiled code, records of requests. */
const OF_SCRIPTS = /^(object|closure|array|string|concatenated string|sliced string|regexp|number|symbol|bigint)$/;

interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
}

/** Returns the bytes on the heap by kind, after garbage collection. */
async function weigh(session: CDPSession): Promise<Record<string, number>> {
  let text = '';
  const take = ({ chunk }: { chunk: string }) => void (text += chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', take);
  await session.send('HeapProfiler.takeHeapSnapshot', {});
  session.off('HeapProfiler.addHeapSnapshotChunk', take);
  const { snapshot: { meta }, nodes } = JSON.parse(text) as Snapshot;
  const [type, size] = [meta.node_fields.indexOf('type'), meta.node_fields.indexOf('self_size')];
  const bytes: Record<string, number> = {};
  for (let at = 0; at < nodes.length; at += meta.node_fields.length) {
    const kind = meta.node_types[0][nodes[at + type]!]!;
    bytes[kind] = (bytes[kind] ?? 0) + nodes[at + size]!;
  }
  return bytes;
}

/** What a tab that lives on has in memory after ever more events. */
export async function benchMemory(): Promise<Figure[]> {
  const site = await openBenchSite({ attributes: QUIET });
  try {
    return await withBrowser(async (browser) => {
      const page = await openPage(browser, site.url);
      await drained(page);
      const session = await page.context().newCDPSession(page);
      const looks: Record<string, number>[] = [];
      for (let done = 1; done <= ROUNDS; done++) {
        await page.evaluate(async (events) => {
          const { waymark } = window as never as BenchWindow;
          for (let index = 0; index < events; index++) {
            waymark.track('view_item', { item_id: `SKU-${index}`, item_name: 'Tea pot, blue', price: 40 } as never);
            if (index % 50 === 49) await waymark.flush();
          }
        }, EVENTS);
        if (done !== WARM && done !== ROUNDS) continue;
        tell(`memory: ${done * EVENTS} events`);
        await drained(page);
        looks.push(await weigh(session));
      }
      const [before, after] = looks as [Record<string, number>, Record<string, number>];
      const added = (isOurs: boolean) => Object.keys(after).filter((kind) => OF_SCRIPTS.test(kind) === isOurs).reduce((sum, kind) => sum + after[kind]! - (before[kind] ?? 0), 0);
      const events = (ROUNDS - WARM) * EVENTS;
      return [
        { what: `what the page's scripts have on the heap after ${ROUNDS * EVENTS} events more than after ${WARM * EVENTS} (heap snapshots: objects, functions, arrays, texts, numbers), for each of these ${events} events`, aim: '0', figure: `${round(added(true) / events)} bytes` },
        { what: '… and the browser (compiled code, records of requests)', aim: '', figure: `${round(added(false) / events)} bytes` },
      ];
    });
  } finally {
    await site.close();
  }
}
