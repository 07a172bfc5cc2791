// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { orderId } from '../../src/capture/index.js';
import { createTracker } from '../../src/index.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** What the console is warned of while `work` is done. */
function warnings(work: () => void): string[] {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  work();
  return warn.mock.calls.map(([message]) => String(message));
}

test('says that nothing is tracked where a program drives the browser and the shop drops such', () => {
  const tracked = vi.fn();
  const said = warnings(() => {
    const tracker = createTracker({ collector: '/events', bots: 'drop' });
    tracker.on('event', tracked);
    tracker.track('search', { search_term: 'kite' });
    tracker.stop();
  });
  expect(said).toEqual([expect.stringMatching(/^waymark: a program drives this browser, .*"drop".*"mark" or "keep"/)]);
  expect(tracked).not.toHaveBeenCalled();
});

test('says that nothing is sent where there is no fetch', () => {
  vi.stubGlobal('fetch', undefined);
  expect(warnings(() => createTracker({ collector: '/events', key: 'silent' }).stop())).toEqual([expect.stringMatching(/^waymark: there is no fetch here/)]);
});

test.each(['T-1', 'Größe/€', '订单-7', '😀'])('gives order %s the same id where there is no TextEncoder', (order) => {
  const id = orderId('shop.example', order);
  vi.stubGlobal('TextEncoder', undefined);
  expect(orderId('shop.example', order)).toBe(id);
});

test('throws nothing in timers that go off after the page is gone', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.useFakeTimers();
  const tracker = createTracker({ collector: '/events', key: 'gone' });
  history.pushState(null, '', '/next');
  document.title = 'Next';
  tracker.page();
  await Promise.resolve();
  vi.stubGlobal('document', undefined);
  try {
    for (let turn = 0; turn < 20; turn++) expect(() => vi.advanceTimersByTime(500)).not.toThrow();
  } finally {
    vi.unstubAllGlobals();
    vi.useRealTimers();
    tracker.stop();
  }
});
