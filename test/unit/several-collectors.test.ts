import { expect, onTestFinished, test } from 'vitest';
import { waymarkFormat, type Format } from '../../src/formats/index.js';
import { World, type Tab, type WorldOptions } from '../helpers/delivery-world.js';

const DAY = 86_400_000;

/** Opens a browser whose clock and store go on when they are told to. */
function open(options: Partial<WorldOptions> = {}): World {
  const world = new World({ hasLocks: true, hasLocalStorage: true, bounds: { maxStoredEvents: 10_000, maxStoredBytes: 10_000_000, maxStoredDays: 30 }, seed: 1, ...options });
  onTestFinished(() => world.end());
  return world;
}
/** Tracks some events, and returns their ids. */
const track = (tab: Tab, count: number) => Array.from({ length: count }, () => tab.track(false, false));
/** Returns the ids that went to a collector, in their order. */
const sentTo = ({ requests }: World, name: string) => requests.flatMap(({ collector, ids }) => (collector === name ? ids : []));
const codes = ({ told }: World) => told.map(({ code }) => code);

test('gives two collectors every event once, and keeps none', async () => {
  const world = open({ filters: [[], []] });
  const ids = track(world.open(), 13);
  await world.pass(10_000);
  expect(sentTo(world, 'a')).toEqual(ids);
  expect(sentTo(world, 'b')).toEqual(ids);
  expect([...world.keys]).toEqual([]);
});

test('keeps an event that only one of them has for the other, and gives the first none twice', async () => {
  const world = open({ filters: [[], []] });
  const [, second] = world.collectors;
  second!.mode = { kind: 'fails', afterMs: 50 };
  const tab = world.open();
  const ids = track(tab, 5);
  await world.pass(10_000);
  expect([...world.keys].sort()).toEqual(ids.map((id) => `~https://b.example/~${id}`));
  world.crash(tab, false);
  const next = world.open();
  const more = track(next, 2);
  await world.pass(10_000);
  expect(sentTo(world, 'a')).toEqual([...ids, ...more]);
  second!.mode = { kind: 'accepts', afterMs: 50 };
  expect(await finished(world, next.flush())).toEqual({ delivered: 7, kept: 0, refused: 0 });
  expect([...second!.accepted]).toEqual([...ids, ...more]);
  expect([...world.keys]).toEqual([]);
});

/** Lets time pass until something is done. */
async function finished<Value>(world: World, work: Promise<Value>): Promise<Value> {
  await world.pass(31_000);
  return work;
}

test('counts in flush() for each collector what it has, and what is kept once', async () => {
  const world = open({ filters: [[], [], ['purchase']] });
  world.collectors[1]!.mode = { kind: 'fails', afterMs: 50 };
  const tab = world.open();
  track(tab, 3);
  tab.track(true, false);
  expect(await finished(world, tab.flush())).toMatchObject({ delivered: 4 + 1, kept: 4, refused: 0 });
});

test('writes an event at once for those that want it, and not at all if nobody does', async () => {
  const world = open({ filters: [['purchase'], ['purchase', 'refund']] });
  const tab = world.open();
  for (const { mode } of world.collectors) mode.kind = 'fails';
  tab.track(false, false);
  const id = tab.track(true, false);
  await world.pass(3000);
  expect([...world.keys].sort()).toEqual([`~https://a.example/~${id}`, `~https://b.example/~${id}`]);
  const other = open({ filters: [[], ['refund']] });
  other.collectors[0]!.mode.kind = 'fails';
  const [only] = track(other.open(), 1);
  await other.pass(3000);
  expect([...other.keys]).toEqual([`~https://a.example/~${only}`]);
});

