import { chromium, type Browser, type BrowserContextOptions } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { findChromium } from '../helpers/find-chromium.js';
import { NOON, startTestCollector } from './helpers.js';

/** Fills a collector; its clock is set by minutes after noon. */
export type Seed = (collector: Awaited<ReturnType<typeof startTestCollector>>, setClock: (minutes: number) => void) => Promise<void>;

/** A browser for the tests of one file, and a function that opens the live page in it. */
export function useLivePage({ minutesLater = 30, ...pageOptions }: { minutesLater?: number } & BrowserContextOptions = {}) {
  let browser: Browser;
  beforeAll(async () => { browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] }); });
  afterAll(() => browser.close());

  /** The live page of a collector that has these batches, half an hour later. */
  const openLivePage = (...batches: unknown[]) => openSeededPage(async (collector, setClock) => {
    for (const batch of batches) expect((await collector.post(batch)).body).toMatchObject({ refused: [] });
    setClock(minutesLater);
  });

  /**
   * The live page of a collector once `seed` has filled it, which sets its clock by minutes after noon. `failures` is what the page's
   * scripts complain of.
   */
  async function openSeededPage(seed: Seed) {
    let now = NOON;
    const collector = await startTestCollector({ abandonedAfterMinutes: 10, now: () => now });
    await seed(collector, (minutes) => { now = NOON + minutes * 60_000; });
    const page = await browser.newPage(pageOptions);
    const failures: string[] = [];
    page.on('pageerror', ({ message }) => failures.push(message));
    page.on('console', (message) => { if (message.type() === 'error') failures.push(message.text()); });
    onTestFinished(() => page.close());
    await page.goto(collector.livePage);
    await page.locator('#connection[data-state="live"]').waitFor();
    const read = async (selector: string) => (await page.locator(selector).allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
    return { collector, page, read, failures };
  }
  /** An empty page of the same browser, closed after the test. */
  async function newPage() {
    const page = await browser.newPage(pageOptions);
    onTestFinished(() => page.close());
    return page;
  }
  return { openLivePage, openSeededPage, newPage };
}
