// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PluginApi } from '../../src/plugin.js';
import { clicks, clicksIn } from '../../src/sources/attributes.js';
import { earlyClicks } from '../../src/sources/early-clicks.js';
import { createDraft } from '../../src/event/draft.js';

const stops: (() => void)[] = [];
afterEach(() => {
  stops.splice(0).forEach((stop) => stop());
});

/** A page with `earlyClicks`: what it tracks, and the events that come of that once the part is there. */
function openPage(markup: string) {
  document.body.innerHTML = markup;
  const tracked: [name: string, properties: object, options: object][] = [];
  const report = vi.fn();
  const api = {
    guard: (work: unknown) => work,
    report,
    stops,
    track: (...told: (typeof tracked)[0]) => tracked.push(told),
    tracker: { shared: {} },
  } as unknown as PluginApi;
  const plugin = earlyClicks(() => Promise.resolve({ clicksIn }));
  plugin.start!(api);
  return {
    api,
    report,
    tracked,
    click: (selector: string) => document.querySelector<HTMLElement>(selector)!.click(),
    task: () => new Promise((resolve) => setTimeout(resolve)),
    async told() {
      const { process } = await plugin.load!();
      return tracked.flatMap(([name, properties, options]) => {
        const draft = createDraft({
          id: '1',
          name,
          time: 1,
          // As it comes back out of the store.
          properties: structuredClone(properties) as never,
          context: {},
          ...options,
        });
        expect(plugin.needs!(draft, undefined)).toBe(true);
        return (process!(draft, undefined, {} as never) as { drafts: (typeof draft)[] }).drafts.map(
          ({ name, properties, stage }) => [name, properties, ...(stage ? [stage] : [])],
        );
      });
    },
  };
}

describe('a click that comes before what tells clicks apart', () => {
  test.each<[what: string, markup: string, told: unknown[]]>([
    [
      'is an event with its properties',
      '<p data-waymark-event="kept" data-waymark-price="2">',
      [['kept', { price: 2 }]],
    ],
    ['has its stage', '<p data-waymark-event="kept" data-waymark-stage="decision">', [['kept', {}, 'decision']]],
    ['may select a promotion', '<p data-waymark-event="promotion">', [['select_promotion', {}]]],
    ['is none where the element is marked for views', '<p data-waymark-event="view_item">', []],
    ['is none where nothing is marked', '<p data-waymark-stage="decision">', []],
    [
      'counts for the next element around that is marked for clicks',
      '<form data-waymark-event="tapped" data-waymark-on="click"><p data-waymark-event="seen" data-waymark-on="view"></p></form>',
      [['tapped', {}]],
    ],
  ])('%s', async (_what, markup, told) => {
    const page = openPage(markup);
    page.click('p');
    expect(await page.told()).toEqual(told);
  });

  test('is told as the element was when it was clicked', async () => {
    const page = openPage('<p data-waymark-event="kept">');
    page.click('p');
    document.body.innerHTML = '';
    expect(await page.told()).toEqual([['kept', {}]]);
  });

  test('counts once with what is clicked because of it, and again in another task', async () => {
    const page = openPage('<label data-waymark-event="kept">Text <input type="checkbox"></label>');
    page.click('label');
    await page.task();
    page.click('label');
    expect(await page.told()).toHaveLength(2);
  });

  test('says so where its items are no list, and goes without', async () => {
    const page = openPage('<p data-waymark-event="kept" data-waymark-items="a">');
    page.click('p');
    expect(await page.told()).toEqual([['kept', {}]]);
    expect(page.report).toHaveBeenCalledWith('invalid_items', expect.any(String));
  });

  test('is told by that alone once it is there', async () => {
    const page = openPage('<p data-waymark-event="kept">');
    clicks().start!(page.api);
    page.click('p');
    expect(page.tracked).toEqual([['kept', {}, { stage: undefined }]]);
  });
});
