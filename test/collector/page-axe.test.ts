import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { aBatch, aContext, anEvent } from './helpers.js';
import { useLivePage, type Seed } from './live-page.js';
import { seedDelivery } from './seed-delivery.js';
import { journeys } from './seed-journeys.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** More presses of Tab than the page has stops. */
const MANY = 200;

/** A day of deliveries, then three journeys and page views without identifiers, so that every section has something in it. */
const seedAll: Seed = async (collector, setClock) => {
  await seedDelivery(collector, setClock);
  for (const [minute, batch] of journeys()) {
    setClock(minute);
    await collector.post(batch);
  }
  // The longest line of the funnel: page views without identifiers beside those who went on, and one who skipped the stage.
  const stage = (name: string) => ({ stage: name, move: 'enter', from: null, loop: 1, furthest: name });
  const contexts = [...['one', 'two', 'three'].map((tab) => ({ tab, page: aContext().page })), aContext()];
  const events = contexts.map((_, context) => anEvent({ context, name: 'page_view', journey: stage(context < 3 ? 'purchase' : 'advocacy') }));
  await collector.post(aBatch(events, { contexts }));
  setClock(260);
};

/** What axe says is wrong, whatever its weight, with everything opened that can be. */
async function findViolations(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: '6 events of anna' }).press('Enter');
  await page.locator('.visit').nth(1).waitFor();
  for (const details of await page.locator('summary').all()) await details.click();
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await (window as any).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.map(({ id, impact, nodes }: any) => `${impact} ${id}: ${nodes.slice(0, 5).map(({ target }: any) => target).join(' | ')}`);
  });
}

/** The stops of Tab from the top of the page to its end, and whether one sees each. */
async function walkByKeyboard(page: Page): Promise<{ name: string; seen: boolean }[]> {
  const stops: { name: string; seen: boolean }[] = [];
  while (stops.length < MANY) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      if (element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return { name: element.id || element.getAttribute('href') || element.className || element.tagName, seen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
    });
    // Behind the last stop the browser itself is next, or the page begins anew.
    if (!stop || (stops.length > 1 && stop.name === stops[0]!.name)) break;
    stops.push(stop);
  }
  return stops;
}

for (const [name, options] of [['wide and light', { colorScheme: 'light' }], ['narrow and dark', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }]] as const) {
  const { openSeededPage } = useLivePage({ ...options, reducedMotion: 'reduce' });
  test(`the page can be used by keyboard, and axe finds nothing wrong with it, ${name}`, async () => {
    const { page } = await openSeededPage(seedAll);
    await page.locator('.sankey').waitFor();
    await page.locator('#over-time-box canvas').waitFor();
    const stops = await walkByKeyboard(page);
    expect(stops.filter(({ seen }) => !seen)).toEqual([]);
    expect(stops[0]!.name).toBe('#main');
    expect(stops.map((stop) => stop.name)).toEqual(expect.arrayContaining(['range', 'channel', 'model', 'visitor', 'choose', 'series', 'over-time-box', 'attribution', 'pause', 'stream-box', 'SUMMARY', 'more-hours']));

    expect(await findViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  });
}