test('does not read what waits for a collector that is down on behalf of one that is well', async () => {
  const world = open({ filters: [[], []] });
  world.collectors[1]!.mode = { kind: 'busy', afterMs: 50 };
  const tab = world.open();
  for (let round = 0; round < 20; round++) {
    track(tab, 50);
    await world.pass(3000);
  }
  expect(world.keys.size).toBe(1000);
  // The next minutes are the well one's alone.
  world.collectors[1]!.mode = { kind: 'missing', afterMs: 50 };
  await world.pass(30_000);
  await finished(world, tab.flush());
  world.read = 0;
  track(tab, 12);
  await world.pass(20_000);
  expect(world.collectors[0]!.accepted.size).toBe(1012);
  // Twelve, and those of them again that were still there as the next were looked for.
  expect(world.read).toBeLessThan(40);
});

test('drops an event that is too much once, and tells those that had not got it', async () => {
  const world = open({ filters: [[], []], bounds: { maxStoredEvents: 12, maxStoredBytes: 10_000_000, maxStoredDays: 30 } });
  world.collectors[1]!.mode = { kind: 'fails', afterMs: 50 };
  track(world.open(), 14);
  await world.pass(20_000);
  track(world.open(), 6);
  await world.pass(20_000);
  track(world.open(), 1);
  await world.pass(1_000_000);
  expect(world.collectors[0]!.accepted.size).toBe(21);
  const count = world.dropped.reduce((sum, each) => sum + each.count, 0);
  expect(count).toBe(21 - world.keys.size);
  expect(count).toBeGreaterThanOrEqual(8);
  expect(world.dropped.map(({ cause, collectors }) => ({ cause, collectors }))).toEqual(world.dropped.map(() => ({ cause: 'queue_full', collectors: ['https://b.example/'] })));
});

test('gives a collector that is added what waits, and keeps what waits for one that was taken out for some days only', async () => {
  const world = open({ filters: [[], []] });
  const [first, second] = world.collectors;
  second!.mode = { kind: 'fails', afterMs: 50 };
  const ids = track(world.open(), 3);
  await world.pass(10_000);
  world.collectors = [first!];
  const close = () => world.tabs.filter(({ state }) => state === 'alive').forEach((tab) => world.crash(tab, true));
  close();
  // Another visit, where there is only the first: it is not sent them again, and they stay.
  expect(await finished(world, world.open().flush())).toEqual({ delivered: 0, kept: 0, refused: 0 });
  expect(world.keys.size).toBe(3);
  await world.pass(29 * DAY);
  close();
  world.collectors = [first!, second!];
  const visit = world.open();
  await world.pass(1000);
  expect(world.keys.size).toBe(3);
  close();
  expect(visit.state).toBe('crashed');
  // It had been there: the days are counted anew.
  world.collectors = [first!];
  world.open();
  await world.pass(29 * DAY);
  close();
  world.open();
  await world.pass(1000);
  expect(world.keys.size).toBe(3);
  close();
  await world.pass(2 * DAY);
  world.open();
  await world.pass(1000);
  expect([...world.keys]).toEqual([]);
  expect(world.dropped).toEqual([]);
  expect(sentTo(world, 'a')).toEqual(ids);
});

test('goes on with what waits where there is only the other one left', async () => {
  const world = open({ filters: [[], []] });
  const [first, second] = world.collectors;
  second!.mode = { kind: 'fails', afterMs: 50 };
  const tab = world.open();
  const ids = track(tab, 3);
  await world.pass(10_000);
  world.crash(tab, true);
  second!.mode = { kind: 'accepts', afterMs: 50 };
  world.collectors = [second!];
  expect(await finished(world, world.open().flush())).toEqual({ delivered: 3, kept: 0, refused: 0 });
  expect([...second!.accepted]).toEqual(ids);
  expect([...world.keys]).toEqual([]);
  expect(sentTo(world, 'a')).toEqual([...first!.accepted]);
});

