import { describe, expect, test } from 'vitest';
import { createMemory } from '../../src/identity/memory.js';
import { createProfile, type Profile } from '../../src/identity/profile.js';

/** A memory over a store that answers when the test says so. */
function setUp({ isHidden = false } = {}) {
  const asked: ((stored: Profile | undefined) => void)[] = [];
  const newcomer = { ...createProfile(), id: 'newcomer' };
  const memory = createMemory(() => new Promise((resolve) => asked.push(resolve)), () => newcomer, () => isHidden);
  const done: string[] = [];
  return {
    memory,
    done,
    /** How often the store was asked. */
    times: () => asked.length,
    /** Notes when it is done, and for which visitor. */
    work: (name: string) => memory.known(({ id }) => done.push(`${name} of ${id}`)),
    /** The store answers the latest question. */
    async answer(id?: string) {
      asked.at(-1)!(id ? { ...createProfile(), id } : undefined);
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
    const { memory, times } = setUp();
    expect(memory.profile()).toBeUndefined();
    expect(times()).toBe(0);
  });

  test('is done for a new visitor where the store knows none', async () => {
    const { memory, work, done, answer } = setUp();
    work('a');
    await answer(undefined);
    expect(memory.profile()?.id).toBe('newcomer');
    expect(done).toEqual(['a of newcomer']);
  });

  test('that was started by other work is done too', async () => {
    const { memory, done, answer } = setUp();
    memory.known(() => {
      done.push('outer');
      memory.known(() => done.push('inner'));
    });
    await answer('v1');
    expect(done).toEqual(['outer', 'inner']);
  });

  test('of a page that was away is done as soon as the store has told anew, and what it knew before is not to be stored until then', async () => {
    const { memory, work, done, answer, times } = setUp();
    work('a');
    await answer('v1');
    memory.suspect();
    work('b');
    memory.age();
    // The answer to what was asked before it was put away.
    await answer('old');
    expect([done, memory.madeUp()?.id]).toEqual([['a of v1'], 'v1']);
    work('c');
    expect(times()).toBe(3);
    await answer('v2');
    expect(done).toEqual(['a of v1', 'b of v2', 'c of v2']);
    expect([memory.profile()?.id, memory.madeUp()]).toEqual(['v2', undefined]);
  });

  test('sees what earlier work has changed', async () => {
    const { memory, answer } = setUp();
    let seen: string | undefined;
    memory.known((profile) => {
      profile.userId = 'customer 7';
    });
    memory.known(({ userId }) => {
      seen = userId;
    });
    await answer('v1');
    expect(seen).toBe('customer 7');
  });
});

describe('once another tab may have changed the visitor', () => {
  test('the store is asked again before more is done', async () => {
    const { memory, work, done, answer, times } = setUp();
    work('a');
    await answer('v1');
    memory.suspect();
    work('b');
    expect(done).toEqual(['a of v1']);
    expect(times()).toBe(2);
    await answer('v2');
    expect(done).toEqual(['a of v1', 'b of v2']);
  });

  test('nothing is asked before something is to be done', async () => {
    const { memory, work, answer, times } = setUp();
    work('a');
    await answer('v1');
    memory.suspect();
    expect(times()).toBe(1);
    expect(memory.profile()?.id).toBe('v1');
  });

  test('what is known goes on to count where the store has nothing more to say', async () => {
    const { memory, work, done, answer } = setUp();
    work('a');
    await answer('v1');
    memory.suspect();
    work('b');
    await answer(undefined);
    expect(done).toEqual(['a of v1', 'b of v1']);
  });
});

describe('when the page may end', () => {
  test('what waits is done with what is known already', async () => {
    const { memory, work, done, answer } = setUp();
    work('a');
    await answer('v1');
    memory.suspect();
    work('b');
    memory.settle();
    expect(done).toEqual(['a of v1', 'b of v1']);
  });

  test('and then does not, an answer that was on its way does not undo what was done', async () => {
    const { memory, work, done, answer } = setUp();
    work('a');
    await answer('v1');
    memory.suspect();
    work('b');
    memory.settle();
    await answer('v2');
    work('c');
    expect(done).toEqual(['a of v1', 'b of v1', 'c of v1']);
  });

  test('everything is done once', async () => {
    const { memory, work, done, answer } = setUp();
    work('a');
    await answer('v1');
    memory.suspect();
    work('b');
    memory.settle();
    memory.settle();
    await answer('v1');
    memory.settle();
    expect(done).toEqual(['a of v1', 'b of v1']);
  });

  test('what waits for a visitor that nobody knows yet is done for one that is made up, who does not take the place of the true one', async () => {
    const { memory, work, done, answer } = setUp();
    work('a');
    memory.settle();
    expect(done).toEqual(['a of newcomer']);
    memory.suspect();
    work('b');
    await answer('v1');
    work('c');
    expect(done).toEqual(['a of newcomer', 'b of v1', 'c of v1']);
  });

  test('the store is asked again afterwards', async () => {
    const { memory, work, done, answer, times } = setUp();
    work('a');
    await answer('v1');
    memory.settle();
    memory.suspect();
    work('b');
    expect(times()).toBe(2);
    await answer('v2');
    expect(done).toEqual(['a of v1', 'b of v2']);
  });
});

test('a new visitor has nothing of the one before', async () => {
  const { memory, work, answer, done } = setUp();
  memory.known((profile) => {
    profile.userId = 'customer 7';
    profile.orders = ['T1'];
  });
  await answer('v1');
  memory.renew();
  expect(memory.profile()).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(memory.profile()).not.toHaveProperty('userId');
  expect(memory.profile()).not.toHaveProperty('orders');
  work('b');
  expect(done).toEqual([`b of ${memory.profile()!.id}`]);
});
