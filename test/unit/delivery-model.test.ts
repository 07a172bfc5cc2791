import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World, type CollectorMode, type StorageMode, type Tab } from '../helpers/delivery-world.js';

/**
 * `DELIVERY_MODEL_RUNS=10000 npx vitest run --config test/vitest.config.ts test/unit/delivery-model.test.ts` makes a long search. To see a counterexample
 * again: `DELIVERY_MODEL_SEED`, `DELIVERY_MODEL_PATH` and `DELIVERY_MODEL_REPLAY` as they were printed (seed, path, replayPath), and `-t` with the name of the test;
 * `DELIVERY_MODEL_TRACE=1` prints what happens in it.
 */
const { DELIVERY_MODEL_RUNS, DELIVERY_MODEL_SEED, DELIVERY_MODEL_PATH, DELIVERY_MODEL_REPLAY, DELIVERY_MODEL_TRACE } = process.env;
const RUNS = Number(DELIVERY_MODEL_RUNS ?? 300);

const PLACES = 3;
type Place = 'empty' | 'open' | 'cached' | 'frozen';
/** What is needed to know which commands make sense: what is in each place of the browser's tab strip. */
interface Model {
  places: Place[];
}
interface Real {
  world: World;
  tabs: (Tab | undefined)[];
}
type Command = fc.AsyncCommand<Model, Real>;

/** A command at one tab. After it, `steps` tasks of IndexedDB are done: the next command comes in the middle of the others. */
function at(name: string, from: Place, to: Place, run: (real: Real, tab: Tab, place: number) => unknown): (place: number, steps: number) => Command {
  return (place, steps) => ({
    check: (model) => model.places[place] === from,
    async run(model, real) {
      model.places[place] = to;
      real.world.trace(`${name}(${place}, ${steps})`);
      run(real, real.tabs[place]!, place);
      if (to === 'empty') real.tabs[place] = undefined;
      await real.world.step(steps);
    },
    toString: () => `${name}(${place}, ${steps})`,
  });
}
/** A command at the browser as a whole. */
const everywhere = (name: string, run: (real: Real) => unknown, steps = 0): Command => ({
  check: () => true,
  async run(_model, real) {
    real.world.trace(name);
    await run(real);
    await real.world.step(steps);
  },
  toString: () => name,
});

const place = fc.nat(PLACES - 1);
const steps = fc.oneof({ weight: 3, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.constant(200) });
const tabCommand = (command: ReturnType<typeof at>) => fc.tuple(place, steps).map(([where, count]) => command(where, count));
const flag = fc.boolean();

const open = tabCommand(at('open', 'empty', 'open', (real, _tab, where) => (real.tabs[where] = real.world.open())));
const track = fc.tuple(place, steps, fc.nat(9)).map(([where, count, kind]) => at(['purchase', 'poison'][kind] ?? 'track', 'open', 'open', (_real, tab) => tab.track(kind === 0, kind === 1))(where, count));
const several = tabCommand(at('several', 'open', 'open', (_real, tab) => Array.from({ length: 8 }, () => tab.track(false, false))));
const burst = tabCommand(at('burst', 'open', 'open', (_real, tab) => Array.from({ length: 60 }, () => tab.track(false, false))));
const flush = tabCommand(at('flush', 'open', 'open', (_real, tab) => void tab.flush()));
const hide = tabCommand(at('hide', 'open', 'open', ({ world }, tab) => world.hide(tab)));
const leave = fc.tuple(place, steps, flag).map(([where, count, isDone]) => at(`leave${isDone ? ', done' : ''}`, 'open', 'empty', ({ world }, tab) => world.close(tab, isDone))(where, count));
const crash = fc.tuple(place, steps, flag).map(([where, count, isDone]) => at(`crash${isDone ? ', done' : ''}`, 'open', 'empty', ({ world }, tab) => world.crash(tab, isDone))(where, count));
const putAway = tabCommand(at('put away', 'open', 'cached', ({ world }, tab) => world.putAway(tab)));
const comeBack = tabCommand(at('come back', 'cached', 'open', ({ world }, tab) => world.comeBack(tab)));
const evict = tabCommand(at('evict', 'cached', 'empty', ({ world }, tab) => world.evict(tab)));
const freeze = tabCommand(at('freeze', 'open', 'frozen', ({ world }, tab) => world.freeze(tab)));
const thaw = tabCommand(at('thaw', 'frozen', 'open', ({ world }, tab) => world.thaw(tab)));
const killFrozen = tabCommand(at('kill', 'frozen', 'empty', ({ world }, tab) => world.evict(tab)));
const step = steps.map((count) => everywhere(`step(${count})`, () => {}, count));
const pass = fc.constantFrom(1, 300, 2100, 5500, 16_000, 70_000, 700_000).map((ms) => everywhere(`pass(${ms})`, ({ world }) => world.pass(ms)));
const mode = fc.record<CollectorMode>({
  kind: fc.constantFrom('accepts', 'accepts', 'accepts', 'half', 'refuses', 'fails', 'silent', 'lost', 'offline', 'busy', 'html', 'missing', 'small'),
  afterMs: fc.constantFrom(0, 50, 50, 3000, 9500),
});
/** One of the collectors, where there are several, changes its ways; with one, it is always that. */
const collector = fc
  .tuple(fc.nat(5), mode)
  .map(([which, next]) => everywhere(`collector ${which} ${next.kind} after ${next.afterMs} ms`, ({ world: { collectors } }) => (collectors[which % collectors.length]!.mode = next)));
