import { describe, expect, test } from 'vitest';
import { allDefaults } from '../../src/first.js';
import { coreDefaults, corePatterns, resolveOptions } from '../../src/options.js';

const COLLECTOR = 'https://collect.example/v1/events';
/** What `createTracker` checks, its own pattern for the currency included. */
const resolve = (given: object) => resolveOptions(given, allDefaults, { ...corePatterns, currency: /^([A-Z]{3})?$/ });

/** What is said of wrong options. */
function complaint(given: object): string {
  try {
    resolve({ collector: COLLECTOR, ...given });
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
  return 'nothing';
}

test('takes the defaults where nothing but the collector is given', () => {
  expect(resolve({ collector: COLLECTOR })).toEqual({ ...allDefaults, collector: COLLECTOR });
  expect(resolveOptions({ collector: COLLECTOR }, coreDefaults, corePatterns)).toEqual({ ...coreDefaults, collector: COLLECTOR });
});

test('takes the defaults for options that are undefined or null', () => {
  const empty = Object.fromEntries(Object.keys(allDefaults).map((name, index) => [name, index % 2 ? undefined : null]));
  expect(resolve({ ...empty, collector: COLLECTOR })).toEqual({ ...allDefaults, collector: COLLECTOR });
});

test('takes what is given', () => {
  const given = { collector: '/events', key: 'news', currency: 'NOK', batchEvents: 1, batchWaitMs: 0.5, sessionMinutes: Infinity, pageViews: false, internalHosts: ['pay.example'] };
  expect(resolve(given)).toEqual({ ...allDefaults, ...given });
});

test('leaves the defaults as they are', () => {
  const before = { ...coreDefaults };
  resolveOptions({ collector: COLLECTOR, batchEvents: 7 }, coreDefaults, corePatterns);
  expect(coreDefaults).toEqual(before);
});

describe('refuses a wrong type, and says which option it is, what it takes and what it got', () => {
  const samples: unknown[] = ['text', 7, true, {}, () => 1, Symbol('s'), 7n];
  const rows = Object.entries(allDefaults).flatMap(([name, byDefault]) =>
    samples.filter((sample) => typeof sample !== (name === 'beforeSend' ? 'function' : typeof byDefault)).map((sample) => [name, typeof sample, sample] as const),
  );

  test.each(rows)('%s: %s', (name, type, sample) => {
    const message = complaint({ [name]: sample });
    expect(message).toContain(`"${name}" takes`);
    expect(message).toMatch(type === 'string' ? /got "text"$/ : /got (7|true|object|function|Symbol\(s\))$/);
  });
});

test.each([
  [{ batchEvents: '50' }, 'waymark: option "batchEvents" takes number, got "50"'],
  [{ pageViews: 'false' }, 'waymark: option "pageViews" takes boolean, got "false"'],
  [{ key: 5 }, 'waymark: option "key" takes string, got 5'],
  [{ plugins: 'stages' }, 'waymark: option "plugins" takes object, got "stages"'],
])('refuses %j with: %s', (given, message) => {
  expect(complaint(given)).toBe(message);
});

test.each(Object.keys(allDefaults).filter((name) => typeof allDefaults[name as keyof typeof allDefaults] === 'number'))('refuses %s that are not above 0', (name) => {
  for (const value of [0, -0, -1, -Infinity, NaN]) expect(complaint({ [name]: value })).toBe(`waymark: option "${name}" takes number, got ${value}`);
});

describe('the collector', () => {
  test.each([
    'https://collect.example/v1/events', 'http://127.0.0.1:4318/events', 'HTTPS://COLLECT.EXAMPLE', 'https://collect.example', '/events', '/a/b?c=d', '//collect.example/events',
  ])('may be %s', (collector) => {
    expect(complaint({ collector })).toBe('nothing');
  });

  test.each([
    '', ' ', 'events', 'collect.example/events', 'collect.example', '/', 'https:', 'https://', 'ftp://collect.example/', 'data:text/plain,a', 'javascript:alert(1)',
    'https://collect.example/ events', ' https://collect.example/', 'https://ida:secret@collect.example/', './events', '#', 'undefined',
  ])('may not be %j, and the message says so', (collector) => {
    expect(complaint({ collector })).toMatch(/^waymark: option "collector" takes .+, got "/);
  });

  test('must be given', () => {
    expect(() => resolve({})).toThrow(TypeError);
    expect(() => resolve({})).toThrow('option "collector" takes');
  });

  test('may not be a URL object: the message says what it got', () => {
    expect(complaint({ collector: new URL(COLLECTOR) })).toMatch(/"collector" takes .+, got object$/);
  });
});

test.each(['allowedParameters', 'deniedProperties'])('%s takes names', (name) => {
  for (const names of [[], ['variant'], ['variant', 'q']]) expect(complaint({ [name]: names })).toBe('nothing');
  for (const names of [[''], ['q', 7], [undefined], [/q/], [['q']]]) expect(complaint({ [name]: names })).toBe(`waymark: option "${name}" takes a list of names, got object`);
  for (const names of ['q', { q: true }]) expect(complaint({ [name]: names })).toMatch(`option "${name}" takes a list of names, got `);
});

test.each(['', 'EUR', 'NOK'])('the currency may be "%s"', (currency) => {
  expect(complaint({ currency })).toBe('nothing');
});

test.each(['eur', '€', 'EURO', 'EU', ' EUR'])('the currency may not be "%s"', (currency) => {
  expect(complaint({ currency })).toMatch(/^waymark: option "currency" takes .+, got "/);
});

test.each(['colector', 'endpoint', 'Key', 'batch_events', '0'])('refuses an option that there is not: %s', (name) => {
  expect(complaint({ [name]: 'x' })).toMatch(new RegExp(`^waymark: unknown option "${name}" takes .+, got "x"$`));
});

test('names no more than the beginning of a long value', () => {
  expect(complaint({ collector: 'x'.repeat(1_000_000) }).length).toBeLessThan(200);
});
