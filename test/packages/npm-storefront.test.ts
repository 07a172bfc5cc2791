import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preview } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newProfile, openBrowser, removeProfile } from '../helpers/browser.js';
import { until } from '../helpers/shop.js';
import { addExample, buildNpmStorefront, buildProject, checkTypes, installNpmStorefront, type Project } from './build-npm-storefront.js';

const COLLECTOR = 'https://collect.example/v1/events';

let project: Project;
beforeAll(async () => {
  project = await installNpmStorefront();
});
afterAll(() => project?.remove());

/** Every script of a built site in one text. */
async function readScripts(site: string): Promise<string> {
  const assets = join(site, 'assets');
  const names = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  return (await Promise.all(names.map((name) => readFile(join(assets, name), 'utf8')))).join('\n');
}

describe('the tarball', () => {
  test('has what users need', () => {
    const needed = [
      'package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'dist/core.js', 'dist/core.d.ts',
      'dist/waymark.min.js', 'dist/waymark.min.js.map', 'dist/waymark.more.min.js', 'dist/waymark.more.min.js.map', 'dist/waymark.arrivals.min.js', 'dist/waymark.asked.min.js', 'dist/waymark.formats.min.js', 'dist/waymark.formats.min.js.map', 'dist/batch.schema.json',
    ];
    expect(needed.filter((path) => !project.packed.includes(path))).toEqual([]);
  });

  test('has nothing else: no sources, tests or examples', () => {
    const known = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/(cjs\/package\.json|.+\.js|.+\.d\.ts|waymark\.((more|arrivals|asked|formats|shopify)\.)?min\.js\.map|(batch\.schema|integrity)\.json|iglu\/.+))$/;
    expect(project.packed.filter((path) => !known.test(path))).toEqual([]);
  });

  test('has every file that its package.json names', async () => {
    const { exports, types, main, unpkg } = JSON.parse(await readFile(join(project.folder, 'node_modules/waymark/package.json'), 'utf8'));
    const named = [exports, types, main, unpkg].flatMap(function list(entry: unknown): string[] {
      return typeof entry === 'string' ? [entry] : Object.values(entry ?? {}).flatMap(list);
    });
    expect(named.length).toBeGreaterThan(5);
    // A pattern names all files below its folder.
    for (const path of named) expect(project.packed.some((each) => each === path.replace('./', '') || (path.endsWith('/*') && each.startsWith(path.slice(2, -1)))), path).toBe(true);
  });

  test('has the type of every import that its types make', async () => {
    const waymark = join(project.folder, 'node_modules/waymark');
    for (const path of project.packed.filter((name) => name.endsWith('.d.ts'))) {
      const text = await readFile(join(waymark, path), 'utf8');
      for (const [, from = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
        expect(from, path).toMatch(/\.js$/);
        await access(join(waymark, path, '..', from.replace(/\.js$/, '.d.ts')));
      }
    }
  });
});