test('sends what was stored for the only collector to the first of several, and to one that was added nothing from before', async () => {
  const world = open();
  const [first] = world.collectors;
  first!.mode = { kind: 'fails', afterMs: 50 };
  const tab = world.open();
  const rest = track(tab, 8);
  const order = tab.track(true, false);
  await world.pass(3000);
  world.crash(tab, true);
  const both = open({ filters: [[], ['purchase']] });
  const added = both.collectors[1]!;
  both.end();
  world.collectors = [first!, added];
  first!.mode = { kind: 'accepts', afterMs: 50 };
  expect(await finished(world, world.open().flush())).toEqual({ delivered: 9, kept: 0, refused: 0 });
  expect([...first!.accepted]).toEqual([...rest, order]);
  expect([...added.accepted]).toEqual([]);
  expect([...world.keys]).toEqual([]);
});

test('does not send again to one that knows no ids what it was sent as a page was left, and to another it does', async () => {
  const world = open({ filters: [[], []], formats: [{ idempotent: false, receipts: false }, {}] });
  world.collectors[0]!.mode = { kind: 'lost', afterMs: 5000 };
  const tab = world.open();
  await world.pass(3000);
  const ids = track(tab, 3);
  world.collectors[1]!.mode = { kind: 'fails', afterMs: 5000 };
  world.close(tab, true);
  world.collectors[0]!.mode = { kind: 'accepts', afterMs: 50 };
  world.collectors[1]!.mode = { kind: 'accepts', afterMs: 50 };
  await finished(world, world.open().flush());
  expect(sentTo(world, 'a')).toEqual(ids);
  expect([...world.collectors[1]!.accepted]).toEqual(ids);
  expect([...world.keys]).toEqual([]);
});

test('stores again what only one of them still waits for when the database was deleted, and sends the other none of it twice', async () => {
  const world = open({ filters: [[], []] });
  world.collectors[1]!.mode = { kind: 'fails', afterMs: 50 };
  const tab = world.open();
  const ids = track(tab, 3);
  await world.pass(10_000);
  world.deleteDatabase();
  await world.pass(10_000);
  expect([...world.keys].sort()).toEqual(ids.map((id) => `~https://b.example/~${id}`));
  await finished(world, tab.flush());
  expect(sentTo(world, 'a')).toEqual(ids);
});

test('without a store, keeps in memory for one what the other has', async () => {
  const world = open({ filters: [[], []] });
  world.storage = 'refuses';
  const [first, second] = world.collectors;
  second!.mode = { kind: 'fails', afterMs: 50 };
  const tab = world.open();
  const ids = track(tab, 3);
  expect(await finished(world, tab.flush())).toMatchObject({ delivered: 3, kept: 3, refused: 0 });
  second!.mode = { kind: 'accepts', afterMs: 50 };
  expect(await finished(world, tab.flush())).toEqual({ delivered: 3, kept: 0, refused: 0 });
  expect([...second!.accepted]).toEqual(ids);
  expect(sentTo(world, 'a')).toEqual([...first!.accepted]);
});

test('what is left to the next page is left for those that have not got it yet', async () => {
  const world = open({ filters: [[], []] });
  const [first, second] = world.collectors;
  second!.mode = { kind: 'fails', afterMs: 50 };
  world.storage = 'refuses';
  const tab = world.open();
  await world.pass(3000);
  const ids = track(tab, 3);
  world.hide(tab);
  // The first has them, and the page has seen it.
  await world.pass(1000);
  expect([...first!.accepted]).toEqual(ids);
  world.crash(tab, true);
  world.storage = 'works';
  second!.mode = { kind: 'accepts', afterMs: 50 };
  const sent = sentTo(world, 'a').length;
  await finished(world, world.open().flush());
  expect([...second!.accepted]).toEqual(ids);
  expect(sentTo(world, 'a')).toHaveLength(sent);
  expect([...world.keys]).toEqual([]);
});

