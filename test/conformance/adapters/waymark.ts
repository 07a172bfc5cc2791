import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Adapter, ArrivedRequest } from '../adapter.js';

/** The folder with what shops load. `WAYMARK_DIST` names another, to see the kit fail with a doctored one. */
const DIST = process.env.WAYMARK_DIST ?? 'dist';

interface Batch {
  batch_id: string;
  attempt: number;
  sent_at: string;
  /** Ids of earlier batches that the collector is asked about. */
  unsure?: string[];
  dropped: Record<string, number>;
  contexts: { visitor: { id: string }; tab: string }[];
  events: { context: number; id: string; name: string; seq: number; properties: { n?: number } }[];
}

/** Reads a batch, which is gzip if its first bytes say so. */
const read = ({ body }: ArrivedRequest) => JSON.parse(String(body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body)) as Batch;

/** Waymark by its script tag, with every option as it comes, but that a driven browser counts as a person. */
export default {
  name: 'waymark',
  stub: '<script>window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)}</script>',
  head: (collector) => `<script async src="/waymark.min.js" data-collector="${collector}" data-bots="keep"></script>`,
  files: {
    '/waymark.min.js': () => readFile(`${DIST}/waymark.min.js`),
    '/waymark.more.min.js': () => readFile(`${DIST}/waymark.more.min.js`),
    '/waymark.arrivals.min.js': () => readFile(`${DIST}/waymark.arrivals.min.js`),
  },
  track: (name, properties) => `waymark('track', '${name}', ${properties})`,
  ready: '!!window.waymark?.flush',
  parse(request) {
    const { contexts, events } = read(request);
    return events.map(({ context, id, name, seq, properties }) => ({
      id,
      name,
      n: properties.n,
      place: { series: `${contexts[context]!.visitor.id} ${contexts[context]!.tab}`, seq },
    }));
  },
  dropped(request) {
    const { contexts, dropped } = read(request);
    return contexts[0] && { visitor: contexts[0].visitor.id, count: Object.values(dropped).reduce((sum, count) => sum + count, 0) };
  },
  describe(request) {
    const { batch_id, attempt, sent_at, unsure = [], contexts, events } = read(request);
    const place = ({ visitor, tab }: Batch['contexts'][0]) => `${visitor.id.slice(-4)} ${tab.slice(-4)}`;
    const places = [...new Set(contexts.map(place))].map((name) => `${name}: ${events.flatMap(({ context, seq }) => (place(contexts[context]!) === name ? [seq] : []))}`);
    return `batch ${batch_id}, attempt ${attempt} at ${sent_at}${unsure.length ? `, asks for ${unsure}` : ''}; ${places.join('; ')}`;
  },
  answer(request, kept) {
    const { unsure } = read(request);
    if (!unsure) return { status: 204 };
    const arrived = kept.map((each) => read(each).batch_id).filter((id) => unsure.includes(id));
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ arrived }) };
  },
  // The properties of one event may take 16,000 characters as JSON; the rest is cut and reported.
  largestBytes: 15_000,
} satisfies Adapter as Adapter;
