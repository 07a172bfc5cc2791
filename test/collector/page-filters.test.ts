import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createBell } from '../../examples/collector/bell.mjs';
import { createLivePage } from '../../examples/collector/live.mjs';
import { anEvent, at, NOON, startTestCollector } from './helpers.js';
import { useLivePage, type Seed } from './live-page.js';
import { journeys } from './seed-journeys.js';

const { openSeededPage, newPage } = useLivePage({ timezoneId: 'UTC' });

/** Everybody's journeys, ten minutes after the last event. */
const seedJourneys: Seed = async (collector, setClock) => {
  for (const [minute, batch] of journeys()) {
    setClock(minute);
    expect((await collector.post(batch)).body).toMatchObject({ refused: [] });
  }
  setClock(213);
};

describe('the filters', () => {
  test('by time and by channel count what they say, everywhere, and are kept in the address', async () => {
    const { page, read, failures } = await openSeededPage(seedJourneys);
    expect(await read('#filters-note')).toEqual(['All 12 events: 3 visitors.']);
    expect(await read('#funnel-rows .number')).toEqual(['3', '1', '2', '1', '1', '1']);

    await page.getByRole('combobox', { name: 'Time', exact: true }).selectOption('The last hour');
    await page.locator('#filters-note', { hasText: '4 of 12 events: 2 visitors, the last hour.' }).waitFor();
    expect(await read('#funnel-rows .number')).toEqual(['1', '1', '0', '0', '1', '0']);
    expect(await read('#channel-rows tr')).toEqual(['Organic social 2 2 – 2 1', 'Instagram 2 2 – 2 1']);
    expect((await read('#summary > div')).slice(0, 5)).toEqual(['Visitors 2 4 events', 'In open carts €0.00 0 carts', 'Abandoned €0.00 0 carts', 'Recovered €0.00 0 times', 'Bought €0.00 0 carts']);
    expect(await read('#left-note')).toEqual(['No browser has told of an abandoned cart yet.']);
    // Told to those who do not see the figures; live figures are not.
    expect(await page.getByRole('status').filter({ hasText: '4 of 12' }).count()).toBe(1);

    await page.getByRole('combobox', { name: 'Channel' }).selectOption('Email');
    await page.locator('#filters-note', { hasText: '2 of 12 events: 1 visitor who came by Email at least once, the last hour.' }).waitFor();
    await page.getByRole('combobox', { name: 'Time', exact: true }).selectOption('All time');
    await page.locator('#filters-note', { hasText: '6 of 12 events: 1 visitor who came by Email at least once.' }).waitFor();
    expect(await read('#channel-rows th')).toEqual(['Email', 'Organic social']);
    expect((await read('#summary > div'))[4]).toBe('Bought €36.00 1 cart');

    await page.reload();
    await page.locator('#filters-note', { hasText: '6 of 12 events' }).waitFor();
    expect(new URL(page.url()).search).toBe('?channel=email');
    await page.getByRole('button', { name: 'Show all' }).press('Enter');
    await page.locator('#filters-note', { hasText: 'All 12 events' }).waitFor();
    expect(await page.evaluate(() => [location.search, document.activeElement?.id])).toEqual(['', 'range']);
    expect(failures).toEqual([]);
  });

  test('pass over an address that says what there is not', async () => {
    const { page, read, failures } = await openSeededPage(seedJourneys);
    await page.goto(`${page.url()}?range=eternity&model=__proto__&channel=%3Cimg%3E&visitor=nobody`);
    await page.locator('#filters-note', { hasText: '0 of 12 events: 0 visitors who came by <img> at least once.' }).waitFor();
    // Drawn a frame later.
    await page.locator('#flow-box', { hasText: 'Nobody' }).waitFor();
    expect(await read('#visitor-about')).toEqual(['Nothing is known of this visitor any more.']);
    expect(await read('#over-time-note, #flow-box')).toEqual(['Nobody has been in a stage in this time.', 'No arrival in this time.']);
    expect(failures).toEqual([]);
  });
});

