import { describe, expect, test } from 'vitest';
import { createVisitor } from '../../src/visitor/visitor.js';
import { createRecord, type VisitorRecord } from '../../src/visitor/record.js';

/** A visitor over a store that answers when the test says so. */
function setUp({ isHidden = false } = {}) {
  const asked: ((stored: VisitorRecord | undefined) => void)[] = [];
  const newcomer = { ...createRecord(), id: 'newcomer' };
  const visitor = createVisitor(
    () => new Promise((resolve) => asked.push(resolve)),
    () => newcomer,
    () => isHidden,
  );
  const done: string[] = [];
  return {
    visitor,
    done,
    /** How often the store was asked. */
    times: () => asked.length,
    /** Notes when it is done, and for which visitor. */
    work: (name: string) => visitor.ready(({ id }) => done.push(`${name} of ${id}`)),
    /** The store answers the latest question. */
    async answer(id?: string) {
      asked.at(-1)!(id ? { ...createRecord(), id } : undefined);
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

describe('work that needs to know the visitor', () => {
  test('waits for the store, then is done in order', async () => {
    const { work, done, answer, times } = setUp();
    work('a');
    work('b');
    expect(done).toEqual([]);
    await answer('v1');
    expect(done).toEqual(['a of v1', 'b of v1']);
    expect(times()).toBe(1);
  });

  test('is done at once when the visitor is known', async () => {
    const { work, done, answer, times } = setUp();
    work('a');
    await answer('v1');
    work('b');
    expect(done).toEqual(['a of v1', 'b of v1']);
    expect(times()).toBe(1);
  });

  test('asks for nothing before it is needed', () => {
    const { visitor, times } = setUp();
    expect(visitor.record()).toBeUndefined();
    expect(times()).toBe(0);
  });

  test('is done for a new visitor where the store knows none', async () => {
    const { visitor, work, done, answer } = setUp();
    work('a');
    await answer(undefined);
    expect(visitor.record()?.id).toBe('newcomer');
    expect(done).toEqual(['a of newcomer']);
  });

  test('that was started by other work is done too', async () => {
    const { visitor, done, answer } = setUp();
    visitor.ready(() => {
      done.push('outer');
      visitor.ready(() => done.push('inner'));
    });
    await answer('v1');
    expect(done).toEqual(['outer', 'inner']);
  });

  test('of a page that was away is done as soon as the store has told anew, and what it knew before is not to be stored until then', async () => {
    const { visitor, work, done, answer, times } = setUp();
    work('a');
    await answer('v1');
    visitor.stale();
    work('b');
    visitor.age();
    // The answer to what was asked before it was put away.
    await answer('old');
    expect([done, visitor.uncertain()?.id]).toEqual([['a of v1'], 'v1']);
    work('c');
    expect(times()).toBe(3);
    await answer('v2');
    expect(done).toEqual(['a of v1', 'b of v2', 'c of v2']);
    expect([visitor.record()?.id, visitor.uncertain()]).toEqual(['v2', undefined]);
  });

  test('sees what earlier work has changed', async () => {
    const { visitor, answer } = setUp();
    let seen: string | undefined;
    visitor.ready((record) => {
      record.state.identity = { userId: 'customer 7' };
    });
    visitor.ready(({ state }) => {
      seen = (state.identity as { userId: string }).userId;
    });
    await answer('v1');
    expect(seen).toBe('customer 7');
  });
});

describe('once another tab may have changed the visitor', () => {
  test('the store is asked again before more is done', async () => {
    const { visitor, work, done, answer, times } = setUp();
    work('a');
    await answer('v1');
    visitor.stale();
    work('b');
    expect(done).toEqual(['a of v1']);
    expect(times()).toBe(2);
    await answer('v2');
    expect(done).toEqual(['a of v1', 'b of v2']);
  });

  test('nothing is asked before something is to be done', async () => {
    const { visitor, work, answer, times } = setUp();
    work('a');
    await answer('v1');
    visitor.stale();
    expect(times()).toBe(1);
    expect(visitor.record()?.id).toBe('v1');
  });

  test('what is known goes on to count where the store has nothing more to say', async () => {
    const { visitor, work, done, answer } = setUp();
    work('a');
    await answer('v1');
    visitor.stale();
    work('b');
    await answer(undefined);
    expect(done).toEqual(['a of v1', 'b of v1']);
  });
});

describe('when the page may end', () => {
  test('what waits is done with what is known already', async () => {
    const { visitor, work, done, answer } = setUp();
    work('a');
    await answer('v1');
    visitor.stale();
    work('b');
    visitor.settle();
    expect(done).toEqual(['a of v1', 'b of v1']);
  });

  test('and then does not, an answer that was on its way does not undo what was done', async () => {
    const { visitor, work, done, answer } = setUp();
    work('a');
    await answer('v1');
    visitor.stale();
    work('b');
    visitor.settle();
    await answer('v2');
    work('c');
    expect(done).toEqual(['a of v1', 'b of v1', 'c of v1']);
  });

  test('everything is done once', async () => {
    const { visitor, work, done, answer } = setUp();
    work('a');
    await answer('v1');
    visitor.stale();
    work('b');
    visitor.settle();
    visitor.settle();
    await answer('v1');
    visitor.settle();
    expect(done).toEqual(['a of v1', 'b of v1']);
  });

  test('what waits for a visitor that nobody knows yet is done for one that is made up, who does not take the place of the true one', async () => {
    const { visitor, work, done, answer } = setUp();
    work('a');
    visitor.settle();
    expect(done).toEqual(['a of newcomer']);
    visitor.stale();
    work('b');
    await answer('v1');
    work('c');
    expect(done).toEqual(['a of newcomer', 'b of v1', 'c of v1']);
  });

  test('the store is asked again afterwards', async () => {
    const { visitor, work, done, answer, times } = setUp();
    work('a');
    await answer('v1');
    visitor.settle();
    visitor.stale();
    work('b');
    expect(times()).toBe(2);
    await answer('v2');
    expect(done).toEqual(['a of v1', 'b of v2']);
  });
});

test('a new visitor has nothing of the one before', async () => {
  const { visitor, work, answer, done } = setUp();
  visitor.ready((record) => {
    record.state.identity = { userId: 'customer 7' };
    record.state.commerce = { orders: ['T1'] };
  });
  await answer('v1');
  visitor.renew();
  expect(visitor.record()).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(visitor.record()!.state).toEqual({});
  work('b');
  expect(done).toEqual([`b of ${visitor.record()!.id}`]);
});
