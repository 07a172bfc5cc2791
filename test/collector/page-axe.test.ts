import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { useLivePage, type Seed } from './live-page.js';
import { seedDelivery } from './seed-delivery.js';
import { journeys } from './seed-journeys.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A day of deliveries, then three journeys, so that every section has something in it. */
const seedAll: Seed = async (collector, setClock) => {
  await seedDelivery(collector, setClock);
  for (const [minute, batch] of journeys()) {
    setClock(minute);
    await collector.post(batch);
  }
  setClock(260);
};

for (const [name, options] of [['wide and light', { colorScheme: 'light' }], ['narrow and dark', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }]] as const) {
  const { openSeededPage } = useLivePage({ ...options, reducedMotion: 'reduce' });
  test(`axe finds nothing wrong with the page, ${name}`, async () => {
    const { page } = await openSeededPage(seedAll);
    await page.locator('.sankey').waitFor();
    await page.locator('#over-time-box canvas').waitFor();
    await page.getByRole('button', { name: '6 events of anna' }).press('Enter');
    await page.locator('.visit').nth(1).waitFor();
    for (const details of await page.locator('summary').all()) await details.click();
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => {
      const { violations: found } = await (window as any).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
      return found.map(({ id, impact, nodes }: any) => `${impact} ${id}: ${nodes.slice(0, 5).map(({ target, failureSummary }: any) => `${target} ${failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`).join(' | ')}`);
    });
    expect(violations).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  });
}

const { openSeededPage: openWide } = useLivePage({ reducedMotion: 'reduce' });
test('everything that one can do can be done by keyboard, and one sees where one is', async () => {
  const { page } = await openWide(seedAll);
  await page.locator('.sankey').waitFor();
  const stops: string[] = [];
  for (let press = 0; press < 200; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      if (element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return { name: element.id || element.getAttribute('href') || element.className || element.tagName, seen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
    });
    if (!stop) break;
    expect(stop.seen, stop.name).toBe(true);
    if (stops.includes(stop.name) && stop.name === stops[0]) break;
    stops.push(stop.name);
  }
  expect(stops[0]).toBe('#main');
  expect(stops).toEqual(expect.arrayContaining(['range', 'channel', 'model', 'visitor', 'choose', 'series', 'over-time-box', 'attribution', 'pause', 'stream-box', 'SUMMARY', 'more-hours']));
});