describe('arrivals over time', () => {
  test('are drawn, and read by pointing, by keyboard and in a table', async () => {
    const { page, read, failures } = await openSeededPage(seedJourneys);
    const chart = page.getByRole('slider', { name: 'Arrivals over time' });
    await chart.locator('canvas').waitFor();
    expect(await read('#over-time-legend li')).toEqual(['Organic social 3', 'Email 1']);
    expect(await read('#over-time-note')).toEqual(['Each bar is 5 minutes.']);
    // Something is drawn, in the colour of the legend.
    const isPainted = () => chart.evaluate((box) => {
      const canvas = box.querySelector('canvas')!;
      const [red, green, blue] = getComputedStyle(box).getPropertyValue('--series-1').match(/\w\w/g)!.map((part) => parseInt(part, 16));
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4) if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) return true;
      return false;
    });
    await expect.poll(isPainted).toBe(true);

    await chart.focus();
    await page.keyboard.press('Home');
    expect(await read('#over-time-readout')).toEqual(['2 Mar, 12:00: Organic social 1.']);
    expect(await chart.getAttribute('aria-valuetext')).toBe('2 Mar, 12:00: Organic social 1.');
    for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowRight');
    expect(await read('#over-time-readout')).toEqual(['2 Mar, 12:20: Email 1.']);
    await page.keyboard.press('ArrowRight');
    expect(await read('#over-time-readout')).toEqual(['2 Mar, 12:25: nobody arrived.']);

    await page.getByLabel('Over time by').selectOption('network');
    expect(await read('#over-time-legend li')).toEqual(['Instagram 2', 'TikTok 1', 'Klaviyo 1']);
    await page.getByText('Arrivals over time as a table').click();
    expect(await read('#over-time-table tr')).toEqual(['When Instagram TikTok Klaviyo', '2 Mar, 15:20 2 – –', '2 Mar, 12:20 – – 1', '2 Mar, 12:00 – 1 –']);

    // The first bar begins where the first step does, and is read by pointing at it.
    const { x, y, width, height } = (await chart.locator('.u-over').boundingBox())!;
    await page.mouse.move(x + width / 43 / 2, y + height / 2);
    await expect.poll(async () => (await read('#over-time-readout'))[0]).toBe('2 Mar, 12:00: TikTok 1.');
    expect(failures).toEqual([]);
  });

  test('stay the same drawing while others arrive, and change with the light', async () => {
    const { collector, page } = await openSeededPage(seedJourneys);
    const canvas = page.locator('#over-time-box canvas');
    await canvas.evaluate((element) => { element.id = 'first'; });
    await collector.post(journeys().at(-1)![1]);
    await page.locator('#over-time-legend', { hasText: 'Organic social 4' }).waitFor();
    expect(await canvas.getAttribute('id')).toBe('first');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => canvas.getAttribute('id')).toBeNull();
  });
});

describe('one visitor', () => {
  test('is chosen from the journeys or by name, and told event by event', async () => {
    const { page, read, failures } = await openSeededPage(seedJourneys);
    await page.getByRole('button', { name: '6 events of anna' }).press('Enter');
    await page.locator('.visit').nth(1).waitFor();
    expect((await read('#visitor-about'))[0]).toMatch(/^anna: 6 events, the last one 1\d min ago\.$/);
    expect(await read('.visit h3')).toEqual(['Visit 1 · Mon 2 Mar, 12:20 · 4 events', 'Visit 2 · Mon 2 Mar, 15:20 · after 2 h away · 2 events']);
    expect(await read('.entry')).toEqual([
      '12:20:00 landing Awareness /products/mug Arrived: Klaviyo email email',
      '12:21:00 add_to_cart Decision skip /products/mug Mug × 2 Cart now: 2 things, €36.00',
      '12:22:00 purchase Purchase /products/mug order T1 · Mug × 2 · €36.00 Cart is empty now.',
      '12:23:00 share Advocacy skip /products/mug method whatsapp',
      '15:20:00 social_landing Retention back /products/mug Arrived: Instagram organic social organic social',
      '15:21:00 view_item Consideration back /products/mug',
    ]);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('visitor');

    await page.getByLabel('Model').selectOption('AIDA');
    await page.locator('.entry .stage', { hasText: 'Desire' }).first().waitFor();
    await page.getByRole('combobox', { name: 'Visitor' }).selectOption({ label: 'ben · Instagram · 2 events' });
    await page.locator('#visitor-about', { hasText: 'ben: 2 events' }).waitFor();
    expect(await read('.entry .arrived')).toEqual(['Arrived: Instagram organic social in the app of Instagram']);
    expect(failures).toEqual([]);
  });
});