test('shares what may outlive the page among the collectors', async () => {
  const world = open({ filters: [[], []] });
  const tab = world.open();
  await world.pass(3000);
  const ids = track(tab, 4);
  world.close(tab, true);
  expect(sentTo(world, 'a')).toEqual(ids);
  expect(sentTo(world, 'b')).toEqual(ids);
  await world.pass(100);
  // Each is asked what it has: nobody has seen an answer.
  world.open();
  await world.pass(20_000);
  expect([...world.keys]).toEqual([]);
});

const failing: [what: string, format: Partial<Format>][] = [
  ['throws as it writes', { encode: () => { throw new Error('no') } }],
  ['writes nothing', { encode: () => undefined as unknown as string }],
  ['writes an empty text', { encode: () => '' }],
  ['writes something else than text', { encode: () => ({}) as string }],
  ['throws as it reads', { read: () => { throw new Error('no') } }],
  ['reads nothing', { read: () => undefined as never }],
  ['reads nonsense', { read: () => ({ refused: 5, retry: 7, arrived: {} }) as never }],
];
test.each(failing)('a format that %s is said once, asks for little, loses nothing and holds up nobody else', async (_what, format) => {
  const world = open({ filters: [[], []], formats: [format, {}] });
  const tab = world.open();
  const ids = track(tab, 20);
  await world.pass(60_000);
  track(tab, 1);
  await world.pass(60_000);
  expect(codes(world)).toEqual(['format_failed']);
  expect(world.told[0]!.message).toMatch(/^https:\/\/a\.example\/: /);
  expect(world.dropped).toEqual([]);
  expect(world.keys.size).toBe(21);
  expect(world.requests.filter(({ collector }) => collector === 'a').length).toBeLessThan(2);
  expect(world.collectors[1]!.accepted.size).toBe(21);
  // Mended, in another page.
  world.crash(tab, true);
  world.options.formats = [{}, {}];
  await world.pass(700_000);
  await finished(world, world.open().flush());
  expect(ids.every((id) => world.collectors[0]!.accepted.has(id))).toBe(true);
  expect([...world.keys]).toEqual([]);
});

test('an event that its format cannot write is set aside once the rest went', async () => {
  const encode: Format['encode'] = (rows, batch) => {
    if (rows.some(({ event }) => event.includes('purchase'))) throw new Error('no purchases');
    return waymarkFormat.encode(rows, batch);
  };
  const world = open({ formats: [{ encode }] });
  const tab = world.open();
  const ids = track(tab, 7);
  const order = tab.track(true, false);
  ids.push(...track(tab, 7));
  await world.pass(60_000);
  expect([...world.collectors[0]!.accepted].sort()).toEqual(ids);
  expect(world.told.map(({ code, message }) => `${code} ${message}`)).toEqual(['format_failed Error: no purchases', `event_refused ${order}: format_failed`]);
  expect(world.dropped).toMatchObject([{ cause: 'refused', count: 1 }]);
  expect([...world.keys]).toEqual([]);
});

test('what a format fails to read of a collector that knows no ids is not counted twice', async () => {
  const world = open({ formats: [{ idempotent: false, receipts: false, read: () => { throw new Error('no') } }] });
  const ids = track(world.open(), 7);
  await world.pass(700_000);
  expect(sentTo(world, 'a')).toEqual(ids);
  expect([...world.keys]).toEqual([]);
});

test('keeps to the events and bytes of a format, and sets aside an event that is larger alone', async () => {
  const large: Format['encode'] = (rows, batch) => waymarkFormat.encode(rows, batch) + ' '.repeat(rows.some(({ event }) => event.includes('purchase')) ? 5000 : 0);
  const world = open({ filters: [[], []], formats: [{ maxEvents: 2 }, { maxBytes: 1000, encode: large }] });
  const tab = world.open();
  const ids = track(tab, 5);
  const order = tab.track(true, false);
  await world.pass(60_000);
  expect(Math.max(...world.requests.flatMap(({ collector, ids: own }) => (collector === 'a' ? own.length : [])))).toBe(2);
  expect(world.collectors[0]!.accepted.size).toBe(6);
  expect([...world.collectors[1]!.accepted].sort()).toEqual(ids);
  expect(sentTo(world, 'b')).not.toContain(order);
  expect(world.told).toEqual([{ code: 'event_refused', message: `https://b.example/: ${order}: larger than 1000 bytes` }]);
  expect(world.dropped).toEqual([{ cause: 'too_large', count: 1, collectors: ['https://b.example/'] }]);
  expect([...world.keys]).toEqual([]);
});

