import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from '../helpers/browser.js';
import { codesTold, drained, flush, inStore, openScripted, storedIds, toldTo, trackMany, turnOf, unhandled, type Scripted } from '../helpers/scripted.js';
import { until } from '../helpers/shop.js';

const profile = newProfile();
let browser: RealBrowser;
beforeAll(async () => {
  browser = await openBrowser(profile);
});
afterAll(async () => {
  await browser?.close();
  removeProfile(profile);
});

const once = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [n, 1]));
const idsOf = (site: Scripted, name: string) => new Set(site.arrivals().filter((event) => event.name === name).map(({ id }) => id));

/** A page without Waymark, of the same origin. */
const PLAIN = { '/plain': { type: 'text/html', body: '<!doctype html><title>Plain</title>' } };

/** What IndexedDB does wrong while `window.broken` says so, and a clock that a test can set (`skew`). */
const PATCH = `<script>
window.skew = 0;
const { now } = Date;
Date.now = () => now() + skew;
window.dbs = [];
window.puts = 0;
const { open } = IDBFactory.prototype;
const { transaction } = IDBDatabase.prototype;
const { put } = IDBObjectStore.prototype;
const { commit } = IDBTransaction.prototype;
const { get: errorOf } = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, 'error');
IDBFactory.prototype.open = function (...args) {
  const what = window.broken;
  if (what === 'open once') window.broken = '';
  if (what === 'open hangs') return new EventTarget();
  if (what === 'open throws') throw new DOMException('The operation is insecure.', 'SecurityError');
  if (/^open/.test(what)) {
    const request = Object.assign(new EventTarget(), { error: new DOMException('Internal error opening backing store', 'UnknownError') });
    setTimeout(() => request.onerror?.(new Event('error')));
    return request;
  }
  const request = open.apply(this, args);
  request.addEventListener('success', () => dbs.push(request.result));
  return request;
};
IDBDatabase.prototype.transaction = function (...args) {
  if (window.broken === 'transaction') throw new DOMException('Connection to Indexed Database server lost.', 'UnknownError');
  return transaction.apply(this, args);
};
IDBObjectStore.prototype.put = function (...args) {
  puts++;
  const request = put.apply(this, args);
  const fail = () => {
    this.transaction.full = true;
    this.transaction.abort();
  };
  if (window.broken === 'disk full') request.addEventListener('success', fail);
  // As many rows as fit.
  if (window.rows && typeof args[0] === 'object' && args[0].event) this.count().onsuccess = ({ target }) => target.result > rows && fail();
  return request;
};
// What is being committed cannot be aborted by hand.
IDBTransaction.prototype.commit = function () {
  if (window.broken !== 'disk full' && !window.rows) commit.call(this);
};
Object.defineProperty(IDBTransaction.prototype, 'error', {
  get() {
    return this.full ? new DOMException('', 'QuotaExceededError') : errorOf.call(this);
  },
});
</script>`;
/** The same, broken from the start. */
const brokenBy = (what: string) => `${PATCH}<script>window.broken = '${what}'</script>`;

