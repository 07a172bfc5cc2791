import { expect, test } from 'vitest';
import { aBatch, aContext, anEvent, at, newId } from './helpers.js';
import { useLivePage } from './live-page.js';

const { openSeededPage } = useLivePage();

/** What would run, load or leave if anything made HTML of it. Each has a number of its own, so that none is taken for another. */
let traps = 0;
const trap = () => `"'><img src=x onerror="run(${(traps += 1)})"><script>run(${traps})</script><a href="javascript:run(${traps})">${traps}</a>`;

/** An address that the schema takes, and that runs if it is ever followed. */
const trapUrl = () => `javascript:run(${(traps += 1)})//"><svg onload=run(${traps})>`;

const hostileItem = () => ({ item_id: trap(), item_name: trap(), item_brand: trap(), item_category: trap(), item_variant: trap(), coupon: trap(), price: 9, quantity: 1 });

/** Every text of a property that the page knows, and some that it does not. */
const hostileProperties = (): Record<string, unknown> => ({
  ...Object.fromEntries([
    'search_term', 'item_list_name', 'item_list_id', 'promotion_name', 'promotion_id', 'creative_name', 'coupon', 'payment_type', 'shipping_tier', 'method', 'content_type',
    'item_id', 'sentiment', 'about', 'comment', 'status', 'title', 'url', 'link_url', 'text', 'reason', 'level', 'by', 'channel', 'network', 'medium', 'source',
  ].map((name) => [name, trap()])),
  campaign: { name: trap(), source: trap(), medium: trap(), term: trap(), content: trap(), id: trap() },
  rating: 1, value: 9, currency: trap().slice(0, 60), items: [hostileItem(), hostileItem()], [trap()]: trap(), __proto__x: { onerror: trap() },
});

const hostileTouch = () => ({
  channel: 'organic_social', network: trap(), paid: trap(), by: trap(), time: at(0), stage: 'awareness', share: { token: trap(), depth: trap() },
  campaign: { name: trap(), source: trap(), medium: trap(), term: trap(), content: trap(), id: trap() },
});

const hostileContext = (changes = {}) => aContext({
  visitor: { id: newId(4), user_id: trap().slice(0, 256) }, tab: trap().slice(0, 36),
  page: { id: newId(4), url: trapUrl(), title: trap(), referrer: trapUrl() },
  touchpoint: hostileTouch(), in_app: { network: trap(), evidence: trap() }, [trap()]: trap(), ...changes,
});

const NAMES = [
  'page_view', 'landing', 'social_landing', 'view_item', 'search', 'add_to_cart', 'begin_checkout', 'cart_abandon', 'cart_recover', 'share', 'feedback', 'web_vitals',
  'select_promotion', 'refund', 'purchase', 'subscribe', 'constructor', 'onerror',
];

test('shows every field of a stranger as text: nothing of it runs, loads or leads anywhere', async () => {
  const { page, failures } = await openSeededPage(async (collector, setClock) => {
    const path = [hostileTouch(), hostileTouch()];
    const journey = { stage: 'decision', move: 'enter', from: null, loop: 1, furthest: 'purchase', stages: { constructor: 'tostring', __proto__: 'proto' }, path };
    const previous = { session: newId(4), stage: 'constructor', page: trapUrl(), seconds: 60, cart_value: 9, currency: 'EUR' };
    const events = NAMES.map((name, index) => anEvent({
      name, seq: index * 2 + 1, context: index % 2, journey, previous, [trap()]: trap(),
      properties: {
        ...hostileProperties(), cart_id: 'c', transaction_id: trap(), ...(name === 'share' && { share: { token: '0123456789ab', depth: 1 }, url: trapUrl() }),
        ...(name === 'web_vitals' && { lcp: 9000, inp: 900, cls: 1 }),
      },
    }));
    const contexts = [hostileContext(), hostileContext({ touchpoint: { ...hostileTouch(), share: { token: '0123456789ab', depth: 1 } } })];
    expect((await collector.post(aBatch(events, { contexts, dropped: { onerror: 3, __proto__: 1, constructor: 2 } }))).body).toMatchObject({ accepted: NAMES.length, refused: [] });
    // What is refused is shown with its reason, which quotes it.
    const bad = [anEvent({ name: trap() }), anEvent({ id: trap() }), anEvent({ properties: trap() })];
    expect((await collector.post(aBatch(bad, { contexts }))).body.refused).toHaveLength(3);
    expect((await collector.post(trap())).status).toBe(400);
    expect((await collector.post(aBatch([anEvent()], { schema: trap() }))).status).toBe(400);
    setClock(90);
  });

  // All that is folded away is looked at as well, and every model.
  const look = async () => {
    await page.evaluate(() => { for (const each of document.querySelectorAll('details')) each.open = true; });
    for (const button of await page.getByRole('button', { name: /^Show / }).all()) if (await button.isVisible()) await button.click();
    return page.evaluate(() => {
      const all = [...document.querySelectorAll('*')];
      const attributes = all.flatMap((element) => [...element.attributes].map(({ name, value }) => ({ name, value })));
      return {
        ran: (window as any).ran,
        text: document.body.innerText,
        shown: document.body.textContent!,
        elements: all.map(({ localName }) => localName).filter((name) => /^(img|iframe|object|embed|base|form)$/.test(name)),
        inlineScripts: [...document.scripts].filter(({ src }) => !src).length,
        handlers: attributes.filter(({ name }) => /^on|[<>"'(]/.test(name)).map(({ name }) => name),
        addresses: attributes.filter(({ name, value }) => /href|src|action|srcdoc|style/.test(name) && /javascript:|run\(/.test(value)).map(({ value }) => value),
      };
    });
  };
  await page.evaluate(() => { (window as any).ran = []; (window as any).run = (trap: number) => (window as any).ran.push(trap); });
  const found = await look();
  expect(found).toMatchObject({ ran: [], elements: [], inlineScripts: 0, handlers: [], addresses: [] });
  expect(found.shown).toContain('<img src=x onerror=');
  expect(found.shown).toContain('"><svg onload=');
  // Nothing was even tried that the page's policy had to stop.
  expect(failures).toEqual([]);
});

test('has a policy that runs no script but its own files, also if markup of a stranger got into it', async () => {
  const { collector, page } = await openSeededPage(async (collector) => { await collector.post(aBatch()); });
  const policy = (await fetch(collector.livePage)).headers.get('Content-Security-Policy')!;
  expect(policy).toMatch(/default-src 'none'.*script-src 'self'/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe|\*/);
  const outcome = await page.evaluate(() => {
    const ways = [
      () => { document.body.innerHTML += '<img src=x onerror=run()>'; },
      () => document.createElement('img').setAttribute('onerror', 'run()'),
      () => { document.body.append(Object.assign(document.createElement('script'), { text: 'run()' })); },
    ];
    return ways.map((way) => {
      try {
        return way();
      } catch (error) {
        return (error as Error).name;
      }
    });
  });
  expect(outcome).toEqual(['TypeError', 'TypeError', 'TypeError']);
});
