import { afterEach, expect, test, vi } from 'vitest';
import { timeId } from '../../src/util/id.js';
import { openQueuePage, useStorage } from '../helpers/queue-page.js';

useStorage();
afterEach(() => void vi.useRealTimers());

test('a store that takes too long is waited for once, not at every step', async () => {
  const { queue } = openQueuePage({ hangs: true });
  await queue.load();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const add = () => queue.add({ id: timeId(), context: '{}', event: '{}' });
  let settled = 0;
  const ask = () => void queue.written().then(() => settled++);
  add();
  ask();
  await vi.advanceTimersByTimeAsync(3900);
  expect(settled).toBe(0);
  await vi.advanceTimersByTimeAsync(100);
  expect(settled).toBe(1);
  expect(queue.lanes[0]!.durable()).toBe(false);
  ask();
  add();
  ask();
  await vi.advanceTimersByTimeAsync(0);
  expect(settled).toBe(3);
});