test('two megabytes of body go out, and what is refused of them is found', async () => {
  const world = open({ filters: [[], []], formats: [{ encode: (rows, batch) => waymarkFormat.encode(rows, batch) + ' '.repeat(2_000_000) }, {}] });
  world.collectors[0]!.mode = { kind: 'small', afterMs: 50 };
  const ids = track(world.open(), 6);
  await world.pass(60_000);
  expect([...world.collectors[0]!.accepted].sort()).toEqual(ids);
  expect([...world.collectors[1]!.accepted]).toEqual(ids);
  expect([...world.keys]).toEqual([]);
});

test('does not send what is older than the collector takes, and says how much that was', async () => {
  const world = open({ filters: [[], []], formats: [{ maxAgeMs: 3_600_000 }, {}] });
  const tab = world.open();
  for (const each of world.collectors) each.mode = { kind: 'offline', afterMs: 50 };
  track(tab, 15);
  await world.pass(1000);
  world.crash(tab, true);
  await world.pass(7_200_000);
  world.requests = [];
  for (const each of world.collectors) each.mode = { kind: 'accepts', afterMs: 50 };
  const next = world.open();
  const [young] = track(next, 1);
  expect(await finished(world, next.flush())).toEqual({ delivered: 1 + 16, kept: 0, refused: 15 });
  expect(sentTo(world, 'a').filter((id) => id !== young)).toEqual([]);
  expect(world.dropped.every(({ cause, collectors }) => cause === 'too_old' && `${collectors}` === 'https://a.example/')).toBe(true);
  expect(world.dropped.reduce((sum, { count }) => sum + count, 0)).toBe(15);
});

test('does what a format makes of an answer', async () => {
  const world = open({ formats: [{ judge: ({ status }) => (status === 404 ? 'read' : undefined) }] });
  world.collectors[0]!.mode = { kind: 'missing', afterMs: 50 };
  track(world.open(), 3);
  await world.pass(10_000);
  expect([...world.keys]).toEqual([]);
  expect(world.told).toEqual([]);
});

test('goes by the usual where a format judges nonsense, or throws', async () => {
  for (const judge of [() => 'soon' as never, () => { throw new Error('no') }]) {
    const world = open({ formats: [{ judge }] });
    world.collectors[0]!.mode = { kind: 'fails', afterMs: 50 };
    const [id] = track(world.open(), 1);
    await world.pass(10_000);
    expect([...world.keys]).toEqual([id]);
    expect(world.requests.length).toBeLessThan(20);
    world.collectors[0]!.mode = { kind: 'accepts', afterMs: 50 };
    await world.pass(700_000);
    expect([...world.keys]).toEqual([]);
    expect(codes(world).filter((code) => code === 'format_failed').length).toBeLessThan(2);
    world.end();
  }
});

// The third event was written to see how large it is.
test('tells each collector what it will never get, and no other', async () => {
  const seen: Record<string, Record<string, number>> = {};
  const spy = (name: string): Partial<Format> => ({
    encode(rows, batch) {
      seen[name] = { ...batch.dropped };
      return waymarkFormat.encode(rows, batch);
    },
  });
  const world = open({ filters: [[], []], formats: [spy('a'), { ...spy('b'), maxBytes: 100 }] });
  const tab = world.open();
  track(tab, 2);
  await world.pass(10_000);
  track(tab, 1);
  await world.pass(10_000);
  expect(seen).toEqual({ a: { queue_full: 0 }, b: { too_large: 2 } });
});
