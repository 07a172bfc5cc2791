import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ATTRIBUTIONS } from '../../examples/collector/attribution.mjs';
import { RANGES } from '../../examples/collector/filters.mjs';
import { MODELS } from '../../examples/collector/stages.mjs';
import { aBatch, aContext, anEvent, at, newDatabase, newId, NOON, startTestCollector } from './helpers.js';

/** Opens the stream; `next` resolves with the next message or comment in it. */
async function openStream(url: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(url, { headers, signal: abort.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  async function next(): Promise<Record<string, string> | null> {
    while (!text.includes('\n\n')) {
      const { done, value } = await reader.read();
      if (done) return null;
      text += value;
    }
    const end = text.indexOf('\n\n');
    const lines = text.slice(0, end).split('\n');
    text = text.slice(end + 2);
    return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  }
  return { response, next };
}

describe('the stream', () => {
  test('sends a new event in full, with its row as the id', async () => {
    const collector = await startTestCollector();
    const stream = await openStream(`${collector.livePage}/events`);
    expect(stream.response.headers.get('Content-Type')).toBe('text/event-stream');
    expect(await stream.next()).toEqual({ retry: '2000' });

    await collector.post(aBatch());

    const message = (await stream.next())!;
    expect(message.id).toBe('1');
    expect([JSON.parse(message.data!)]).toEqual(await collector.events());
    expect(await stream.next()).toMatchObject({ event: 'changed' });
  });

  test('goes on after the last event that the page has seen, and begins anew where that is from another database', async () => {
    const collector = await startTestCollector();
    await collector.post(aBatch([1, 2, 3].map((seq) => anEvent({ seq }))));

    const resumed = await openStream(`${collector.livePage}/events?since=0`, { 'Last-Event-ID': '1' });
    await resumed.next();
    expect([(await resumed.next())!.id, (await resumed.next())!.id]).toEqual(['2', '3']);

    const stranger = await openStream(`${collector.livePage}/events`, { 'Last-Event-ID': '900' });
    await stranger.next();
    await collector.post(aBatch());
    expect((await stranger.next())!.id).toBe('4');
  });

  test('sends all of what is more than one page', async () => {
    const collector = await startTestCollector();
    await collector.post(aBatch(Array.from({ length: 250 }, (_, index) => anEvent({ seq: index + 1 }))));
    const stream = await openStream(`${collector.livePage}/events?since=0`);
    await stream.next();
    for (let row = 1; row <= 250; row += 1) expect((await stream.next())!.id).toBe(String(row));
  });

  test('says that something has changed when a batch brings no new event', async () => {
    const collector = await startTestCollector();
    const stream = await openStream(`${collector.livePage}/events`);
    await stream.next();
    await collector.post('no batch');
    expect(await stream.next()).toMatchObject({ event: 'changed' });
  });

  test('gives a sign of life when nothing happens', async () => {
    const collector = await startTestCollector({ heartbeatMs: 20 });
    const stream = await openStream(`${collector.livePage}/events`);
    await stream.next();
    expect(await stream.next()).toEqual({ '': 'still here' });
  });

  test('ends when the collector closes, and does not hold it up', async () => {
    const collector = await startTestCollector();
    const stream = await openStream(`${collector.livePage}/events`);
    await stream.next();
    const before = performance.now();
    await collector.close();
    expect(performance.now() - before).toBeLessThan(1000);
    expect(await stream.next()).toBeNull();
  });
});

describe('the snapshot', () => {
  test('tells journeys, funnel, carts and delivery of what is stored', async () => {
    const collector = await startTestCollector({ data: newDatabase(), abandonedAfterMinutes: 10, now: () => NOON + 20 * 60_000 });
    const context = aContext({ touchpoint: { channel: 'organic_social', network: 'instagram', paid: false, by: 'utm', time: at(0) } });
    const add = anEvent({
      seq: 3, name: 'add_to_cart',
      journey: { stage: 'decision', move: 'skip', from: null, loop: 1, furthest: 'decision' },
      properties: { currency: 'EUR', cart_id: 'c1', items: [{ item_id: 'A', item_name: 'Mug', price: 18, quantity: 2 }] },
    });
    await collector.post(aBatch([add], { contexts: [context], sent_at: at(0), attempt: 3 }));
    const patient = await collector.snapshot();
    // The event is as old as its batch: it happened when that arrived.
    expect(patient.carts.totals).toMatchObject({ open: { count: 1, values: [{ currency: 'EUR', value: 36 }] }, abandoned: { count: 0 } });
    expect(patient).toMatchObject({
      cursor: 1,
      now: at(20),
      events: [{ name: 'add_to_cart' }],
      visitors: { count: 1, shown: [{ steps: [{ stage: 'decision', arrival: { network: 'instagram' } }] }] },
      delivery: { batches: 1, events: 1, missing: 0, in_flight: 2, gaps: [{ tab: 'tab-1', in_flight: 2, ranges: [[1, 2]] }], highest_attempt: 3 },
    });
    expect(patient.funnel[2]).toEqual({ stage: 'decision', visitors: 1, anonymous: 0, left: 1, drop_off: 1, skipped: 0 });
  });

  test('calls an open cart silent once its visitor has been idle for long enough', async () => {
    let now = NOON;
    const collector = await startTestCollector({ abandonedAfterMinutes: 10, now: () => now });
    const properties = { currency: 'EUR', cart_id: 'c1', items: [{ item_id: 'A', price: 18 }] };
    await collector.post(aBatch([anEvent({ name: 'add_to_cart', properties })]));
    const totalsAfter = async (minutes: number) => {
      now = NOON + minutes * 60_000;
      return (await collector.snapshot()).carts.totals;
    };
    const [none, one] = [{ count: 0, values: [] }, { count: 1, values: [{ currency: 'EUR', value: 18 }] }];
    expect(await totalsAfter(10)).toEqual({ open: one, silent: none, abandoned: none, provisional: none, bought: none });
    expect(await totalsAfter(10.1)).toEqual({ open: one, silent: one, abandoned: none, provisional: none, bought: none });
  });

  test('leaves programs out of all figures but those of delivery', async () => {
    const collector = await startTestCollector();
    const landing = (seq: number) => anEvent({ seq, name: 'landing', properties: { channel: 'direct', network: null, paid: null } });
    await collector.post(aBatch([landing(1)]));
    const before = await collector.snapshot();
    const robot = { visitor: { id: newId(4) } };
    await collector.post(aBatch([
      landing(1), anEvent({ seq: 2, name: 'add_to_cart', properties: { items: [{ item_id: 'A', price: 18 }] } }),
      anEvent({ seq: 4, name: 'web_vitals', properties: { lcp: 9000 } }), anEvent({ seq: 5, context: 1, name: 'purchase', properties: { value: 5 } }),
    ], { contexts: [aContext({ ...robot, bot: true }), aContext(robot)] }));
    const after = await collector.snapshot();
    for (const figure of ['visitors', 'funnel', 'flows', 'arrivals', 'touches', 'drop_outs', 'carts', 'abandonments', 'vitals', 'over_time', 'counted', 'choice', 'consents', 'anonymous']) {
      expect(after[figure], figure).toEqual(before[figure]);
    }
    expect([before.bots, after.bots]).toEqual([{ visitors: 0, events: 0 }, { visitors: 1, events: 4 }]);
    expect(after.delivery).toMatchObject({ events: 5, in_flight: 1 });
    expect(after.events).toHaveLength(5);
  });
});

describe('the snapshot of a model', () => {
  test('tells flows and drop-outs in its stages; the canonical one without a choice', async () => {
    const collector = await startTestCollector({ now: () => NOON });
    await collector.post(aBatch([anEvent()]));
    const read = async (query: string) => (await fetch(`${collector.livePage}/snapshot${query}`)).json();
    expect((await read('')).flows).toMatchObject({ model: { name: 'journey' }, nodes: [{ column: 0, stage: 'consideration', count: 1 }] });
    expect((await read('?model=aida')).flows).toMatchObject({ model: { name: 'aida' }, nodes: [{ column: 0, stage: 'desire', count: 1 }] });
  });

  test('is refused for a model that there is not, with those that there are', async () => {
    const collector = await startTestCollector();
    const response = await fetch(`${collector.livePage}/snapshot?model=constructor`);
    expect([response.status, await response.json()]).toEqual([400, { error: 'model must be one of journey, aida, funnel, mckinsey, moments' }]);
  });

  test('is refused for a time that there is not, and takes any channel and visitor', async () => {
    const collector = await startTestCollector();
    await collector.post(aBatch());
    const response = await fetch(`${collector.livePage}/snapshot?range=toString`);
    expect([response.status, await response.json()]).toEqual([400, { error: 'range must be one of all, hour, day, week, month' }]);
    const odd = await (await fetch(`${collector.livePage}/snapshot?range=day&channel=__proto__&visitor=constructor`)).json();
    expect(odd).toMatchObject({ choice: { range: 'day', channel: '__proto__' }, visitors: { count: 0 }, visitor: null });
  });

  test('stays small for as many events as the page looks at', async () => {
    const collector = await startTestCollector();
    const names = ['social_landing', 'web_vitals', 'view_item', 'add_to_cart', 'cart_abandon', 'cart_recover', 'share', 'page_view'];
    for (let batch = 0; batch < 20; batch += 1) {
      const events = Array.from({ length: 400 }, (_, index) => anEvent({
        seq: index + 1, time: at(index), name: names[index % names.length], journey: undefined, properties: { channel: `paid_${batch}_${index}`, network: `${index}`, lcp: index },
      }));
      expect((await collector.post(aBatch(events))).body).toMatchObject({ accepted: 400 });
    }
    const { flows, touches, drop_outs, shares, arrivals, abandonments, vitals, over_time, choice, consents, anonymous } = await (await fetch(`${collector.livePage}/snapshot?model=mckinsey`)).json();
    expect(flows.visitors).toBe(20);
    expect(JSON.stringify({ flows, touches, drop_outs, shares, arrivals, abandonments, vitals, over_time, choice, consents, anonymous }).length).toBeLessThan(50_000);
  });
});

describe('the page', () => {
  test('runs nothing but its own files, and lets no string become markup', async () => {
    const collector = await startTestCollector();
    const response = await fetch(collector.livePage);
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('Content-Security-Policy')!.split('; ');
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'"]));
    expect(response.headers.get('Content-Security-Policy')).not.toMatch(/unsafe|https?:|\*/);

    const folder = new URL('../../examples/collector/live/', import.meta.url);
    for (const name of readdirSync(folder)) {
      const text = readFileSync(new URL(name, folder), 'utf8');
      expect(text, name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    }
  });

  test('offers the models, the ways to give credit and the times that there are', async () => {
    const collector = await startTestCollector();
    const page = await (await fetch(collector.livePage)).text();
    const offered = (id: string) => [...new RegExp(`<select id="${id}">(.*?)</select>`, 's').exec(page)![1]!.matchAll(/<option value="(\w+)"/g)].map(([, value]) => value);
    expect(offered('model')).toEqual(MODELS.map(({ name }) => name));
    expect(offered('attribution')).toEqual(ATTRIBUTIONS);
    expect(offered('range').sort()).toEqual(Object.keys(RANGES).sort());
  });

  test('gets the libraries of its drawings from the collector itself, each as one file, and small', async () => {
    const collector = await startTestCollector();
    const texts = await Promise.all(['d3-sankey', 'uplot'].map(async (name) => {
      const response = await fetch(`${collector.livePage}/${name}.js`);
      expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
      const text = await response.text();
      expect(text).toMatch(/export\s?\{[^}]*(sankey|default)/);
      expect(text).not.toMatch(/\bimport\b/);
      return text;
    }));
    // What the README says of both together.
    expect(gzipSync(texts.join('')).length).toBeLessThan(26_000);
  });

  test('serves every file that it names', async () => {
    const collector = await startTestCollector();
    const page = await (await fetch(collector.livePage)).text();
    const named = [...page.matchAll(/(?:href|src)="(live\/[^"]+)"/g)].map(([, path]) => path!);
    expect(named).toEqual(['live/uplot.css', 'live/live.css', 'live/live.js']);
    for (const path of named) expect((await fetch(new URL(path, collector.livePage))).status).toBe(200);
    expect((await fetch(`${collector.livePage}/..%2fserver.mjs`)).status).toBe(404);
  });
});