const storage = fc.constantFrom<StorageMode>('works', 'works', 'refuses', 'full', 'jammed', 'hangs').map((mode) =>
  everywhere(`storage ${mode}`, ({ world }) => {
    world.storage = mode;
    world.capacity = mode === 'full' ? world.stored.size : Infinity;
    if (mode !== 'works') world.hadTrouble = true;
  }),
);
const slow = fc.constantFrom(0, 0, 20, 400, 1500).map((ms) =>
  everywhere(`storage takes ${ms} ms`, ({ world }) => {
    world.setLatency(ms);
  }),
);
const remove = steps.map((count) => everywhere('delete the database', ({ world }) => world.deleteDatabase(), count));
const wipe = steps.map((count) => everywhere('wipe', ({ world }) => world.wipe(), count));
const disconnect = tabCommand(at('disconnect', 'open', 'open', ({ world }, tab) => world.disconnect(tab)));

const flushAll = steps.map((count) => everywhere(`flush all, ${count}`, ({ tabs }) => void tabs.map((tab) => tab?.state === 'alive' && tab.flush()), count));

const usual = [open, track, track, several, burst, flush, flushAll, step, pass, pass, collector, crash, leave, hide];
const odd = [freeze, thaw, killFrozen, putAway, comeBack, evict, storage, slow, remove, wipe, disconnect];

const bounds = fc.constantFrom({ maxStoredEvents: 10_000, maxStoredBytes: 10_000_000, maxStoredDays: 30 }, { maxStoredEvents: 12, maxStoredBytes: 10_000_000, maxStoredDays: 30 });
const settings = fc.record({ hasLocks: flag, hasLocalStorage: fc.constantFrom(true, true, true, false), bounds, seed: fc.integer({ min: 1, max: 1e9 }), isPatient: flag, endsWith: fc.constantFrom('leave', 'crash') });

/** All tabs go, a new one opens, and the collector is well: then nothing may be missing, and nothing left over. */
async function finish(real: Real, endsWith: string, isPatient: boolean): Promise<void> {
  const { world, tabs } = real;
  world.storage = 'works';
  world.capacity = Infinity;
  world.setLatency(0);
  for (const tab of tabs) {
    if (!tab) continue;
    if (tab.state === 'away') world.evict(tab);
    else if (endsWith === 'leave') world.close(tab, false);
    else world.crash(tab, false);
  }
  // What has been slow so far is done.
  await world.pass(10_000);
  const kept = await world.kept();
  for (const each of world.collectors) each.mode = { kind: 'accepts', afterMs: 50 };
  const last = world.open();
  for (let round = 0; round < 3; round++) {
    // What refuses everything is not well: beside what it refuses, something has to be taken.
    last.track(false, false);
    if (!isPatient) void last.flush();
    // Without being told, it waits for as long as the collector is to be left alone. Told, as long as a tab that was killed holds its turn.
    await world.pass(isPatient ? 7_200_000 : 20_000);
  }

  expect(world.faults).toEqual([]);
  const trimmed = new Set(world.tabs.flatMap((tab) => [...tab.trimmed]));
  const isSettled = (id: string) => world.isSettled(id) || trimmed.has(id);
  expect(kept.filter((id) => !isSettled(id)), 'stored, and never delivered').toEqual([]);
  // Where nothing can be kept, nothing is.
  for (const { name, state, tracked, declared } of world.options.hasLocalStorage ? world.tabs : []) {
    const lost = tracked.filter((id) => !isSettled(id) && !world.destroyed.has(id));
    // What lives in memory alone may be dropped there, if it is said.
    if (state === 'left' && lost.length > declared) expect(lost, `tracked in ${name}, which was left in order, and never delivered`).toEqual([]);
  }
  expect(await world.kept(), 'left over').toEqual([]);
  for (const { name, state, trimmed, declared } of world.tabs) {
    // What somebody else destroyed may have been stored again for one collector alone: nobody knows of the others.
    const removed = [...trimmed].filter((id) => !world.destroyed.has(id));
    if (state !== 'crashed' && state !== 'left') expect(declared, `${name}: declared as dropped`).toBeGreaterThanOrEqual(removed.length);
  }
  // Without a store, what is in memory goes out.
  world.storage = 'refuses';
  const id = world.open().track(false, false);
  await world.pass(30_000);
  expect(world.isSettled(id), 'delivered without a store').toBe(true);
  const most = Math.max(0, ...world.collectors.flatMap(({ received }) => [...world.poison].map((id) => received.get(id) ?? 0)));
  expect(most, 'attempts at a refused event').toBeLessThan(100);
}

