import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createViews, type Views } from '../../src/capture/views.js';

/** A document without a browser: an address, a title, and the views that the machine tells of, in order. */
function openDocument(isStarted = true) {
  let path = '/';
  let query = '';
  let title = 'first';
  let before = title;
  let page = '';
  let id = 0;
  const told: string[] = [];
  const views: Views = createViews(
    () => [path + query, path],
    () => title,
    () => before,
    () => {
      id++;
      page = path + query;
    },
    () => {
      page = path + query;
    },
    (properties, time) => {
      told.push(`${page} ${views.isUntitled() ? 'untitled' : title}${Object.keys(properties).map((key) => ` ${key}`).join('')}${time === Date.now() ? '' : ` ${Date.now() - time} ms ago`}`);
    },
    (isUntitled) => {
      told.push(`end ${page}${isUntitled ? ' untitled' : ''}`);
    },
  );
  const go = (to: string, isReplaced = false) => {
    [path, query = ''] = to.split(/(?=\?)/) as [string, string?];
    views.look(isReplaced);
  };
  if (isStarted) {
    views.start({});
    views.parsed(false);
    views.close();
    told.length = 0;
  }
  return { views, told, go, name: (text: string) => {
    title = text;
    setTimeout(() => (before = text));
  }, id: () => id, task: () => vi.advanceTimersByTime(0) };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

type Story = (document: ReturnType<typeof openDocument>) => void;

describe('a view', () => {
  const stories: [what: string, story: Story, told: string[]][] = [
    ['waits for its title', ({ go, name }) => (go('/a'), vi.advanceTimersByTime(120), name('A'), vi.advanceTimersByTime(60)), ['end /', '/a A 150 ms ago']],
    ['has the title that was set with the address', ({ go, name }) => (go('/a'), name('A'), vi.advanceTimersByTime(50)), ['end /', '/a A 50 ms ago']],
    ['waits for its title for 300 ms, and has none then', ({ go }) => (go('/a'), vi.advanceTimersByTime(1000)), ['end /', '/a untitled 300 ms ago']],
    ['is counted before what comes after it', ({ go, views }) => (go('/a'), views.settle()), ['end /', '/a untitled']],
    ['is one with its redirect', ({ go, name, task }) => (go('/a'), task(), go('/b', true), name('B'), vi.advanceTimersByTime(50)), ['end /', '/b B 50 ms ago']],
    ['is one with an address of the same task', ({ go, name }) => (go('/a'), go('/b'), name('B'), vi.advanceTimersByTime(50)), ['end /', '/b B 50 ms ago']],
    ['is another in another task', ({ go, task, name }) => (go('/a'), task(), go('/b'), name('B'), vi.advanceTimersByTime(50)), ['end /', '/a untitled', 'end /a untitled', '/b B 50 ms ago']],
    ['is none where the address is the same', ({ go }) => (go('/'), go('/', true), vi.advanceTimersByTime(1000)), []],
    ['is none where a query is replaced', ({ go }) => (go('/?size=L', true), vi.advanceTimersByTime(1000)), []],
    ['is none on the way back to a query that was replaced', ({ go }) => (go('/?size=L', true), go('/', true), vi.advanceTimersByTime(1000)), []],
    ['is one where another query is pushed', ({ go }) => (go('/?q=b'), vi.advanceTimersByTime(300)), ['end /', '/?q=b untitled 300 ms ago']],
    ['is one where another path takes the place', ({ go }) => (go('/b', true), vi.advanceTimersByTime(300)), ['end /', '/b untitled 300 ms ago']],
    ['bears what is said by hand', ({ go, views, task }) => (go('/a'), task(), views.page({ wide: 1 }), vi.advanceTimersByTime(300)), ['end /', '/a untitled wide 300 ms ago']],
    ['is one with a call by hand just before the address', ({ go, views }) => (views.page({ wide: 1 }), go('/a'), vi.advanceTimersByTime(50)), ['end /', '/a first wide 50 ms ago']],
    ['is one with a call by hand for the address that nobody has told of', ({ go, views }) => (views.page({}), go('/a'), views.page({ wide: 1 }), vi.advanceTimersByTime(50)), ['end /', '/a first wide 50 ms ago']],
    ['is one with a call by hand that comes after something was tracked', ({ go, views, task }) => (go('/a'), views.settle(), task(), views.page({ wide: 1 }), vi.advanceTimersByTime(300)), ['end /', '/a untitled']],
    ['is another by the second call by hand', ({ go, views, task }) => (go('/a'), views.page({}), task(), views.page({ wide: 1 }), vi.advanceTimersByTime(300)), ['end /', '/a untitled', 'end /a untitled', '/a untitled wide 300 ms ago']],
    ['is one with two calls by hand in a task', ({ views }) => (views.page({}), views.page({ wide: 1 }), vi.advanceTimersByTime(300)), ['end /', '/ first wide 50 ms ago']],
    ['by hand is another once the automatic one is long counted', ({ go, views }) => (go('/a'), vi.advanceTimersByTime(300), views.page({ wide: 1 }), views.close()), ['end /', '/a untitled 300 ms ago', 'end /a untitled', '/a untitled wide']],
    ['comes back', ({ views }) => (views.leave(), views.renew({ restored: 1 }), vi.advanceTimersByTime(50)), ['end /', '/ first restored 50 ms ago']],
    ['has no title of another page by a second call by hand either, and waits for its own', ({ go, views, task, name }) => (go('/a'), views.page({}), task(), views.page({ wide: 1 }), vi.advanceTimersByTime(120), name('A'), vi.advanceTimersByTime(50)), ['end /', '/a untitled', 'end /a untitled', '/a A wide 150 ms ago']],
    ['has the title that is set just before the address, and the one before keeps its own', ({ go, name }) => (name('A'), go('/a'), vi.advanceTimersByTime(50), name('B'), go('/b'), vi.advanceTimersByTime(50)), ['end /', '/a A 50 ms ago', 'end /a', '/b B 50 ms ago']],
    ['has no title of the page before where that came late', ({ go, name }) => (go('/a'), vi.advanceTimersByTime(600), name('A'), vi.advanceTimersByTime(50), go('/b'), vi.advanceTimersByTime(300)), ['end /', '/a untitled 300 ms ago', 'end /a', '/b untitled 300 ms ago']],
    ['ends with the title that never changed once it has stood for five seconds', ({ go }) => (go('/a'), vi.advanceTimersByTime(5000), go('/b')), ['end /', '/a untitled 300 ms ago', 'end /a']],
    ['ends once', ({ go, views }) => (go('/a'), views.leave(), views.leave()), ['end /', '/a untitled', 'end /a untitled']],
  ];

  test.each(stories)('%s', (_what, story, expected) => {
    const document = openDocument();
    story(document);
    expect(document.told).toEqual(expected);
  });

  test('that was counted by hand while the document was loading is not counted again', () => {
    const { views, told } = openDocument(false);
    views.page({ wide: 1 });
    views.settle();
    views.leave();
    views.start({});
    vi.advanceTimersByTime(1000);
    expect(told).toEqual(['/ first wide', 'end /']);
  });

  test('of a page left while it was loading ends, too', () => {
    const { views, told } = openDocument(false);
    views.look();
    views.leave();
    views.start({});
    views.settle();
    views.leave();
    expect(told).toEqual(['/ first', 'end /']);
  });

  test('is only counted by hand where the machine was never started', () => {
    const { views, told, go, id } = openDocument(false);
    views.look();
    go('/a');
    vi.advanceTimersByTime(1000);
    expect([told, id()]).toEqual([[], 2]);
    views.page({});
    views.close();
    go('/b');
    expect(told).toEqual(['/a untitled', 'end /a untitled']);
  });
});

describe('whatever happens', () => {
  const paths = fc.constantFrom('/', '/a', '/b', '/a?q=1');
  const signal = fc.oneof(
    fc.record({ kind: fc.constantFrom('push', 'replace'), to: paths }),
    fc.record({ kind: fc.constantFrom('title', 'page', 'track', 'hide', 'leave', 'renew', 'flush'), to: fc.constant('') }),
    fc.record({ kind: fc.constant('wait'), to: fc.constantFrom('0', '20', '400') }),
  );

  test('a view is counted once, ends once at most, and never before it was counted; nothing comes before the end of the one before', () => {
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 60 }), (signals) => {
        const { views, told, go, name } = openDocument();
        const doing: Record<string, (to: string) => void> = {
          push: (to) => go(to),
          replace: (to) => go(to, true),
          title: () => name(`title ${Math.random()}`),
          page: () => views.page({}),
          track: () => (views.look(), views.settle()),
          hide: () => views.settle(),
          leave: () => views.leave(),
          renew: () => (views.leave(), views.renew({})),
          flush: () => views.close(),
          wait: (ms) => vi.advanceTimersByTime(Number(ms)),
        };
        told.push('/ first');
        for (const { kind, to } of signals) doing[kind]!(to);
        views.leave();
        vi.advanceTimersByTime(0);
        const kinds = told.map((text) => (text.startsWith('end') ? 'end' : 'view'));
        // Views and ends take turns, and each end is of the view before it.
        expect(kinds).toEqual(kinds.map((_, index) => (index % 2 ? 'end' : 'view')));
        expect(kinds.length % 2).toBe(0);
        for (let index = 1; index < told.length; index += 2) expect(told[index]!.split(' ')[1]).toBe(told[index - 1]!.split(' ')[0]);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test('addresses pushed in tasks of their own are a view each', () => {
    fc.assert(
      fc.property(fc.array(paths, { maxLength: 40 }), (visited) => {
        const { views, told, go, task } = openDocument();
        for (const path of visited) {
          go(path);
          task();
        }
        views.close();
        const changes = visited.filter((path, index) => path !== (visited[index - 1] ?? '/'));
        expect(told.filter((text) => !text.startsWith('end')).map((text) => text.split(' ')[0])).toEqual(changes);
      }),
    );
  });
});
