import { expect, test, vi } from 'vitest';
import { createEmitter } from '../../src/util/emitter.js';

interface Events {
  tick: number;
  tock: number;
}

function setUp() {
  const errors: [string, unknown][] = [];
  return { ...createEmitter<Events>((type, error) => errors.push([type, error])), errors };
}

test('calls those who listen to a type, in their order, with its detail', () => {
  const { on, emit } = setUp();
  const heard: string[] = [];
  on('tick', (n) => heard.push(`first ${n}`));
  on('tock', (n) => heard.push(`other ${n}`));
  on('tick', (n) => heard.push(`second ${n}`));
  emit('tick', 1);
  expect(heard).toEqual(['first 1', 'second 1']);
});

test('does nothing where nobody listens', () => {
  expect(() => setUp().emit('tick', 1)).not.toThrow();
});

test('tells of a listener that throws, and calls the others all the same', () => {
  const { on, emit, errors } = setUp();
  const error = new Error('of the shop');
  const after = vi.fn();
  on('tick', () => {
    throw error;
  });
  on('tick', after);
  expect(() => emit('tick', 1)).not.toThrow();
  expect(after).toHaveBeenCalledWith(1);
  expect(errors).toEqual([['tick', error]]);
});

test('stops calling a listener that was taken away', () => {
  const { on, emit } = setUp();
  const listener = vi.fn();
  const stop = on('tick', listener);
  emit('tick', 1);
  stop();
  stop();
  emit('tick', 2);
  expect(listener.mock.calls).toEqual([[1]]);
});

test('lets a listener take itself or another away while it is called', () => {
  const { on, emit } = setUp();
  const heard: string[] = [];
  const stopOnce = on('tick', () => {
    heard.push('once');
    stopOnce();
    stopLater();
  });
  on('tick', () => heard.push('always'));
  const stopLater = on('tick', () => heard.push('taken away before its turn'));
  emit('tick', 1);
  emit('tick', 2);
  expect(heard).toEqual(['once', 'always', 'always']);
});

test('calls the same function as often as it was given, and takes away one at a time', () => {
  const { on, emit } = setUp();
  const listener = vi.fn();
  const stopFirst = on('tick', listener);
  on('tick', listener);
  emit('tick', 1);
  expect(listener).toHaveBeenCalledTimes(2);
  stopFirst();
  emit('tick', 2);
  expect(listener).toHaveBeenCalledTimes(3);
});

test('calls the same function for each type it was given for', () => {
  const { on, emit } = setUp();
  const listener = vi.fn();
  const stopTick = on('tick', listener);
  on('tock', listener);
  stopTick();
  emit('tick', 1);
  emit('tock', 2);
  expect(listener.mock.calls).toEqual([[2]]);
});

test('lets a listener emit', () => {
  const { on, emit } = setUp();
  const heard = vi.fn();
  on('tick', (n) => emit('tock', n + 1));
  on('tock', heard);
  emit('tick', 1);
  expect(heard).toHaveBeenCalledWith(2);
});

test('keeps the listeners of two emitters apart', () => {
  const one = setUp();
  const other = setUp();
  const listener = vi.fn();
  one.on('tick', listener);
  other.emit('tick', 1);
  expect(listener).not.toHaveBeenCalled();
});