describe('a store that does not open', () => {
  test.each<[what: string, patch: string]>([
    ['hangs', brokenBy('open hangs')],
    ['throws', brokenBy('open throws')],
    ['fails', brokenBy('open fails')],
    ['is not there', '<script>Object.defineProperty(window, "indexedDB", { value: undefined })</script>'],
    ['throws when it is looked at', '<script>Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("refused", "SecurityError") } })</script>'],
  ])('or %s: events go out from memory, the collector and the shop are told, and no rejection reaches the page', async (_what, patch) => {
    const site = await openScripted({ patch });
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    await until('the events', () => Object.keys(site.counts('a')).length === 3);
    expect(await flush(page)).toMatchObject({ kept: 0 });
    expect(site.counts('a')).toEqual(once(3));
    expect(site.requests.every(({ durable }) => !durable)).toBe(true);
    expect(await codesTold(page)).toEqual(['storage_unavailable']);
    expect(await unhandled(page)).toEqual([]);
  });

  test('keeps what the collector does not take in memory, and sends it later', async () => {
    const site = await openScripted({ patch: brokenBy('open fails') });
    site.answer(() => ({ status: 503 }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    expect(await flush(page)).toMatchObject({ delivered: 0, kept: 3, refused: 0 });
    site.answer(() => ({}));
    // It may just be trying again by itself.
    await drained(page);
    expect(idsOf(site, 'a').size).toBe(3);
  });

  test('the first time only is none: nothing is told, and everything is stored', async () => {
    const site = await openScripted({ patch: brokenBy('open once') });
    site.answer(() => ({ status: 503 }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    await until('three stored events', async () => (await storedIds(page)).length === 3);
    await until('a request', () => site.requests.length > 0);
    expect(site.requests.every(({ durable }) => durable)).toBe(true);
    expect(await codesTold(page)).not.toContain('storage_unavailable');
  });

  test('for some seconds is used again ten seconds later, also for what was tracked before, and nothing is sent twice', async () => {
    const site = await openScripted({ patch: brokenBy('open fails') });
    site.answer(() => ({ status: 503 }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    await until('the problem', async () => (await codesTold(page)).includes('storage_unavailable'));
    await page.evaluate(`window.broken = ''`);
    await page.evaluate('skew += 10_001');
    await trackMany(page, 'a', 1, 3);
    await until('four stored events', async () => (await storedIds(page)).length === 4);
    const before = site.requests.length;
    site.answer(() => ({}));
    await drained(page);
    expect(site.requests.slice(before).map(({ durable }) => durable)).not.toContain(false);
    expect(site.requests.slice(before).flatMap(({ events }) => events.map(({ properties }) => properties.n)).sort()).toEqual([0, 1, 2, 3]);
    expect(await storedIds(page)).toEqual([]);
    expect(await unhandled(page)).toEqual([]);
  });

  test('because another tab has it deleted, which waits for a third: what was sent from memory is not stored and sent again when it opens at last', async () => {
    const site = await openScripted({ files: PLAIN, patch: PATCH });
    const plain = await browser.newTab();
    await plain.goto(`${site.url}/plain`);
    // A connection that does not give way, and a deletion that waits for it: whoever opens now waits behind both.
    await plain.evaluate(`new Promise((resolve) => {
      const opening = indexedDB.open('waymark-main');
      opening.onupgradeneeded = () => opening.result.createObjectStore('events');
      opening.onsuccess = () => {
        window.db = opening.result;
        indexedDB.deleteDatabase('waymark-main').onblocked = resolve;
      };
    })`);
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    await until('the events, from memory', () => Object.keys(site.counts('a')).length === 3);
    expect(await codesTold(page)).toEqual(['storage_unavailable']);
    await plain.evaluate('void db.close()');
    // By now it has opened, and what waited for that has run.
    await until('the store', async () => (await turnOf(page).catch(() => 'none')) !== 'none');
    await page.evaluate('skew += 10_001');
    await trackMany(page, 'b', 1);
    await drained(page);
    expect(site.counts('a')).toEqual(once(3));
    expect(site.counts('b')).toEqual(once(1));
    expect(site.requests.at(-1)!.durable).toBe(true);
    expect(await unhandled(page)).toEqual([]);
    await plain.close();
  });
});

describe('a store that fails later', () => {
  test('since its connection was closed (WebKit does that) is opened again, without a word', async () => {
    const site = await openScripted({ patch: PATCH });
    site.answer(() => ({ status: 503 }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 2);
    await until('two stored events', async () => (await storedIds(page)).length === 2);
    await page.evaluate('dbs.forEach((db) => db.close())');
    await trackMany(page, 'a', 2, 2);
    await until('four stored events', async () => (await storedIds(page)).length === 4);
    expect(await codesTold(page)).not.toContain('storage_unavailable');
    site.answer(() => ({}));
    await drained(page);
    expect(idsOf(site, 'a').size).toBe(4);
    expect(await unhandled(page)).toEqual([]);
  });

  test('with every transaction goes on in memory, and stores what is left when it works again', async () => {
    const site = await openScripted({ patch: PATCH });
    const page = await site.visit(browser);
    await trackMany(page, 'before', 1);
    await drained(page);
    await page.evaluate(`window.broken = 'transaction'`);
    await trackMany(page, 'a', 2);
    await until('both', () => Object.keys(site.counts('a')).length === 2);
    expect(site.requests.at(-1)!.durable).toBe(false);
    expect(await codesTold(page)).toEqual(['storage_unavailable']);
    site.answer(() => ({ status: 503 }));
    await trackMany(page, 'b', 2);
    await page.evaluate(`window.broken = ''`);
    await page.evaluate('skew += 10_001');
    await trackMany(page, 'c', 1);
    await until('three stored events', async () => (await storedIds(page)).length === 3);
    site.answer(() => ({}));
    await page.reload();
    await drained(page);
    expect(site.counts('a')).toEqual(once(2));
    expect(Object.keys(site.counts('b'))).toHaveLength(2);
    expect(Object.keys(site.counts('c'))).toHaveLength(1);
    expect(await unhandled(page)).toEqual([]);
  });

  test('since it was deleted with unsent events in it has them again, and they arrive', async () => {
    const site = await openScripted({ files: PLAIN });
    site.answer(() => ({ status: 503 }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 5);
    await until('five stored events', async () => (await storedIds(page)).length === 5);
    const plain = await browser.newTab();
    await plain.goto(`${site.url}/plain`);
    const how = await plain.evaluate(`new Promise((resolve) => {
      const request = indexedDB.deleteDatabase('waymark-main');
      request.onsuccess = () => resolve('deleted');
      request.onblocked = () => resolve('blocked');
    })`);
    expect(how).toBe('deleted');
    await until('five stored events once more', async () => (await storedIds(page).catch(() => [])).length === 5);
    site.answer(() => ({}));
    await drained(page);
    expect(idsOf(site, 'a').size).toBe(5);
    expect(await unhandled(page)).toEqual([]);
    await plain.close();
  });
});

describe('a store that is full', () => {
  test('with a collector that answers loses nothing', async () => {
    const site = await openScripted({ patch: PATCH });
    const page = await site.visit(browser);
    // The first look at the store is over.
    await flush(page);
    await page.evaluate(`window.broken = 'disk full'`);
    await trackMany(page, 'a', 5);
    await until('the events', () => Object.keys(site.counts('a')).length === 5);
    expect(await flush(page)).toMatchObject({ kept: 0 });
    expect(site.counts('a')).toEqual(once(5));
    expect((await codesTold(page)).filter((code) => /^storage/.test(code))).toHaveLength(1);
    expect(await unhandled(page)).toEqual([]);
  });

  test('with a collector that is down makes room by what is worth least: the purchase stays, and what goes is counted', async () => {
    const site = await openScripted({ patch: PATCH, attributes: 'data-currency="EUR"' });
    site.answer(() => ({ status: 503 }));
    const page = await site.visit(browser);
    await page.evaluate(`waymark('purchase', { transaction_id: 'T1', value: 10 })`);
    await trackMany(page, 'engagement', 10);
    await until('a failure', async () => (await turnOf(page))?.failures);
    await until('all of it in the store', async () => (await storedIds(page)).length === 11);
    // Those, the profile and the turn: no more fits.
    await page.evaluate('window.rows = 13');
    await trackMany(page, 'add_to_wishlist', 2);
    const kept = await until('the new ones in the store', async () => {
      const rows = await inStore<{ event: string }[]>(page, 'readonly', "store.getAll(IDBKeyRange.bound('0', 'g', true))");
      const names = rows.map(({ event }) => (JSON.parse(event) as { name: string }).name);
      return names.filter((name) => name === 'add_to_wishlist').length === 2 ? names : undefined;
    });
    expect(kept).toContain('purchase');
    expect(kept.filter((name) => name === 'engagement').length).toBeGreaterThanOrEqual(4);
    await page.evaluate('window.rows = 0');
    site.answer(() => ({}));
    const before = site.requests.length;
    await drained(page);
    const later = site.requests.slice(before);
    expect(new Set(later.flatMap(({ events }) => events.map(({ id }) => id))).size + later.at(-1)!.dropped.queue_full!).toBe(13);
    expect(await unhandled(page)).toEqual([]);
  });

  test('for good, with a collector that is down, costs few events, none of them in silence, and nobody keeps trying', async () => {
    const site = await openScripted({ patch: PATCH, attributes: 'data-currency="EUR"' });
    site.answer(() => ({ status: 503 }));
    const page = await site.visit(browser);
    await page.evaluate(`waymark('purchase', { transaction_id: 'T1', value: 10 })`);
    await trackMany(page, 'a', 5);
    await until('a failure', async () => (await turnOf(page))?.failures);
    await until('all of it in the store', async () => (await storedIds(page)).length === 6);
    await page.evaluate(`window.broken = 'disk full', puts = 0, 0`);
    await trackMany(page, 'a', 1, 5);
    await until('the problem', async () => (await codesTold(page)).some((code) => /^storage/.test(code)));
    await page.waitForTimeout(1500);
    expect(await page.evaluate('puts')).toBeLessThan(50);
    await page.evaluate(`window.broken = ''`);
    const before = site.requests.length;
    site.answer(() => ({}));
    await page.evaluate('skew += 10_001');
    await drained(page);
    const later = site.requests.slice(before);
    const arrived = (name: string) => new Set(later.flatMap(({ events }) => events).filter((event) => event.name === name).map(({ id }) => id)).size;
    expect(arrived('purchase')).toBe(1);
    expect(arrived('a') + later.at(-1)!.dropped.queue_full!).toBe(6);
    expect(arrived('a')).toBeGreaterThanOrEqual(4);
    expect(await unhandled(page)).toEqual([]);
  });
});

describe('what somebody else has put into the store', () => {
  test('is counted and taken out, and what is ours goes', async () => {
    const site = await openScripted();
    site.answer(() => ({ status: 503, headers: { 'Retry-After': '1000' } }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 3);
    await until('three stored events', async () => (await storedIds(page)).length === 3);
    await until('a failure', async () => (await turnOf(page))?.failures);
    await inStore(page, 'readwrite', `(store.put(5, '00'), store.put(null, '01'), store.put({}, '02'), store.put({ id: '03', context: '{}' }, '03'),
      store.put({ id: '04', context: 7, event: '{}' }, '04'), store.put('text', 'f1'), store.put([], 'f2'), store.put(new Date(), 'f3'), store.put({ other: 1 }, 'settings'), store.put('x', 5))`);
    site.answer(() => ({}));
    await drained(page);
    await trackMany(page, 'b', 1);
    await drained(page);
    expect(idsOf(site, 'a').size).toBe(3);
    expect(site.requests.at(-1)!.dropped).toMatchObject({ unreadable: 8 });
    const dropped = (await toldTo(page)).filter(({ type }) => type === 'dropped');
    expect(dropped.every(({ cause }) => cause === 'unreadable')).toBe(true);
    expect(dropped.reduce((sum, { count }) => sum + count!, 0)).toBe(8);
    expect(await storedIds(page)).toEqual([]);
    expect(await unhandled(page)).toEqual([]);
  });

  test('in the place of an event with half of its JSON costs that event alone', async () => {
    const site = await openScripted();
    site.answer(() => ({ status: 503, headers: { 'Retry-After': '1000' } }));
    const page = await site.visit(browser);
    await trackMany(page, 'a', 5);
    await until('five stored events', async () => (await storedIds(page)).length === 5);
    await until('a failure', async () => (await turnOf(page))?.failures);
    const [, second] = await storedIds(page);
    await inStore(page, 'readwrite', `(store.get('${second}').onsuccess = ({ target }) => { const row = target.result; store.put({ ...row, event: row.event.slice(0, 40) }, row.id); }, undefined)`);
    const before = site.requests.length;
    site.answer(({ isJson }) => (isJson ? {} : { status: 400 }));
    await page.reload();
    await drained(page);
    await trackMany(page, 'b', 1);
    await drained(page);
    const later = site.requests.slice(before);
    expect(new Set(later.flatMap(({ events }) => events).filter(({ name }) => name === 'a').map(({ id }) => id)).size).toBe(4);
    const { unreadable = 0, refused = 0 } = site.requests.at(-1)!.dropped;
    expect(unreadable + refused).toBe(1);
  });

  test.each(['5', "'text'", '[]', '{}', 'null', '{ owner: 5, until: "soon", failures: "x", blockedUntil: [] }', '{ owner: "x", until: Infinity, failures: NaN, blockedUntil: Infinity }'])(
    'in the place of the turn (%s) holds nobody up, nor makes anybody hurry',
    async (turn) => {
      const site = await openScripted();
      const page = await site.visit(browser);
      await trackMany(page, 'a', 1);
      await drained(page);
      await inStore(page, 'readwrite', `store.put(${turn}, 'turn')`);
      await page.reload();
      site.answer(() => ({ status: 503 }));
      await trackMany(page, 'b', 1);
      await until('a failure', async () => ((await turnOf(page))?.failures ?? 0) >= 1);
      const found = (await turnOf(page))!;
      expect(found.blockedUntil).toBeLessThan(Date.now() + 20_000);
      expect(site.requests.map(({ attempt }) => attempt).every(Number.isInteger)).toBe(true);
      site.answer(() => ({}));
      await drained(page);
      expect(idsOf(site, 'b').size).toBe(1);
    },
  );

  test.each(['5', "'text'", '[]', '{}', 'null', '{ id: 7, dropped: 5 }', '{ id: "", dropped: { queue_full: "many" } }'])('in the place of the profile (%s) makes a new visitor', async (stored) => {
    const site = await openScripted();
    const page = await site.visit(browser);
    await trackMany(page, 'a', 1);
    await drained(page);
    await inStore(page, 'readwrite', `store.put(${stored}, 'profile')`);
    await page.reload();
    await trackMany(page, 'b', 1);
    await drained(page);
    expect(idsOf(site, 'b').size).toBe(1);
    for (const count of Object.values(site.requests.at(-1)!.dropped)) expect(count).toEqual(expect.any(Number));
    expect(await codesTold(page)).toEqual([]);
    expect(await unhandled(page)).toEqual([]);
  });
});

describe('with the collector down', () => {
  test('no more events are kept than maxStoredEvents, the purchase among them, and those that went are declared', async () => {
    const site = await openScripted({ attributes: 'data-max-stored-events="50" data-currency="EUR" data-batch-wait-ms="60000"' });
    site.answer(() => ({ status: 503, headers: { 'Retry-After': '1000' } }));
    const page = await site.visit(browser);
    await page.evaluate(`waymark('purchase', { transaction_id: 'T1', value: 10 })`);
    await trackMany(page, 'engagement', 100);
    await trackMany(page, 'a', 150);
    await until('no more than 50 stored events', async () => {
      const { length } = await storedIds(page);
      return length > 0 && length <= 50 && (await toldTo(page)).some(({ type }) => type === 'dropped');
    });
    expect((await toldTo(page)).filter(({ type }) => type === 'dropped')).toEqual([{ type: 'dropped', cause: 'queue_full', count: 201, collectors: ['/events'] }]);
    await page.reload();
    const before = site.requests.length;
    site.answer(() => ({}));
    await drained(page);
    const later = site.requests.slice(before);
    const names = later.flatMap(({ events }) => events).map(({ name }) => name);
    expect(names).toContain('purchase');
    expect(names).not.toContain('engagement');
    expect(names).toHaveLength(50);
    expect(later.at(-1)!.dropped).toMatchObject({ queue_full: 201 });
  });

  test('no more bytes are kept than maxStoredBytes', async () => {
    const site = await openScripted({ attributes: 'data-max-stored-bytes="20000" data-batch-wait-ms="60000"' });
    site.answer(() => ({ status: 503, headers: { 'Retry-After': '1000' } }));
    const page = await site.visit(browser);
    await page.evaluate(`for (let n = 0; n < 60; n++) waymark.track('a', { n, text: 'x'.repeat(500) })`);
    await until('all of them stored', async () => (await storedIds(page)).length > 10);
    await page.reload();
    const lengths = await until('no more than 20,000 bytes', async () => {
      const rows = await inStore<{ event: string; context: string }[]>(page, 'readonly', "store.getAll(IDBKeyRange.bound('0', 'g', true))");
      const sizes = rows.map(({ event, context }) => event.length + context.length);
      return sizes.reduce((sum, size) => sum + size, 0) <= 20_000 ? sizes : undefined;
    });
    expect(lengths.reduce((sum, size) => sum + size, 0) + Math.max(...lengths)).toBeGreaterThan(19_000);
    site.answer(() => ({}));
    await drained(page);
    const last = site.requests.at(-1)!;
    expect(lengths.length + last.dropped.queue_full!).toBe(60);
    // The newest are those that stay.
    expect(site.counts('a')).toHaveProperty('59');
  });

  test('nothing is kept for longer than maxStoredDays, and that is declared by its own cause', async () => {
    const site = await openScripted({ attributes: 'data-max-stored-days="2"', patch: PATCH });
    site.answer(() => ({ status: 503, headers: { 'Retry-After': '1000' } }));
    const page = await site.visit(browser);
    await page.evaluate('skew = -3 * 86_400_000');
    await trackMany(page, 'old', 3);
    await page.evaluate('skew = -86_400_000');
    await trackMany(page, 'young', 2);
    await until('all of them stored', async () => (await storedIds(page)).length === 5);
    // The collector has failed for long.
    await inStore(page, 'readwrite', `store.put({ owner: '', until: 0, failures: 9, blockedUntil: ${Date.now() + 600_000} }, 'turn')`);
    await page.reload();
    await until('the young alone', async () => (await storedIds(page)).length === 2);
    expect((await toldTo(page)).filter(({ type }) => type === 'dropped')).toEqual([{ type: 'dropped', cause: 'too_old', count: 3, collectors: ['/events'] }]);
    const before = site.requests.length;
    site.answer(() => ({}));
    await drained(page);
    const later = site.requests.slice(before);
    expect(later.flatMap(({ events }) => events).map(({ name }) => name)).toEqual(['young', 'young']);
    expect(later.at(-1)!.dropped).toMatchObject({ too_old: 3 });
  });
});

test('neither the store nor the lock keeps a page out of the back/forward cache, also while another tab wants to send', async () => {
  const site = await openScripted();
  let end = () => {};
  const held = new Promise<void>((resolve) => (end = resolve));
  const page = await site.visit(browser);
  site.answer(async () => (await held, {}));
  await trackMany(page, 'a', 3);
  await until('a request under way', () => site.requests.length > 0);
  const other = await site.visit(browser);
  await trackMany(other, 'b', 1);
  await page.bringToFront();
  // The page itself is told no more than "masked" of some reasons.
  const watcher = await page.context().newCDPSession(page);
  await watcher.send('Page.enable');
  const reasons: string[] = [];
  watcher.on('Page.backForwardCacheNotUsed', ({ notRestoredExplanations }) => reasons.push(...notRestoredExplanations.map(({ reason, details }) => JSON.stringify([reason, details]))));
  await page.evaluate(`window.mark = 'kept', addEventListener('pageshow', (event) => (window.persisted = event.persisted)), setTimeout(() => document.querySelector('#next').click()), 0`);
  await page.waitForURL('**/next');
  await trackMany(other, 'b', 1, 1);
  await page.evaluate('setTimeout(() => history.back())');
  await page.waitForFunction(() => location.pathname === '/' && 'waymark' in window);
  expect([await page.evaluate('window.mark'), await page.evaluate('window.persisted')], `not restored: ${reasons}`).toEqual(['kept', true]);
  end();
  await drained(page);
  await drained(other);
  expect(idsOf(site, 'a').size).toBe(3);
  expect(idsOf(site, 'b').size).toBe(2);
  expect(await unhandled(page)).toEqual([]);
});
