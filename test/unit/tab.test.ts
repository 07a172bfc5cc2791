import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Profile } from '../../src/identity/profile.js';
import { createTab, type Tab } from '../../src/identity/tab.js';

/** What a page does where it may keep something. */
function open(key: string): Tab {
  const tab = createTab(key, () => true);
  tab.take();
  return tab;
}

/** A browser tab: its pages have one sessionStorage, which no other tab has. */
function openBrowserTab(held = new Map<string, string>()) {
  const storage = {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, `${value}`),
    removeItem: (key: string) => void held.delete(key),
  };
  /** Runs `work` as a page of this tab. */
  function inTab<Result>(work: () => Result): Result {
    vi.stubGlobal('sessionStorage', storage);
    return work();
  }
  return {
    held,
    openPage(key = 'waymark-main') {
      const tab = inTab(() => open(key));
      return {
        id: tab.id,
        next: (visitor = 'v1') => inTab(() => tab.next(visitor)),
        leave: (known?: Profile) => inTab(() => tab.leave(known)),
        take: () => inTab(tab.take),
      };
    },
    /** What "Duplicate tab" does: the new tab starts with a copy. */
    duplicate: () => openBrowserTab(new Map(held)),
  };
}

const numbers = (page: Pick<Tab, 'next'>, count: number, visitor = 'v1') => Array.from({ length: count }, () => page.next(visitor));

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('one tab', () => {
  test('numbers its events from 1, without a gap', () => {
    const page = openBrowserTab().openPage();
    expect(numbers(page, 3)).toEqual([1, 2, 3]);
    expect(page.id()).toMatch(/^[0-9a-f]{12}$/);
  });

  test('goes on where the page before stopped', () => {
    const tab = openBrowserTab();
    const first = tab.openPage();
    numbers(first, 3);
    first.leave();
    const second = tab.openPage();
    expect(second.id()).toBe(first.id());
    expect(numbers(second, 2)).toEqual([4, 5]);
  });

  test('goes on where the page before stopped, also with what it tracked while it was left', () => {
    const tab = openBrowserTab();
    const first = tab.openPage();
    numbers(first, 3);
    first.leave();
    expect(first.next()).toBe(4);
    expect(tab.openPage().next()).toBe(5);
  });

  test('begins anew on a page that comes back out of the back/forward cache: another may have gone on with the numbers', () => {
    const tab = openBrowserTab();
    const first = tab.openPage();
    numbers(first, 3);
    first.leave();
    const second = tab.openPage();
    numbers(second, 2);
    second.leave();
    first.take();
    expect(first.id()).not.toBe(second.id());
    expect(first.next()).toBe(1);
  });

  test('begins anew also where what the page reads is what it left itself, as in Firefox, and leaves that to the next one', () => {
    const tab = openBrowserTab();
    const page = tab.openPage();
    const id = page.id();
    numbers(page, 3);
    page.leave();
    page.take();
    expect([page.id() === id, page.next()]).toEqual([false, 1]);
    page.leave();
    const next = tab.openPage();
    expect([next.id(), next.next()]).toEqual([page.id(), 2]);
  });

  test('begins anew where the page before could not leave its numbers: no number is given twice', () => {
    const tab = openBrowserTab();
    const first = tab.openPage();
    numbers(first, 3);
    const second = tab.openPage();
    expect(second.id()).not.toBe(first.id());
    expect(second.next()).toBe(1);
  });

  test('begins anew for a new visitor, and leaves that to the next page', () => {
    const tab = openBrowserTab();
    const first = tab.openPage();
    const before = first.id();
    numbers(first, 3);
    expect(first.next('v2')).toBe(1);
    expect(first.id()).not.toBe(before);
    first.leave();
    const second = tab.openPage();
    expect([second.next('v2'), second.id()]).toEqual([2, first.id()]);
  });

  test('goes on with no numbers of somebody else, who was found to be there while it was in the back/forward cache', () => {
    const tab = openBrowserTab();
    const first = tab.openPage();
    // Made up: the store was too slow to say who it is.
    numbers(first, 2, 'made up');
    first.leave();
    const second = tab.openPage();
    numbers(second, 3, 'known');
    const { id } = second;
    second.leave();
    first.take();
    expect(first.next('made up')).toBe(1);
    expect(first.id()).not.toBe(id());
  });

  test('begins anew for somebody else than the page before had numbered events of, whoever it left as the visitor', () => {
    const tab = openBrowserTab();
    const first = tab.openPage();
    numbers(first, 3, 'v1');
    first.leave({ id: 'v2', since: 0, dropped: {} });
    expect(tab.openPage().next('v2')).toBe(1);
  });

  test('keeps trackers with different keys apart', () => {
    const tab = openBrowserTab();
    const one = tab.openPage('waymark-main');
    const other = tab.openPage('waymark-news');
    numbers(one, 3);
    expect(other.next()).toBe(1);
    one.leave();
    other.leave();
    expect(tab.openPage('waymark-news').next()).toBe(2);
    expect(tab.openPage('waymark-main').next()).toBe(4);
  });

  test('leaves nothing behind while a page is open', () => {
    const tab = openBrowserTab();
    tab.openPage().leave();
    expect(tab.held.size).toBe(1);
    tab.openPage();
    expect(tab.held.size).toBe(0);
  });
});

describe('a duplicated tab', () => {
  test('numbers its own events', () => {
    const tab = openBrowserTab();
    const page = tab.openPage();
    numbers(page, 3);
    const copy = tab.duplicate().openPage();
    expect(copy.id()).not.toBe(page.id());
    expect(copy.next()).toBe(1);
    expect(page.next()).toBe(4);
  });

  test('leaves the first tab its numbers', () => {
    const tab = openBrowserTab();
    const page = tab.openPage();
    page.next();
    const copy = tab.duplicate();
    copy.openPage().leave();
    page.leave();
    const next = tab.openPage();
    expect([next.id(), next.next()]).toEqual([page.id(), 2]);
  });
});

describe('where sessionStorage is of no use', () => {
  test.each<[what: string, get: () => unknown]>([
    ['is refused', () => { throw new DOMException('denied', 'SecurityError'); }],
    ['is null, as in an Android web view', () => null],
    ['throws whatever it is asked', () => new Proxy({}, { get() { throw new DOMException('denied', 'SecurityError'); } })],
    ['is full', () => ({ getItem: () => null, removeItem() {}, setItem() { throw new DOMException('full', 'QuotaExceededError'); } })],
    ['is not there, as on a server', () => undefined],
  ])('because it %s, each page numbers its own events', (_what, get) => {
    vi.stubGlobal('sessionStorage', undefined);
    Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, get });
    const first = open('waymark-main');
    expect(numbers(first, 2)).toEqual([1, 2]);
    first.leave();
    expect(first.next('v1')).toBe(3);
    const second = open('waymark-main');
    expect(second.next('v1')).toBe(1);
    expect(second.id()).not.toBe(first.id());
    expect(() => first.take()).not.toThrow();
  });

  test.each(['', 'null', 'abc', '7', '{"id":"x"}'])('because somebody else wrote %j into it, the page numbers its own events', (text) => {
    const page = openBrowserTab(new Map([['waymark-main', text]])).openPage();
    expect(page.id()).toMatch(/^[0-9a-f]{12}$/);
    expect(page.next()).toBe(1);
  });
});
