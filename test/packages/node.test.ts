import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);

/** Runs a module in a Node of its own, as a server has it, and returns all that it wrote. */
async function inNode(code: string): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ['--input-type=module', '--eval', code], { timeout: 20_000 });
}

/** Runs a module in a Node of its own and returns what it hands to `tell`. */
async function askNode<Answer>(code: string): Promise<Answer> {
  const { stdout, stderr } = await inNode(`const tell = (value) => console.log(JSON.stringify(value));\n${code}`);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Answer;
}

describe.each(['waymark', 'waymark/core', 'waymark/capture', 'waymark/journey', 'waymark/formats'])('importing %s on a server', (entry) => {
  test('prints nothing, sets no global and keeps no process alive', async () => {
    const { stdout, stderr } = await inNode(`
      const before = Reflect.ownKeys(globalThis);
      const module = await import('${entry}');
      const added = Reflect.ownKeys(globalThis).filter((name) => !before.includes(name));
      if (added.length) throw new Error('globals: ' + added.map(String));
      if (!Object.keys(module).length) throw new Error('nothing exported');
      const kept = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate|TCP/.test(name));
      if (kept.length) throw new Error('kept: ' + kept);`);
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });

  test('touches nothing of a browser', async () => {
    const touched = await askNode(`
      const touched = [];
      for (const name of ['window', 'document', 'location', 'history', 'indexedDB', 'localStorage', 'sessionStorage', 'navigation', 'addEventListener', 'fetch', 'performance', 'crypto']) {
        const value = globalThis[name];
        Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); return value; } });
      }
      await import('${entry}');
      tell(touched);`);
    expect(touched).toEqual([]);
  });
});

describe('createTracker on a server', () => {
  test.each(['waymark', 'waymark/core'])('of %s returns a tracker that does nothing and whose every method can be called', async (entry) => {
    const told = await askNode<{ calls: Record<string, unknown>; flushed: unknown; problems: unknown[]; fetched: number }>(`
      let fetched = 0;
      globalThis.fetch = () => { fetched++; return Promise.reject(new Error('no')) };
      const { createTracker } = await import('${entry}');
      const tracker = createTracker({ collector: 'https://collect.example/events' });
      const problems = [];
      const off = tracker.on('problem', (problem) => problems.push(problem));
      const calls = {};
      const call = (name, work) => { try { work(); calls[name] = 'ok' } catch (error) { calls[name] = String(error) } };
      for (const [name, value] of Object.entries(tracker)) {
        if (typeof value === 'function' && name !== 'on') call(name, () => value('order_1', { item_id: 'A1' }));
        else if (name !== 'on') for (const [part, method] of Object.entries(value)) call(name + '.' + part, () => method([]));
      }
      off();
      const flushed = await tracker.flush();
      await new Promise((resolve) => setTimeout(resolve, 50));
      tell({ calls, flushed, problems, fetched });`);
    expect(new Set(Object.values(told.calls))).toEqual(new Set(['ok']));
    expect(Object.keys(told.calls)).toEqual(expect.arrayContaining(['track', 'flush', 'stop']));
    expect(told).toMatchObject({ flushed: { delivered: 0, kept: 0, refused: 0 }, problems: [], fetched: 0 });
  });

  test('has the methods of the tracker in a page, and journey() tells a journey that has not begun', async () => {
    const told = await askNode(`
      import { createTracker } from 'waymark';
      const tracker = createTracker({ collector: '/events', stageAttribute: true, frustration: true });
      tracker.track('view_item', { items: [{ item_id: 'A1' }] });
      tracker.cart.add({ item_id: 'A1' });
      tell({ shared: await tracker.share(), methods: Object.keys(tracker).sort(), cart: Object.keys(tracker.cart).sort(), journey: tracker.journey() });`);
    expect(told).toMatchObject({
      shared: null,
      methods: ['beforeSend', 'cancel', 'cart', 'checkout', 'consent', 'exportData', 'feedback', 'flush', 'forget', 'identify', 'journey', 'on', 'page', 'purchase', 'refund', 'reset', 'share', 'stop', 'track'],
      cart: ['add', 'clear', 'remove', 'set'],
      journey: { stage: null, loop: 1, furthest: null, touchpoints: [] },
    });
  });

  test('gives each request of a server a tracker without a warning, and keeps no process alive', async () => {
    const { stdout, stderr } = await inNode(`
      import { createTracker } from 'waymark';
      for (let request = 0; request < 3; request++) createTracker({ collector: '/events' }).track('view_item');`);
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });
});

describe('a wrong option on a server', () => {
  test.each([
    ['{}', 'collector', 'got ""'],
    ['{ collector: 5 }', 'collector', 'got 5'],
    ['{ collector: "collect.example" }', 'collector', 'got "collect.example"'],
    ['{ collector: "javascript:alert(1)" }', 'collector', 'got "javascript:alert(1)"'],
    ['{ collector: "/events", batchEvents: 0 }', 'batchEvents', 'takes a number above 0, got 0'],
    ['{ collector: "/events", batchEvents: NaN }', 'batchEvents', 'takes a number above 0, got NaN'],
    ['{ collector: "/events", batchWaitMs: "500" }', 'batchWaitMs', 'takes a number above 0 and up to 2147483647, got "500"'],
    ['{ collector: "/events", sessionMinutes: -5 }', 'sessionMinutes', 'takes a number above 0, got -5'],
    ['{ collector: "/events", currency: "euro" }', 'currency', 'got "euro"'],
    ['{ collector: "/events", pageViews: "no" }', 'pageViews', 'takes true or false, got "no"'],
    ['{ collector: "/events", curency: "EUR" }', 'curency', 'did you mean "currency"?'],
    ['{ collector: "/events", plugins: "clicks" }', 'plugins', 'got "clicks"'],
  ])('throws a TypeError for %s that names %s', async (options, option, got) => {
    const { name, message } = await askNode<{ name: string; message: string }>(`
      import { createTracker } from 'waymark';
      try { createTracker(${options}); tell({}) } catch ({ name, message }) { tell({ name, message }) }`);
    expect({ name, message }).toEqual({ name: 'TypeError', message: expect.stringMatching(new RegExp(`^waymark: (there is no )?option "${option}"( takes .+, got |: did you mean ).+$`)) });
    expect(message).toContain(got);
  });
});
