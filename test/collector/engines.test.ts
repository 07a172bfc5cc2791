import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connect, type JetStreamManager } from 'nats';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../examples/collector/engines.mjs';
import { startCollector } from '../../examples/collector/server.mjs';
import { findServer, freePorts, openServers } from '../helpers/servers.js';
import { until } from '../helpers/shop.js';
import { aBatch, aContext, anEvent, newDatabase } from './helpers.js';

const servers = openServers();
afterAll(servers.close);

/** A collector by its own clock, and a sender that does as browsers do: the same again after 429 and 503. */
async function startWith(store: string, options: Record<string, unknown> = {}) {
  const collector = await startCollector({ port: 0, data: newDatabase(), store, log: () => {}, ratePerMinute: 0, maxWaitMs: 0, ...options });
  onTestFinished(collector.close);
  const post = (body: unknown) => fetch(collector.endpoint, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: JSON.stringify(body) });
  return {
    collector, post,
    /** Sends until it is taken; returns how often that was in vain. */
    async deliver(body: unknown) {
      for (let vain = 0; ; vain += 1) {
        const response = await post(body);
        await response.text();
        if (response.status === 200) return vain;
        expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5']);
        if (vain > 600) throw new Error('never taken');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

const hostsOf = (address: string) => address.replace(/^nats:\/\/|\/\w+$/g, '').split(',');

/** Asks the cluster as an operator does, again until it has a leader to answer. */
async function ask<Answer>(address: string, question: (manager: JetStreamManager) => Promise<Answer>): Promise<Answer> {
  const connection = await connect({ servers: hostsOf(address), maxReconnectAttempts: -1 });
  try {
    return await until('an answer of the cluster', async () => connection.jetstreamManager({ checkAPI: false, timeout: 2000 }).then(question).catch(() => null)) as Answer;
  } finally {
    await connection.close();
  }
}

/** Everything in the stream: the ids of its messages, in order. */
const idsIn = (address: string) => ask(address, async (manager) => {
  const { state } = await manager.streams.info('waymark');
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage('waymark', { seq });
    expect(message.header.get('Nats-Msg-Id')).toBe(message.json<{ id: string }>().id);
    ids.push(message.header.get('Nats-Msg-Id'));
  }
  return ids;
});

test.each(['mysql://localhost/x', 'postgres', ''])('an engine that is not known is named with those that are: %j', (address) => {
  expect(() => openEngine(address)).toThrow(/^--store takes an address that begins with nats:\/\/, clickhouse\+http:\/\/, clickhouse\+https:\/\/, kafka\+http:\/\/, kafka\+https:\/\/; got /);
  expect(() => openEngine('redis://me:secret@host')).toThrow(/got redis:\/\/$/);
});

describe.runIf(findServer('nats-server'))('NATS JetStream', () => {
  test('a cluster of three that loses its leader in the middle of the load loses no event and keeps none twice', async () => {
    const nodes = await servers.prepareNats(3);
    const store = `nats://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}/waymark`;
    // The store is down when the collector starts, and comes up later.
    const { collector, post, deliver } = await startWith(store);
    const batches = Array.from({ length: 80 }, (_, batch) => aBatch(Array.from({ length: 5 }, (_, index) => anEvent({ seq: batch * 5 + index + 1 })), { contexts: [aContext()] }));
    const down = await post(batches[0]);
    expect([down.status, down.headers.get('Retry-After'), await down.json()]).toEqual([503, '5', { error: 'the batch could not be stored, send it again' }]);
    expect((await (await fetch(collector.endpoint)).json()).events).toEqual([]);
    for (const node of nodes) node.start();
    expect(await deliver(batches[0])).toBeGreaterThan(0);

    // Without the one that leads, the others must choose another before anything is acknowledged.
    const leader = await ask(store, async (manager) => (await manager.streams.info('waymark')).cluster?.leader);
    let next = 1;
    let inVain = 0;
    const lane = async () => {
      while (next < batches.length) {
        const number = (next += 1) - 1;
        if (number === 30) await nodes[Number(leader!.slice(1))]!.kill();
        inVain += await deliver(batches[number]);
      }
    };
    await Promise.all(Array.from({ length: 6 }, lane));
    // A batch that comes again is answered for, and changes nothing.
    await deliver(batches[3]);

    const sent = batches.flatMap(({ events }) => (events as { id: string }[]).map(({ id }) => id));
    const kept = await idsIn(store);
    console.log(`${sent.length} events, the leader of three nodes killed: ${inVain} attempts in vain, ${kept.length} messages kept, ${new Set(kept).size} ids`);
    expect([...kept].sort()).toEqual([...sent].sort());
    expect((await (await fetch(`${collector.endpoint}?limit=5000`)).json()).events).toHaveLength(sent.length);
  });

  test.runIf(findServer('clickhouse-server'))('a stream is moved to ClickHouse, which is down at first, with nothing lost', async () => {
    const [[node], clickhouse] = [await servers.prepareNats(1), await servers.prepareClickHouse()];
    node!.start();
    const { deliver } = await startWith(`nats://127.0.0.1:${node!.port}`);
    const query = async (statement: string) => (await (await fetch(`http://127.0.0.1:${clickhouse.port}/`, { method: 'POST', body: statement })).text()).trim();
    const mover = spawn(process.execPath, [
      fileURLToPath(new URL('../../examples/collector/move.mjs', import.meta.url)), '--from', `nats://127.0.0.1:${node!.port}`, '--to', `clickhouse+http://127.0.0.1:${clickhouse.port}/default`,
    ], { stdio: 'ignore' });
    onTestFinished(() => { mover.kill('SIGKILL'); });
    const events = Array.from({ length: 50 }, (_, index) => anEvent({ seq: index + 1, name: index === 7 ? 'purchase' : 'view_item', properties: index === 7 ? { value: 18.5, currency: 'EUR', note: 'Grüße "🪁"\u0000\ud800' } : {} }));
    await deliver(aBatch(events, { contexts: [{ tab: 'without identifiers' }] }));
    clickhouse.start();
    await until('all events in ClickHouse', async () => (await query('SELECT count() FROM waymark_events').catch(() => '')) === '50');
    expect(await query("SELECT value, currency, stage, owner FROM waymark_events WHERE name = 'purchase'")).toBe('18.5\tEUR\tconsideration\ttab without identifiers');
    const body = JSON.parse(JSON.parse(await query("SELECT body FROM waymark_events WHERE name = 'purchase' FORMAT JSONEachRow")).body);
    expect(body).toMatchObject({ id: events[7]!.id, properties: events[7]!.properties });
  });
});

describe.runIf(findServer('clickhouse-server'))('ClickHouse', () => {
  test('has every event before its batch is acknowledged, and one that came twice once', async () => {
    const clickhouse = await servers.prepareClickHouse();
    const { deliver } = await startWith(`clickhouse+http://127.0.0.1:${clickhouse.port}/default?table=told`);
    const batch = aBatch([anEvent(), anEvent({ seq: 2 })]);
    clickhouse.start();
    await deliver(batch);
    const query = async (statement: string) => (await (await fetch(`http://127.0.0.1:${clickhouse.port}/`, { method: 'POST', body: statement })).text()).trim();
    expect(await query('SELECT count() FROM told')).toBe('2');
    await deliver({ ...batch, attempt: 2 });
    expect(await query('SELECT count() FROM told FINAL')).toBe('2');
    await clickhouse.kill();
    const late = deliver(aBatch([anEvent()]));
    clickhouse.start();
    expect(await late).toBeGreaterThan(0);
    expect(await query('SELECT count() FROM told FINAL')).toBe('3');
  });
});

// The proxy is not in Debian: this one keeps its documented contract.
test('Kafka, by its REST proxy, acknowledges only what each record has an offset for', async () => {
  const { createServer } = await import('node:http');
  const got: { path: string; type: string; body: any }[] = [];
  let failing = true;
  const [port] = await freePorts(1) as [number];
  const proxy = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part)).on('end', () => {
      got.push({ path: request.url!, type: request.headers['content-type']!, body: JSON.parse(body) });
      const offsets = got.at(-1)!.body.records.map((_: unknown, index: number) => (failing && index === 1 ? { error_code: 2, error: 'leader not available' } : { partition: 0, offset: index }));
      response.setHeader('Content-Type', 'application/vnd.kafka.v2+json').end(JSON.stringify({ offsets }));
    });
  }).listen(port, '127.0.0.1');
  onTestFinished(() => { proxy.close(); proxy.closeAllConnections(); });
  const { post } = await startWith(`kafka+http://127.0.0.1:${port}/shop-events`);
  const batch = aBatch([anEvent(), anEvent({ seq: 2 })]);
  expect((await post(batch)).status).toBe(503);
  failing = false;
  expect((await post(batch)).status).toBe(200);
  expect(got[1]).toMatchObject({ path: '/topics/shop-events', type: 'application/vnd.kafka.json.v2+json', body: { records: [
    { key: (batch.contexts as any)[0].visitor.id, value: { id: (batch.events as any)[0].id, received: { batch_id: batch.batch_id } } }, {},
  ] } });
});