/** The second of two collectors gets all, some or most of the events. */
const two = fc.constantFrom<string[]>([], [], ['purchase'], ['!purchase']).map((events): string[][] => [[], events]);
const three = fc.constant<string[][]>([[], ['!view_*'], []]);

const run = (commands: fc.Arbitrary<Command>[], maxCommands: number, numRuns: number, filters: fc.Arbitrary<string[][]> = fc.constant([[]])) =>
  fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands, size: 'max', ...(DELIVERY_MODEL_REPLAY && { replayPath: DELIVERY_MODEL_REPLAY }) }), settings, filters, async (list, { isPatient, endsWith, ...options }, filters) => {
      const world = new World({ ...options, filters }, DELIVERY_MODEL_TRACE ? console.log : undefined);
      try {
        const real: Real = { world, tabs: [world.open()] };
        await fc.asyncModelRun(() => ({ model: { places: ['open', 'empty', 'empty'] as Place[] }, real }), list);
        await finish(real, endsWith, isPatient);
      } finally {
        world.end();
      }
    }),
    { numRuns, ...(DELIVERY_MODEL_SEED && { seed: Number(DELIVERY_MODEL_SEED) }), ...(DELIVERY_MODEL_PATH && { path: DELIVERY_MODEL_PATH, endOnFailure: true }) },
  );

test('lets one tab send at a time, whichever comes first', async () => {
  for (const [first, second] of Array.from({ length: 20 * 20 }, (_, index) => [index % 20, Math.floor(index / 20)] as const)) {
    const world = new World({ hasLocks: true, hasLocalStorage: true, bounds: { maxStoredEvents: 10_000, maxStoredBytes: 10_000_000, maxStoredDays: 30 }, seed: 1 });
    try {
      const tabs = [world.open(), world.open()];
      void tabs[0]!.flush();
      await world.step(first);
      void tabs[1]!.flush();
      await world.step(second);
      for (let count = 0; count < 8; count++) tabs[0]!.track(false, false);
      await world.pass(10_000);
      expect(world.faults, `${first} and ${second} steps`).toEqual([]);
      expect([...world.collectors[0]!.received.values()], `${first} and ${second} steps`).toEqual(Array(8).fill(1));
    } finally {
      world.end();
    }
  }
});

const LONG = Math.max(120_000, RUNS * 400);

test('keeps every promise through crashes, reloads and a collector that fails', () => run(usual, 40, RUNS / 2), LONG);
test('keeps them while pages freeze and the store fails, too', () => run([...usual, ...odd], 60, RUNS / 2), LONG);
test('keeps them to two collectors of which each fails when it likes', () => run(usual, 40, RUNS / 2, two), LONG);
test('keeps them to two and three collectors while pages freeze and the store fails, too', () => run([...usual, ...odd], 60, RUNS / 4, fc.oneof(two, three)), LONG);

test('stores again what a database had that is empty all of a sudden', async () => {
  const world = new World({ hasLocks: true, hasLocalStorage: true, bounds: { maxStoredEvents: 10_000, maxStoredBytes: 10_000_000, maxStoredDays: 30 }, seed: 1 });
  try {
    const tab = world.open();
    world.collectors[0]!.mode = { kind: 'fails', afterMs: 50 };
    const id = tab.track(false, false);
    await world.pass(10_000);
    world.wipe();
    await world.pass(700_000);
    world.crash(tab, false);
    expect(await world.kept()).toEqual([id]);
  } finally {
    world.end();
  }
});
