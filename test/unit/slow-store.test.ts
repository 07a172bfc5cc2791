import { afterEach, expect, test, vi } from 'vitest';
import { newEvents, openOutboxPage, useStorage } from '../helpers/queue-page.js';

useStorage();
afterEach(() => void vi.useRealTimers());

test('a store that takes too long is waited for once, not at every step', async () => {
  let isSlow = false;
  const { outbox } = openOutboxPage({ hangs: () => isSlow });
  await outbox.load();
  isSlow = true;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const add = () => outbox.put(newEvents(1)[0]!);
  let settled = 0;
  const ask = () => void outbox.store.written().then(() => settled++);
  add();
  ask();
  await vi.advanceTimersByTimeAsync(3900);
  expect(settled).toBe(0);
  await vi.advanceTimersByTimeAsync(100);
  expect(settled).toBe(1);
  expect(outbox.store.isDurable()).toBe(false);
  ask();
  add();
  ask();
  await vi.advanceTimersByTimeAsync(0);
  expect(settled).toBe(3);
});
