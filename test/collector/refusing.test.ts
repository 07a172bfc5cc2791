import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { aBatch, aContext, anEvent, newId, startTestCollector } from './helpers.js';

describe('single bad events', () => {
  const good = () => anEvent();
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ['a name with a space', { name: 'view item' }, /^\/events\/1\/name must match pattern .* got "view item"$/],
    ['missing properties', { properties: undefined }, /^\/events\/1\/properties is required, got nothing$/],
    ['an unknown move', { journey: { ...good().journey, move: 'jump' } }, /^\/events\/1\/journey\/move must be one of "enter", .* got "jump"$/],
    ['an id of another version', { id: newId(4) }, /^\/events\/1\/id must match pattern .* got "01900000-0000-4000/],
    ['a context that is not there', { context: 7 }, /^\/events\/1\/context must be an index into contexts \(1 of them\), got 7$/],
    ['a number too large to read back', { seq: 2 ** 53 }, /^\/events\/1\/seq must be <= 9007199254740991, got 9007199254740992$/],
  ];

  test.each(cases)('refuses %s with the reason, and stores its neighbours', async (_, changes, reason) => {
    const collector = await startTestCollector();
    const bad = anEvent(changes);
    const before = good();
    const after = good();

    const answer = await collector.post(aBatch([before, bad, after]));

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ accepted: 2, duplicates: 0, refused: [{ id: bad.id, reason: expect.stringMatching(reason) }] });
    expect((await collector.events()).map(({ id }) => id)).toEqual([before.id, after.id]);
    expect((await collector.snapshot()).delivery).toMatchObject({ refused: 1, latest_refused: [{ id: bad.id }] });
  });

  test('refuses what nests without end, which would exhaust the stack when it is written down', async () => {
    const collector = await startTestCollector();
    const bad = anEvent({ properties: { deep: 'DEEP' } });
    const body = JSON.stringify(aBatch([bad, good()])).replace('"DEEP"', '['.repeat(50_000) + ']'.repeat(50_000));
    const answer = await collector.post(body);
    expect(answer.body).toEqual({ accepted: 1, duplicates: 0, refused: [{ id: bad.id, reason: '/events/0 must not nest deeper than 32 levels' }] });
    expect((await collector.post(`{"schema":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)).status).toBe(400);
  });

  // To gather every error of such a body took a minute, in which nobody else was answered.
  test.each<[string, (many: unknown[]) => object, string]>([
    ['events', (many) => aBatch(many), '/events must NOT have more than 500 items, got an array of 80000'],
    ['contexts', (contexts) => aBatch([anEvent()], { contexts }), '/contexts must NOT have more than 500 items, got an array of 80000'],
  ])('answers at once to a body that is nothing but bad %s', async (_, batchOf, error) => {
    const collector = await startTestCollector();
    expect(await collector.post(batchOf(Array(80_000).fill({})))).toMatchObject({ status: 400, body: { error } });
  });

  test('refuses a context that is too long to be stored with each of its events', async () => {
    const collector = await startTestCollector();
    const event = anEvent();
    const contexts = [aContext({ experiment: 'x'.repeat(17_000) })];
    expect((await collector.post(aBatch([event], { contexts }))).body.refused).toEqual([
      { id: event.id, reason: expect.stringMatching(/^\/contexts\/0 must be at most 16384 characters of JSON, got 17\d\d\d$/) },
    ]);
  });

  test('does not stumble over a context that is a deep list', async () => {
    const collector = await startTestCollector();
    const body = JSON.stringify(aBatch([anEvent({ context: 'DEEP' })])).replace('"DEEP"', '['.repeat(5000) + ']'.repeat(5000));
    expect((await collector.post(body)).body).toMatchObject({ accepted: 0, refused: [{ reason: '/events/0/context must be integer, got an array of 1' }] });
  });

  test('says null where an event has no id', async () => {
    const collector = await startTestCollector();
    const answer = await collector.post(aBatch([anEvent({ id: undefined }), 'no event', anEvent()]));
    expect(answer.body).toMatchObject({ accepted: 1, refused: [
      { id: null, reason: '/events/0/id is required, got nothing' },
      { id: null, reason: '/events/1 must be object, got "no event"' },
    ] });
  });

  test('counts a refused event once, however often its batch is sent', async () => {
    const collector = await startTestCollector();
    const batch = aBatch([anEvent({ name: '' })]);
    await collector.post(batch);
    await collector.post(batch);
    expect((await collector.snapshot()).delivery.refused).toBe(1);
  });
});

describe('batches that cannot be read', () => {
  const cases: [string, unknown, string | RegExp][] = [
    ['no JSON', '{"schema":', /^the body must be JSON: /],
    ['an empty body', '', /^the body must be JSON: /],
    ['no object', '[]', 'the body must be object, got an array of 0'],
    ['null', 'null', 'the body must be object, got null'],
    ['another format', aBatch([anEvent()], { schema: 'waymark/9' }), '/schema must be "waymark/1", got "waymark/9"'],
    ['a missing member', aBatch([anEvent()], { sent_at: undefined }), '/sent_at is required, got nothing'],
    ['an attempt that is no number', aBatch([anEvent()], { attempt: 'two' }), '/attempt must be integer, got "two"'],
    ['a durable that is no boolean', aBatch([anEvent()], { durable: 'yes' }), '/durable must be boolean, got "yes"'],
    ['no events', aBatch([]), '/events must NOT have fewer than 1 items, got an array of 0'],
    ['an attempt beyond all bounds', aBatch([anEvent()], { attempt: 2 ** 60 }), /^\/attempt must be <= 9007199254740991, got/],
  ];

  test.each(cases)('answers 400 to %s, and names the place, what it takes and what it got', async (_, body, error) => {
    const collector = await startTestCollector();
    const answer = await collector.post(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: typeof error === 'string' ? error : expect.stringMatching(error) });
    expect(await collector.events()).toEqual([]);
    expect((await collector.snapshot()).delivery.rejected).toMatchObject({ count: 1, latest: { status: 400 } });
  });

  test.each([
    ['an app without a name', { in_app: { evidence: 'x' } }, '/contexts/0/in_app/network is required, got nothing'],
    ['an app that is none', { in_app: 'instagram' }, '/contexts/0/in_app must be object, got "instagram"'],
    ['a network without a name', { in_app: { network: '' } }, '/contexts/0/in_app/network must NOT have fewer than 1 characters, got ""'],
    ['a bot that is neither true nor false', { bot: 'yes' }, '/contexts/0/bot must be boolean, got "yes"'],
  ])('refuses a context with %s', async (_, changes, reason) => {
    const collector = await startTestCollector();
    const event = anEvent();
    expect(await collector.post(aBatch([event], { contexts: [aContext(changes)] }))).toMatchObject({
      status: 200, body: { accepted: 0, duplicates: 0, refused: [{ id: event.id, reason }] },
    });
  });

  test('refuses the events of a bad context alone', async () => {
    const collector = await startTestCollector();
    const bad = aContext({ tab: '' });
    const victims = [anEvent({ context: 1 }), anEvent({ context: 1 })];
    const good = anEvent();
    const answer = await collector.post(aBatch([good, ...victims], { contexts: [aContext(), bad], dropped: { queue_full: 3 } }));
    const reason = '/contexts/1/tab must NOT have fewer than 1 characters, got ""';
    expect(answer).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 0, refused: victims.map(({ id }) => ({ id, reason })) } });
    expect((await collector.events()).map(({ id }) => id)).toEqual([good.id]);
    // The totals are the last context's, of which only the tab is bad.
    expect((await collector.snapshot()).delivery.dropped).toEqual({ queue_full: 3 });
  });

  test('does without the totals of a visitor who cannot be read', async () => {
    const collector = await startTestCollector();
    const batch = aBatch([anEvent()], { contexts: [aContext(), aContext({ visitor: { id: 'somebody' } })], dropped: { queue_full: 3 } });
    expect((await collector.post(batch)).body).toEqual({ accepted: 1, duplicates: 0, refused: [] });
    expect((await collector.snapshot()).delivery.dropped).toEqual({});
  });
});

describe('requests that are no batches', () => {
  test('answers 413 beyond the limit, 200 at the limit', async () => {
    const batch = JSON.stringify(aBatch());
    const collector = await startTestCollector({ bodyLimit: batch.length });
    expect((await collector.post(batch)).status).toBe(200);
    const answer = await collector.post(`${batch} `);
    expect(answer.status).toBe(413);
    expect(answer.body).toEqual({ error: `the body must be at most ${batch.length} bytes` });
  });

  test('has a limit of 256 kB, also for a body of unknown length', async () => {
    const collector = await startTestCollector();
    expect((await collector.post('x'.repeat(262_145))).status).toBe(413);
    expect((await collector.post('x'.repeat(262_144))).status).toBe(400);
    const status = await new Promise((resolve, reject) => {
      const posting = request(collector.endpoint, { method: 'POST', headers: { 'Content-Type': 'text/plain' } },
        (response) => resolve(response.resume().statusCode)).on('error', reject);
      for (let sent = 0; sent < 5; sent += 1) posting.write('x'.repeat(60_000));
      posting.end();
    });
    expect(status).toBe(413);
  });

  test.each([
    ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x', 'multipart/form-data'],
    ['text/plainer', 'text/plainer'],
  ])('answers 415 to %s', async (type, named) => {
    const collector = await startTestCollector();
    const answer = await collector.post(aBatch(), { headers: { 'Content-Type': type } });
    expect(answer.status).toBe(415);
    expect(answer.body).toEqual({ error: `Content-Type must be text/plain or application/json, got ${named}` });
  });

  test.each(['br', 'deflate', 'zstd', 'gzip, gzip'])('answers 415 to a body in %s, which it does not read', async (encoding) => {
    const collector = await startTestCollector();
    const answer = await collector.post('x', { headers: { 'Content-Type': 'text/plain', 'Content-Encoding': encoding } });
    expect(answer).toMatchObject({ status: 415, body: { error: `Content-Encoding must be gzip or absent, got ${encoding}` } });
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('answers 405 to %s, and says what is allowed', async (method) => {
    const collector = await startTestCollector();
    const answer = await collector.post(aBatch(), { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('Allow')).toBe('GET, HEAD, POST, OPTIONS');
    expect(answer.body).toEqual({ error: expect.stringContaining(method) });
  });

  test.each(['GET', 'POST'])('answers 404 in JSON to %s of an unknown path', async (method) => {
    const collector = await startTestCollector();
    const response = await fetch(`${collector.url}/evnts`, { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: expect.stringContaining('/evnts') });
  });

  test('stores a batch of the full 500 events, and refuses one more', async () => {
    const collector = await startTestCollector({ bodyLimit: 1e6 });
    const events = Array.from({ length: 500 }, (_, index) => anEvent({ seq: index + 1, id: newId() }));
    expect((await collector.post(aBatch(events))).body.accepted).toBe(500);
    expect((await collector.post(aBatch([...events, anEvent()]))).status).toBe(400);
  });
});
