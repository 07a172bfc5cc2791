import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createBackPressure, createRateLimit } from '../../examples/collector/admission.mjs';
import { measureLoad } from '../load/load.mjs';
import { aBatch, NOON, startTestCollector } from './helpers.js';

describe('a client that sends too much', () => {
  test('is told to wait until it has earned a request, and others are not', async () => {
    let now = NOON;
    const collector = await startTestCollector({ ratePerMinute: 3, behindProxy: true, now: () => now });
    const post = (client: string) => collector.post(aBatch(), { headers: { 'Content-Type': 'text/plain', 'X-Forwarded-For': client } });
    for (let sent = 0; sent < 3; sent += 1) expect((await post('192.0.2.1')).status).toBe(200);

    const answer = await post('192.0.2.1');
    expect(answer).toMatchObject({ status: 429, body: { error: 'a client may send 3 requests in a minute' } });
    expect(answer.headers.get('Retry-After')).toBe('20');
    expect((await post('192.0.2.2')).status).toBe(200);
    // What a client itself writes before the proxy's entry changes nothing.
    expect((await post('198.51.100.7, 192.0.2.1')).status).toBe(429);

    now += 20_000;
    expect((await post('192.0.2.1')).status).toBe(200);
    expect((await post('192.0.2.1')).status).toBe(429);
    expect((await collector.snapshot()).delivery.rejected).toMatchObject({ count: 3, latest: { status: 429 } });
  });

  test('is who is connected, where no proxy is told of', async () => {
    const collector = await startTestCollector({ ratePerMinute: 1 });
    const statuses = [];
    for (const client of ['192.0.2.1', '192.0.2.2']) {
      statuses.push((await collector.post(aBatch(), { headers: { 'Content-Type': 'text/plain', 'X-Forwarded-For': client } })).status);
    }
    expect(statuses).toEqual([200, 429]);
  });

  test.each([
    ['2001:db8:1:2::7', '2001:db8:1:2:ffff::1', true],
    ['2001:db8:1:2::7', '2001:db8:1:3::7', false],
    ['2001:db8::7', '2001:db8:0:0:9::', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
  ])('%s and %s are one: %s', (one, other, same) => {
    const waitOf = createRateLimit({ perMinute: 1, now: () => NOON });
    expect(waitOf(one)).toBe(0);
    expect(waitOf(other)).toBe(same ? 60 : 0);
  });

  test('is not held up by a clock that is set back', () => {
    let now = NOON;
    const waitOf = createRateLimit({ perMinute: 2, now: () => now });
    expect(waitOf('one')).toBe(0);
    now -= 3_600_000;
    expect([waitOf('one'), waitOf('one')]).toEqual([0, 30]);
  });

  test('is forgotten after 50,000 others: who changes addresses fills no memory', () => {
    const waitOf = createRateLimit({ perMinute: 1, now: () => NOON });
    waitOf('first');
    for (let client = 0; client < 49_999; client += 1) waitOf(`${client}`);
    expect(waitOf('first')).toBe(60);
    for (let client = 0; client < 50_000; client += 1) waitOf(`other ${client}`);
    expect(waitOf('first')).toBe(0);
  });
});

describe('what is in work', () => {
  test('is bounded in requests and bytes; one request alone is always taken', () => {
    const { enter } = createBackPressure({ maxRequests: 2, maxBytes: 100 });
    const leave = enter(500)!;
    expect(enter(1)).toBeUndefined();
    leave();
    const [first] = [enter(60), enter(40)];
    expect(enter(0)).toBeUndefined();
    first!();
    expect(enter(61)).toBeUndefined();
    expect(enter(60)).toBeTypeOf('function');
  });

  test('makes others wait with 429, and lets them in once it is done, also when its sender has gone', async () => {
    const collector = await startTestCollector({ maxInFlight: 1 });
    const begin = () => {
      const posting = request(collector.endpoint, { method: 'POST', headers: { 'Content-Type': 'text/plain', 'Transfer-Encoding': 'chunked' } });
      posting.on('error', () => {});
      posting.write('{');
      return posting;
    };
    const until = async (status: number) => {
      let answer = await collector.post(aBatch());
      for (let tries = 0; answer.status !== status && tries < 400; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        answer = await collector.post(aBatch());
      }
      return answer;
    };
    const dawdler = begin();
    const shed = await until(429);
    expect(shed.body).toEqual({ error: 'too much is in work, send it again' });
    expect(shed.headers.get('Retry-After')).toBe('2');
    dawdler.destroy();
    expect((await until(200)).status).toBe(200);
  });

  test('is put off while the only thread is busy for longer than a batch may wait', async () => {
    const collector = await startTestCollector({ maxWaitMs: 300 });
    const block = (ms: number) => { for (const end = performance.now() + ms; performance.now() < end; ); };
    // The request has to be on its way before the thread is taken: on a busy machine it is not always.
    await expect
      .poll(async () => {
        const waiting = collector.post(aBatch());
        await new Promise((resolve) => setImmediate(resolve));
        block(1500);
        const { status, headers } = await waiting;
        return [status, headers.get('Retry-After')];
      }, { timeout: 40_000 })
      .toEqual([429, '2']);
    await expect.poll(async () => (await collector.post(aBatch())).status, { timeout: 20_000 }).toBe(200);
  });

  test('still says that a body is too large, so that a browser halves it', async () => {
    const collector = await startTestCollector({ bodyLimit: 1000, maxInFlightBytes: 1000 });
    expect((await collector.post('x'.repeat(5000))).status).toBe(413);
  });
});

// `npm run load` takes longer and tells the figures.
test('a collector under more load than it takes sheds with 429, and has all that it answered for', async () => {
  const { statuses, taken, stored } = await measureLoad({ connections: 230, seconds: 1, eventsPerBatch: 2 });
  expect(Object.keys(statuses).filter((status) => !['200', '429'].includes(status))).toEqual([]);
  expect(taken).toBeGreaterThan(0);
  // The last answers may not have been read any more.
  expect(stored).toBeGreaterThanOrEqual(taken);
});
