import { expect, test } from 'vitest';
import { aBatch, anEvent } from './helpers.js';
import { useLivePage } from './live-page.js';
import { seedDelivery } from './seed-delivery.js';

const { openLivePage, openSeededPage } = useLivePage({ timezoneId: 'Asia/Kolkata' });
const narrow = useLivePage({ timezoneId: 'Asia/Kolkata', viewport: { width: 390, height: 844 } });

test('says in one sentence whether all is here, and why not', async () => {
  const { collector, page, read } = await openLivePage(aBatch());
  const verdict = async () => (await read('#verdict'))[0];
  expect(await verdict()).toBe('Every event up to the last number of each tab has arrived.');
  await collector.post(aBatch([anEvent({ seq: 3 })]));
  await page.locator('#verdict', { hasText: 'Nothing is missing. 2 events may be on the way.' }).waitFor();
  await collector.post(aBatch([anEvent({ seq: 9 })], { dropped: { queue_full: 8 } }));
  await page.locator('#verdict', { hasText: '27.27 % complete: 8 dropped. 2 events may be on the way.' }).waitFor();
  expect(await read('[data-figure="Delivery"] dd')).toEqual(['27.27 %', '3 batches']);
});

test('counts what is delivered, in flight, missing, dropped, refused and repeated', async () => {
  const { read, failures } = await openSeededPage(seedDelivery);
  expect(await read('#verdict')).toEqual(['97.49 % complete: 6 missing, 48 dropped. 7 events may be on the way.']);
  expect(await read('#delivery-counts > div')).toEqual([
    'Delivered 2,102 events stored, each id once',
    'In flight 7 numbers skipped just now',
    'Missing 6 numbers skipped for over 10 minutes',
    'Dropped 48 declared by browsers',
    'Refused 2 events that the schema forbids',
    'Repeated 576 events sent again, removed',
    expect.stringMatching(/^Batches \d+ came \d+ times, up to attempt 2$/),
    'Rejected 1 requests, since the start',
  ]);
  expect(await read('#delivery-notes li')).toEqual([
    '41 events dropped: more waited than the browser may keep', '7 events dropped: waited too long',
    '1 batch from browsers that refuse IndexedDB: what they had not sent ended with the page',
  ]);
  expect((await read('#delivery-details .detail:first-child dl > div')).map((text) => text.replace(/^visitor \w+/, 'visitor'))).toEqual([
    'mara@shop.example, tab tab-1 2–4: 3 missing', 'visitor, tab tab-1 1–40: 2 missing, 38 dropped',
    'visitor, tab tab-1 1–11: 1 missing, 10 dropped', 'visitor, tab tab-1 2–8: 7 in flight',
  ]);
  expect(failures).toEqual([]);
});

test('tells the last 24 hours in a table, in the time of who looks at it', async () => {
  const { page, read } = await openSeededPage(seedDelivery);
  expect(await read('.hours thead th')).toEqual(['Hour', 'Complete', 'Delivered', 'In flight', 'Missing', 'Dropped', 'Refused', 'Repeated']);
  const rows = page.locator('#hour-rows tr');
  expect(await rows.count()).toBe(8);
  // 11:00 in UTC, in which a purchase came ahead of seven events.
  expect(await read('#hour-rows tr:nth-child(2) > :not(.bar)')).toEqual(['Mon 16:30', '100 %', '37', '7', '0', '0', '0', '0']);

  await page.locator('#more-hours', { hasText: 'Show 16 more' }).press('Enter');
  expect(await rows.count()).toBe(24);
  expect(await page.locator('#more-hours').getAttribute('aria-expanded')).toBe('true');
});

test('keeps the table a table on a narrow screen, and shows no zeros', async () => {
  const { page } = await narrow.openSeededPage(seedDelivery);
  const table = page.getByRole('table', { name: 'The last 24 hours' });
  const row = table.getByRole('row').nth(2);
  expect(await row.getByRole('rowheader').innerText()).toBe('Mon 16:30');
  expect(await row.getByRole('cell').count()).toBe(7);
  expect(await table.getByRole('columnheader').count()).toBe(8);
  const shown = async () => row.locator('td[data-part]').evaluateAll((cells) => cells.filter((cell) => cell.clientWidth > 1).map((cell) => cell.textContent));
  expect(await shown()).toEqual(['37', '7']);
  // The hour, how complete it is and the bar stand in one line, the figures below.
  const [hour, complete, bar, delivered] = (await row.locator('> *').evaluateAll((cells) => cells.map((cell) => {
    const { top, bottom } = cell.getBoundingClientRect();
    return (top + bottom) / 2;
  }))) as [number, number, number, number];
  expect(complete).toBeCloseTo(hour, 0);
  expect(bar).toBeCloseTo(hour, 0);
  expect(delivered).toBeGreaterThan(hour + 10);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
