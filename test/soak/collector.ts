import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** What became of one event at the collector. */
interface Kept {
  /** The number that the runner gave it; undefined for an event that Waymark tracked by itself. */
  number: number | undefined;
  visitor: string;
  tab: string;
  seq: number;
  /** How often it arrived. */
  times: number;
}

interface Batch {
  batch_id: string;
  durable: boolean;
  dropped: Record<string, number>;
  contexts: { visitor: { id: string }; tab: string }[];
  events: { id: string; context: number; seq: number; properties: { number?: number } }[];
}

/** How the collector fails: which part of all requests, if it does. */
const FAILURES = {
  /** Answers 500, and has kept nothing. */
  error: 0.06,
  /** Keeps all and answers 500: a server behind it failed too late. */
  late: 0.02,
  /** Hangs up before anything is read. */
  refused: 0.02,
  /** Keeps all, then hangs up without an answer. */
  cut: 0.04,
  /** Keeps all, and says so after a second. */
  slow: 0.03,
  /** Keeps nothing and never answers, until it hangs up after a while. */
  hang: 0.005,
};

/** How long a request hangs, in milliseconds. Our choice: longer than most clients wait. */
const HANG_MS = 15_000;

/** A collector on this machine that fails as chance wants. It knows an event by its id, as the format's description says. */
export async function openSoakCollector(random: () => number) {
  const events = new Map<string, Kept>();
  const dropped = new Map<string, Record<string, number>>();
  const failed: Record<string, number> = {};
  let requests = 0;
  let notDurable = 0;
  let isFailing = true;
  let server: Server | undefined;
  let port = 0;

  function keep(text: string): void {
    const batch = JSON.parse(text) as Batch;
    if (!batch.durable) notDurable++;
    for (const { id, context, seq, properties } of batch.events) {
      const { visitor, tab } = batch.contexts[context]!;
      const known = events.get(id);
      if (known) known.times++;
      else events.set(id, { number: properties.number, visitor: visitor.id, tab, seq, times: 1 });
      // Running totals of the visitor: the greatest counts.
      const totals = dropped.get(visitor.id) ?? {};
      for (const [cause, count] of Object.entries(batch.dropped)) totals[cause] = Math.max(totals[cause] ?? 0, count);
      dropped.set(visitor.id, totals);
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.method !== 'POST') return void response.writeHead(204, { 'Access-Control-Allow-Headers': '*' }).end();
    requests++;
    let chance = isFailing ? random() : 1;
    const failure = Object.entries(FAILURES).find(([, part]) => (chance -= part) < 0)?.[0] as keyof typeof FAILURES | undefined;
    if (failure) failed[failure] = (failed[failure] ?? 0) + 1;
    if (failure === 'refused') return void request.socket.destroy();
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const raw = Buffer.concat(parts);
    if (failure === 'error') return void response.writeHead(500).end();
    if (failure === 'hang') return void setTimeout(() => request.socket.destroy(), HANG_MS).unref();
    keep((raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString());
    if (failure === 'late') return void response.writeHead(500).end();
    if (failure === 'cut') return void request.socket.destroy();
    const done = () => response.writeHead(204).end();
    if (failure === 'slow') setTimeout(done, 1000);
    else done();
  }

  async function up(): Promise<void> {
    // A request that was cut off on its way has nothing to tell.
    server = createServer((request, response) => void answer(request, response).catch(() => request.socket.destroy()));
    await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  }
  async function down(): Promise<void> {
    const ended = new Promise((resolve) => server!.close(resolve));
    server!.closeAllConnections();
    await ended;
  }

  await up();
  return {
    url: `http://127.0.0.1:${port}`,
    up,
    /** Refuses connections until it is up again. */
    down,
    /** From now on it does not fail. */
    heal: () => (isFailing = false),
    events,
    failed,
    requests: () => requests,
    /** Batches of which the browser said that it could not store. */
    notDurable: () => notDurable,
    /** What visitors have declared as dropped, summed up. */
    declared: () => [...dropped.values()].flatMap((totals) => Object.values(totals)).reduce((sum, count) => sum + count, 0),
    /**
     * How many sequence numbers are missing before the last one that came, over all visitors and tabs; and how many of them came from the same tab
     * under another visitor id.
     */
    gaps(): { missing: number; elsewhere: number; sequences: number; examples: string[] } {
      const byTab = new Set([...events.values()].map(({ tab, seq }) => `${tab} ${seq}`));
      let elsewhere = 0;
      const last = new Map<string, Set<number>>();
      for (const { visitor, tab, seq } of events.values()) {
        const name = `${visitor} ${tab}`;
        last.set(name, (last.get(name) ?? new Set()).add(seq));
      }
      const examples: string[] = [];
      let missing = 0;
      for (const [name, seqs] of last) {
        for (let seq = 1; seq <= Math.max(...seqs); seq++) {
          if (seqs.has(seq)) continue;
          missing++;
          if (byTab.has(`${name.split(' ')[1]} ${seq}`)) elsewhere++;
          if (examples.length < 5) examples.push(`${name} ${seq}`);
        }
      }
      return { missing, elsewhere, sequences: last.size, examples };
    },
  };
}