describe('a project that imports waymark', () => {
  test('compiles', async () => {
    expect(await checkTypes(project.folder)).toEqual([]);
  });

  /** Each line under `@ts-expect-error` has one mistake; TypeScript complains where it finds none. */
  const MISTAKES = `
import { createTracker, type Item, type Tracker } from 'waymark';
import { createTracker as createCore } from 'waymark/core';
import { clicks, pageViews } from 'waymark/capture';
import { createJourney } from 'waymark/journey';
import { waymarkFormat } from 'waymark/formats';

type ShopEvents = {
  wishlist_add: { item_id: string };
  lost_sock_reported: { place: 'dryer' | 'dog' };
  laundry_done: {};
};

const tracker = createTracker<ShopEvents>({ collector: '/events', currency: 'EUR' });
const passed: Tracker<ShopEvents> = tracker;
const item: Item = { item_id: 'PS-01', item_name: 'Behind the Dryer', price: 21, quantity: 1 };

tracker.track('wishlist_add', { item_id: 'PS-01' }, { stage: 'decision' });
tracker.track('lost_sock_reported', { place: 'dog' });
tracker.track('laundry_done');
tracker.track('search', { search_term: 'merino' });
passed.cart.add([item]);
passed.purchase({ transaction_id: 'A1', value: 21, items: [item] });
const stop: () => void = tracker.on('stage', ({ stage, from }) => [stage.length, from?.length]);
createCore({ collector: '/events', plugins: [pageViews(), clicks()], format: waymarkFormat }).track('anything', { at: 'all' });
createJourney().record({ name: 'view_item' }).stage.length;
stop();

// @ts-expect-error: no such event
tracker.track('wishlist_ad', { item_id: 'PS-01' });
// @ts-expect-error: a property that is missing
tracker.track('wishlist_add', {});
// @ts-expect-error: properties that are missing
tracker.track('wishlist_add');
// @ts-expect-error: a property of another type
tracker.track('wishlist_add', { item_id: 1 });
// @ts-expect-error: a property that is not known
tracker.track('wishlist_add', { item_id: 'PS-01', item: 'PS-01' });
// @ts-expect-error: a value that is not one of those named
tracker.track('lost_sock_reported', { place: 'moon' });
// @ts-expect-error: a standard event without what it must have
tracker.track('search', { term: 'merino' });
// @ts-expect-error: an order without a number
tracker.purchase({ value: 21, items: [item] });
// @ts-expect-error: a price that is a text
tracker.cart.add({ item_id: 'PS-01', price: '21' });
// @ts-expect-error: no collector
createTracker<ShopEvents>({ currency: 'EUR' });
// @ts-expect-error: an option that is not known
createTracker({ collector: '/events', colector: '/events' });
// @ts-expect-error: nothing of this name to listen to
tracker.on('stages', () => {});
// @ts-expect-error: no such method
tracker.basket.add(item);
`;

  test('does not compile with wrong names or properties of events', async () => {
    const file = join(project.folder, 'src', 'mistakes.ts');
    await writeFile(file, `${MISTAKES}tracker.track('still_wrong', {});\n`);
    // The line that nobody expects shows that the file is looked at, and that the tracker is no `any`.
    expect(await checkTypes(project.folder)).toEqual([expect.stringMatching(/^src\/mistakes\.ts\(\d+,\d+\): error TS2345: .*"still_wrong"/)]);
    await rm(file);
  });

  test.each([
    ['nodenext', 'NodeNext'],
    ['node16', 'Node16'],
    ['bundler', 'Preserve'],
  ])('has the same types, and all of them sound, under moduleResolution %s', async (moduleResolution, module) => {
    const config = `tsconfig.${moduleResolution}.json`;
    const compilerOptions = {
      target: 'ES2021', lib: ['ES2021', 'DOM'], types: [], strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, module, moduleResolution,
    };
    await writeFile(join(project.folder, config), JSON.stringify({ compilerOptions, files: ['mistakes.ts'] }));
    await writeFile(join(project.folder, 'mistakes.ts'), MISTAKES);
    expect(await checkTypes(project.folder, config)).toEqual([]);
  });

  test('builds without a warning, with the tracker and its collector in the bundle', async () => {
    expect(await buildProject(project.folder, COLLECTOR)).toEqual([]);
    const site = join(project.folder, 'dist');
    const scripts = await readScripts(site);
    expect(scripts).toContain(COLLECTOR);
    // Of the tracker, and of the shop.
    for (const part of ['page_view', 'add_to_cart', 'social_landing', 'indexedDB', 'lost_sock_reported']) expect(scripts).toContain(part);
    // All in the bundle: nothing is left to be found at run time.
    expect(scripts).not.toMatch(/(from|import)\s*\(?["'](waymark|idb-keyval)/);
    expect(await readFile(join(site, 'index.html'), 'utf8')).toMatch(/src="\/assets\/.+\.js"/);
  });
});

test('the shop of one page tells its views and what is on them, in their order', async () => {
  const site = await buildNpmStorefront(COLLECTOR);
  const server = await preview({ root: site, build: { outDir: '.' }, logLevel: 'silent', preview: { host: '127.0.0.1', port: 0 } });
  const profile = newProfile();
  const browser = await openBrowser(profile);
  try {
    const events: { name: string; seq: number; page: { title: string; url: string }; properties: Record<string, unknown> }[] = [];
    const page = await browser.newTab();
    await page.route(COLLECTOR, (route) => {
      const { contexts, events: told } = JSON.parse(route.request().postData()!);
      events.push(...told.map((event: { context: number }) => ({ ...contexts[event.context], ...event })));
      return route.fulfill({ status: 204, headers: { 'Access-Control-Allow-Origin': '*' } });
    });
    const told = (name: string) => until(`the event ${name}`, () => events.find((event) => event.name === name));
    await page.goto(`${server.resolvedUrls!.local[0]!}?utm_source=instagram&utm_medium=social`);
    await told('view_item_list');
    await page.locator('[data-test^="card-"]').first().click();
    await told('view_item');
    await page.locator('[data-form=add] [type=submit]').click();
    await told('add_to_cart');
    const names = events.sort((one, other) => one.seq - other.seq).map(({ name }) => name).filter((name) => !/engagement|web_vitals/.test(name));
    expect(names).toEqual(['social_landing', 'page_view', 'view_item_list', 'page_view', 'view_item', 'add_to_cart']);
    const [first, second] = events.filter(({ name }) => name === 'page_view');
    const seen = events.find(({ name }) => name === 'view_item')!;
    expect(seen.page.url).toBe(second!.page.url);
    expect([second!.page.title, second!.page.title === first!.page.title]).toEqual([await page.title(), false]);
    expect(events.find(({ name }) => name === 'social_landing')!.page.title).toBe(first!.page.title);
  } finally {
    await browser.close();
    removeProfile(profile);
    await server.close();
    await rm(site, { recursive: true });
  }
});

describe('the example of product code', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await addExample(project, 'product-code');
  });

  test('compiles, and does not with an event that the shop does not have', async () => {
    expect(await checkTypes(folder)).toEqual([]);
    const main = join(folder, 'main.ts');
    const code = await readFile(main, 'utf8');
    await writeFile(main, code.replace("track('taste_chosen', { taste: button.dataset.taste as 'smoky' | 'flowery' }", "track('taste_chosen', { taste: 'sweet' }"));
    expect(await checkTypes(folder)).toEqual([expect.stringMatching(/^main\.ts\(\d+,\d+\): error TS2\d+: .*"sweet"/)]);
    await writeFile(main, code);
  });

  test('builds without a warning, offers help to who decides, and thanks who praises', async () => {
    expect(await buildProject(folder, COLLECTOR)).toEqual([]);
    const server = await preview({ root: folder, logLevel: 'silent', preview: { host: '127.0.0.1', port: 0 } });
    const profile = newProfile();
    const browser = await openBrowser(profile);
    try {
      const page = await browser.newTab();
      await page.route('http://127.0.0.1:4318/**', (route) => route.abort());
      await page.goto(server.resolvedUrls!.local[0]!);
      const whereabouts = (words: string) => page.locator('[data-stage]').filter({ hasText: words }).waitFor();
      const isShown = (name: string) => page.locator(`[data-${name}]`).isVisible();
      await whereabouts('awareness, in this shop\'s words: sniffing');
      await page.click('[data-taste=smoky]');
      await whereabouts('words: sipping');
      expect([await isShown('help'), await isShown('thanks')]).toEqual([false, false]);
      await page.click('[data-add]');
      await whereabouts('decision, in this shop\'s words: sipping');
      await page.reload();
      await page.locator('[data-help]').waitFor();
      await page.click('[data-buy]');
      await whereabouts('purchase, in this shop\'s words: steeping');
      expect([await isShown('help'), await isShown('thanks')]).toEqual([false, false]);
      await page.click('[data-love]');
      await page.locator('[data-thanks]').waitFor();
      await whereabouts('advocacy, in this shop\'s words: pouring');
      await page.click('[data-tell]');
      await page.locator('[data-told]').filter({ hasText: /:\d+\/\?wm=[\da-f]{12}-1$/ }).waitFor();
    } finally {
      await browser.close();
      removeProfile(profile);
      await server.close();
    }
  });
});