describe('consent', () => {
  test('is split by answer and by what told it', async () => {
    const { page, read, failures } = await openSeededPage(seedJourneys);
    await page.getByRole('link', { name: 'Consent' }).waitFor();
    expect(await read('#consent-rows tr')).toEqual(['Marketing denied by Global Privacy Control 2 67 % –', 'Marketing granted by a call 1 33 % –']);
    expect(await page.locator('#anonymous').isVisible()).toBe(false);
    expect(failures).toEqual([]);
  });

  test('has no place where nobody tells', async () => {
    const collector = await startTestCollector();
    const page = await newPage();
    await page.goto(collector.livePage);
    await page.locator('#main[data-empty="true"]').waitFor();
    expect(await page.locator('#privacy, nav [href="#privacy"]').filter({ visible: true }).count()).toBe(0);
  });
});

/** The page of a store that has events without visitor, session and tab, each of a page view that stands alone. */
async function openAnonymousPage(events: any[]) {
  const stored = events.map((event, index) => ({ ...event, received: { row: index + 1, at: at(0), occurred_at: at(0), batch_id: 'b' } }));
  const empty = {
    batches: 1, deliveries: 1, events: stored.length, duplicates: 0, highest_attempt: 1, not_durable: 0, missing: 0, in_flight: 0, in_flight_ms: 600_000, dropped_in_all: 0,
    dropped: {}, refused: 0, latest_refused: [], completeness: 1, gaps: [], hours: [],
  };
  const store = { latestVisitors: () => stored, latestEvents: () => stored, eventsAfter: () => [], lastRow: () => stored.length, delivery: () => empty };
  const app = new Hono();
  app.route('/live', createLivePage({ store: store as any, bell: createBell(), rejected: { count: 0, latest: null }, now: () => NOON, abandonedAfterMs: 600_000, heartbeatMs: 1000 }));
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => { const starting = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(starting)); });
  onTestFinished(() => { (server as any).closeAllConnections(); server.close(); });
  const page = await newPage();
  const failures: string[] = [];
  page.on('pageerror', ({ message }) => failures.push(message));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/live`);
  await page.locator('#connection[data-state="live"]').waitFor();
  const read = async (selector: string) => (await page.locator(selector).allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  return { page, read, failures };
}

test('page views without a visitor are told by themselves, and break nothing', async () => {
  const alone = (name: string, properties: Record<string, unknown> = {}, path = '/mugs') => {
    const { context, journey, ...event } = anEvent({ name, properties }) as any;
    return { ...event, page: { id: 'p', url: `https://shop.example${path}` }, consent: { analytics: 'denied', marketing: 'denied', by: { analytics: 'tcf', marketing: 'tcf' } } };
  };
  const { page, read, failures } = await openAnonymousPage([
    alone('landing', { channel: 'organic_search', network: 'google', paid: false }), alone('page_view'), alone('page_view', {}, '/<b>'), alone('web_vitals', { lcp: 1000 }),
    alone('purchase', { transaction_id: 'T1', value: 20, currency: 'EUR' }),
  ]);
  expect(await read('#anonymous-about')).toEqual(['2 page views and 1 arrival without anything that tells visitors apart, 1 order worth €20.00. Each stands alone: they count under Funnel, Channels, Credit and Speed, and in no journey.']);
  expect(await read('#anonymous-rows tr')).toEqual(['/mugs 1', '/<b> 1']);
  expect(await read('#consent-rows tr')).toEqual(['Marketing denied by a consent platform (TCF) – 2 100 %']);
  expect(await read('#channel-rows tr')).toEqual(['Organic search 1 – – 1 –', 'Google 1 – – 1 –']);
  expect((await read('#vital-rows tr'))[0]).toMatch(/^All 1 1\.00 s good/);
  expect((await read('#summary > div'))[0]).toBe('Visitors 0 5 events');
  expect((await read('.event .quiet')).at(-1)).toBe('anonymous · — · /mugs');
  await page.locator('#over-time-legend', { hasText: 'Organic search 1' }).waitFor();
  expect(failures).toEqual([]);
});
