import { describe, expect, onTestFinished, test } from 'vitest';
import { World, type Tab, type WorldOptions } from '../helpers/delivery-world.js';

const MINUTE = 60_000;

/** Opens a browser whose clock and store go on when they are told to. */
function open(options: Partial<WorldOptions> = {}): World {
  const world = new World({
    hasLocalStorage: true,
    bounds: { maxStoredEvents: 10_000, maxStoredBytes: 10_000_000, maxStoredDays: 30 },
    seed: 1,
    ...options,
  });
  onTestFinished(() => world.end());
  return world;
}
const track = (tab: Tab, count: number) => Array.from({ length: count }, () => tab.track(false, false));
const taken = (world: World) => [...world.collectors[0]!.accepted].sort();

describe.each<[what: string, answer: { status: number; isOwn: boolean }]>([
  ['403, as a firewall does', { status: 403, isOwn: true }],
  ['500', { status: 500, isOwn: true }],
  ['a redirect', { status: 302, isOwn: false }],
  ['200 with a page of HTML', { status: 200, isOwn: false }],
  ['no answer', { status: 0, isOwn: false }],
  ['422', { status: 422, isOwn: true }],
  ['413', { status: 413, isOwn: true }],
  ['409', { status: 409, isOwn: true }],
])('a collector that answers %s where a body has a certain event in it', (_what, answer) => {
  test('gets all others, and that one is set aside and reported', async () => {
    const world = open({ poisonAnswer: answer });
    const tab = world.open();
    const before = track(tab, 7);
    const poison = tab.track(false, true);
    const after = track(tab, 7);
    await world.pass(40 * MINUTE);
    // The person goes on.
    for (let n = 0; n < 12; n++) {
      after.push(...track(tab, 1));
      await world.pass(5 * MINUTE);
    }
    expect(taken(world)).toEqual([...before, ...after].sort());
    expect(
      world.told.filter(({ code }) => code === 'event_refused').map(({ message }) => message.split(':')[0]),
    ).toEqual([poison]);
    expect([...world.rows.keys()]).toEqual([]);
    expect(world.requests.length).toBeLessThan(90);
  });

  test('gets what comes after it on later pages', async () => {
    const world = open({ poisonAnswer: answer });
    const first = world.open();
    first.track(false, true);
    const ids = track(first, 3);
    await world.pass(20_000);
    world.close(first, true);
    for (let n = 0; n < 8; n++) {
      const page = world.open();
      ids.push(...track(page, 3));
      await world.pass(MINUTE);
      world.close(page, true);
    }
    await world.pass(10 * MINUTE);
    const last = world.open();
    await world.pass(30 * MINUTE);
    world.close(last, true);
    expect(ids.filter((id) => !world.collectors[0]!.accepted.has(id))).toEqual([]);
  });
});

test('an order that is refused alone holds up nothing, and is not lost where that passes', async () => {
  const world = open();
  const [collector] = world.collectors;
  const tab = world.open();
  collector!.mode.kind = 'refuses';
  const order = tab.track(true, false);
  await world.pass(3000);
  collector!.mode.kind = 'accepts';
  const [next] = track(tab, 1);
  await world.pass(5000);
  expect(taken(world)).toEqual([order, next].sort());
  expect(world.dropped).toEqual([]);
});

test('an order that is refused alone is tried again as the page is left, and by the next page', async () => {
  const world = open();
  const [collector] = world.collectors;
  collector!.mode.kind = 'refuses';
  const tab = world.open();
  const order = tab.track(true, false);
  await world.pass(3000);
  collector!.mode.kind = 'accepts';
  world.close(tab, true);
  await world.pass(1000);
  expect(taken(world)).toEqual([order]);
  expect(world.dropped).toEqual([]);
});

test('where nothing is taken at all, the collector is left alone, and no event is lost', async () => {
  const world = open();
  const [collector] = world.collectors;
  collector!.mode.kind = 'refuses';
  const tab = world.open();
  const ids = track(tab, 20);
  await world.pass(60 * MINUTE);
  expect(world.requests.length).toBeLessThan(60);
  expect(world.dropped).toEqual([]);
  collector!.mode.kind = 'accepts';
  await world.pass(30 * MINUTE);
  expect(taken(world)).toEqual(ids);
});

test('an event from when the clock stood at 1970 is no older than any', async () => {
  const world = open();
  const [collector] = world.collectors;
  collector!.mode.kind = 'fails';
  const { now } = world;
  const tab = world.open();
  world.now = Date.UTC(1970, 0, 2);
  const order = tab.track(true, false);
  await world.pass(1000);
  world.now = now;
  await world.pass(30 * MINUTE);
  collector!.mode.kind = 'accepts';
  await world.pass(30 * MINUTE);
  expect(taken(world)).toEqual([order]);
  expect(world.dropped).toEqual([]);
});

test('a new order behind a long backlog goes first', async () => {
  const world = open();
  const [collector] = world.collectors;
  collector!.mode.kind = 'fails';
  const tab = world.open();
  track(tab, 400);
  await world.pass(5 * MINUTE);
  collector!.mode.kind = 'accepts';
  const before = world.requests.length;
  const order = tab.track(true, false);
  await world.pass(20 * MINUTE);
  const requests = world.requests.slice(before).map(({ ids }) => ids);
  expect(requests.findIndex((ids) => ids.includes(order))).toBeLessThan(3);
});

test('what was halved for its size grows again', async () => {
  const world = open();
  const [collector] = world.collectors;
  const tab = world.open();
  collector!.mode.kind = 'small';
  track(tab, 6);
  await world.pass(20_000);
  collector!.mode.kind = 'accepts';
  const before = world.requests.length;
  for (let n = 0; n < 5; n++) {
    track(tab, 6);
    await world.pass(10_000);
  }
  expect(world.requests.length - before).toBeLessThan(9);
});
