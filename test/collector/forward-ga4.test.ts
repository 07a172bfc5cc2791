import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { aBatch, aContext, anEvent, at, newDatabase, newId, NOON, startTestCollector } from './helpers.js';

/** What the Measurement Protocol does: it takes a POST of JSON and answers 204, or not at all for a while. */
async function openGoogle() {
  const got: { url: URL; type?: string; body: any }[] = [];
  const state = { failing: 0, answerMs: 0 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part)).on('end', () => {
      if (state.failing-- > 0) return response.writeHead(503).end();
      got.push({ url: new URL(request.url!, 'http://google'), type: request.headers['content-type'], body: JSON.parse(body) });
      setTimeout(() => response.writeHead(204).end(), state.answerMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => { server.close(); server.closeAllConnections(); });
  return { got, state, ga4: { measurementId: 'G-TEST1', secret: 's3cret', endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } };
}

test('forwards what is stored to Google Analytics, field by field', async () => {
  const { got, ga4 } = await openGoogle();
  const collector = await startTestCollector({ ga4 });
  const context = aContext({
    visitor: { id: newId(4), user_id: 'mara' }, consent: { analytics: 'granted', marketing: 'denied', by: { analytics: 'call', marketing: 'call' } },
    page: { id: newId(4), url: 'https://shop.example/thanks', title: 'Thank you', referrer: 'https://pay.example/' },
    touchpoint: { channel: 'paid_social', network: 'instagram', time: at(-9) },
  });
  const items = [{ item_id: 'M', item_name: 'Mug', price: 18, quantity: 2, nested: { no: 1 } }];
  await collector.post(aBatch([
    anEvent({
      name: 'purchase', time: at(-3), journey: { stage: 'purchase', move: 'forward', from: 'decision', loop: 2, furthest: 'purchase' },
      properties: { transaction_id: 'T1', value: 36, currency: 'EUR', gift: true, note: `${'x'.repeat(99)}😀`, 'not a name': 1, nested: { no: 1 }, items },
    }),
    anEvent({ seq: 2, name: 'session_start' }),
  ], { contexts: [context] }));
  await expect.poll(() => got.length, { timeout: 20_000 }).toBe(1);
  const [{ url, type, body }] = got as [typeof got[0]];
  expect([url.pathname, Object.fromEntries(url.searchParams), type]).toEqual(['/mp/collect', { measurement_id: 'G-TEST1', api_secret: 's3cret' }, 'application/json']);
  expect(body).toEqual({
    client_id: context.visitor.id, user_id: 'mara', consent: { ad_user_data: 'DENIED', ad_personalization: 'DENIED' },
    events: [
      {
        name: 'purchase', timestamp_micros: (NOON - 180_000) * 1000,
        params: {
          session_id: NOON / 1000, engagement_time_msec: 1, page_location: 'https://shop.example/thanks', page_title: 'Thank you', page_referrer: 'https://pay.example/',
          journey_stage: 'purchase', journey_move: 'forward', journey_loop: 2, channel: 'paid_social', network: 'instagram',
          transaction_id: 'T1', value: 36, currency: 'EUR', gift: 'true', note: 'x'.repeat(99), items: [{ item_id: 'M', item_name: 'Mug', price: 18, quantity: 2 }],
        },
      },
      { name: 'waymark_session_start', timestamp_micros: NOON * 1000, params: expect.objectContaining({ journey_stage: 'consideration' }) },
    ],
  });
});

test('forwards each event once, in order, over failures and a restart, and leaves out whom it may not or cannot name', async () => {
  const { got, state, ga4 } = await openGoogle();
  const data = newDatabase();
  const logged: string[] = [];
  const log = (message: string, error: unknown) => logged.push(`${message} ${error}`);
  const first = await startTestCollector({ ga4, data, log });
  state.failing = 1;
  const [mara, noah] = [aContext(), aContext()];
  const many = Array.from({ length: 30 }, (_, index) => anEvent({ seq: index + 1, properties: { number: index + 1 } }));
  await first.post(aBatch(many, { contexts: [mara] }));
  await first.post(aBatch([
    anEvent({ name: 'a_bot', context: 1 }), anEvent({ name: 'a_denial', context: 2 }), anEvent({ name: 'an_unknown', context: 3 }), anEvent({ name: 'an_old_one', time: at(-73 * 60) }), anEvent({ name: 'a_good_one' }),
  ], { contexts: [noah, aContext({ bot: true }), aContext({ consent: { analytics: 'denied', marketing: 'denied', by: { analytics: 'call', marketing: 'call' } } }), { tab: 'x' }] }));
  const told = () => got.flatMap(({ body }) => body.events.map(({ name, params }: any) => params.number ?? name));
  await expect.poll(told, { timeout: 20_000 }).toEqual([...many.map((_, index) => index + 1), 'a_good_one']);
  expect(Math.max(...got.map(({ body }) => body.events.length))).toBeLessThanOrEqual(25);
  expect(new Set(got.map(({ body }) => body.client_id))).toEqual(new Set([mara.visitor.id, noah.visitor.id]));
  expect(logged).toEqual(['Events could not be forwarded to Google Analytics; they are tried again. Error: Google answered 503']);
  await first.close();

  const second = await startTestCollector({ ga4, data });
  await second.post(aBatch([anEvent({ name: 'later' })]));
  await expect.poll(() => told().slice(31), { timeout: 20_000 }).toEqual(['later']);
});

test('waits for an answer that is under way as the collector ends, so that nothing goes twice', async () => {
  const { got, state, ga4 } = await openGoogle();
  state.answerMs = 300;
  const data = newDatabase();
  const first = await startTestCollector({ ga4, data });
  await first.post(aBatch([anEvent()]));
  await expect.poll(() => got.length, { timeout: 20_000 }).toBe(1);
  await first.close();
  const second = await startTestCollector({ ga4, data });
  await second.post(aBatch([anEvent({ name: 'later' })]));
  await expect.poll(() => got.length, { timeout: 20_000 }).toBe(2);
  expect(got.map(({ body }) => body.events.map(({ name }: any) => name))).toEqual([['view_item'], ['later']]);
});
