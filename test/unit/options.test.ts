import { describe, expect, test } from 'vitest';
import { allNetworks } from '../../src/capture/all-networks.js';
import { allDefaults, resolveAll } from '../../src/first.js';
import { coreDefaults, corePatterns, resolveOptions } from '../../src/options.js';

const COLLECTOR = 'https://collect.example/v1/events';
/** What `createTracker` checks. */
const resolve = (given: object) => resolveAll(given as never);

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
  [{ batchEvents: '50' }, 'waymark: option "batchEvents" takes a number above 0, got "50"'],
  [{ pageViews: 'false' }, 'waymark: option "pageViews" takes true or false, got "false"'],
  [{ key: 5 }, 'waymark: option "key" takes a text, got 5'],
  [{ plugins: 'stages' }, 'waymark: option "plugins" takes a list, got "stages"'],
])('refuses %j with: %s', (given, message) => {
  expect(complaint(given)).toBe(message);
});

test.each(Object.keys(allDefaults).filter((name) => typeof allDefaults[name as keyof typeof allDefaults] === 'number'))('refuses %s that are not above 0', (name) => {
  for (const value of [0, -0, -1, -Infinity, NaN]) expect(complaint({ [name]: value })).toMatch(RegExp(`^waymark: option "${name}" takes a number above 0( and up to \\d+)?, got ${value}$`));
});

// Above that, the timers of browsers go off at once.
test.each([['batchWaitMs', 2147483647], ['cartIdleMinutes', 35791]])('refuses %s above %s, and says so', (name, most) => {
  expect(complaint({ [name]: most })).toBe('nothing');
  for (const value of [most + 1, 1e12, Infinity]) expect(complaint({ [name]: value })).toBe(`waymark: option "${name}" takes a number above 0 and up to ${most}, got ${value}`);
});

test.each(['', ' ', '\n'])('the key may not be %j', (key) => {
  expect(complaint({ key })).toBe(`waymark: option "key" takes a text, got ${JSON.stringify(key)}`);
});

describe.each(['internalHosts', 'linkDomains'])('%s', (name) => {
  test.each([[[]], [['shop.example', 'checkout.shop.example']], [['localhost']], [['127.0.0.1']], [['xn--kse-qla.example', 'A_b.example']]])('may be %j', (hosts) => {
    expect(complaint({ [name]: hosts })).toBe('nothing');
  });

  test.each([[['']], [[' ']], [['shop.example', '']], [['https://shop.example']], [['shop.example/checkout']], [['shop.example:8080']], [['*.shop.example']], [['.shop.example']], [['shop.example.']], [['com']], [['a@shop.example']], [[7]], [[undefined]], [[['x']]]])('may not be %j', (hosts) => {
    expect(complaint({ [name]: hosts })).toBe(`waymark: option "${name}" takes a list of hosts such as "shop.example", got list`);
  });
});

describe('networks', () => {
  test.each([
    {}, { mynet: 'my.example' }, { mynet: '=my.example' }, { mynet: 'my.{cc}' }, { mynet: 'my.example/go' }, { mynet: {} }, { mynet: undefined }, { mynet: null },
    { mynet: { hosts: [] } }, { mynet: { category: 'video', hosts: ['my.example'], aliases: ['my'], clickIds: { myclid: true }, named: false } },
  ])('may be %j', (networks) => {
    expect(complaint({ networks })).toBe('nothing');
  });
  test('may be all that we know', () => expect(complaint({ networks: allNetworks })).toBe('nothing'));

  test.each([
    { a: 5 }, { a: true }, { a: '' }, { a: 'my' }, { a: () => 1 }, { a: { hosts: 'my.example' } }, { a: { hosts: [''] } }, { a: { hosts: {} } }, { a: { aliases: 'my' } }, { good: 'my.example', a: 5 }, { a: ['my.example'] },
  ])('may not be %j', (networks) => {
    expect(complaint({ networks })).toMatch(/^waymark: option "networks" takes networks such as \{ mynet: \{ hosts: \["my.example"\] \} \}, got object$/);
  });
});

test.each(['constructor', 'toString', '__proto__', 'valueOf', 'hasOwnProperty'])('takes %s for no slip of the pen', (name) => {
  expect(complaint(JSON.parse(`{"${name}":"x"}`) as object)).toBe(`waymark: there is no option "${name}"`);
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
  for (const names of [[''], ['q', 7], [undefined], [/q/], [['q']]]) expect(complaint({ [name]: names })).toBe(`waymark: option "${name}" takes a list of names, got list`);
  for (const names of ['q', { q: true }]) expect(complaint({ [name]: names })).toMatch(`option "${name}" takes a list of names, got `);
});

test.each(['', 'EUR', 'NOK'])('the currency may be "%s"', (currency) => {
  expect(complaint({ currency })).toBe('nothing');
});

test.each(['eur', '€', 'EURO', 'EU', ' EUR'])('the currency may not be "%s"', (currency) => {
  expect(complaint({ currency })).toMatch(/^waymark: option "currency" takes .+, got "/);
});

test.each(['colector', 'endpoint', 'Key', 'batch_events', '0'])('refuses an option that there is not: %s', (name) => {
  expect(complaint({ [name]: 'x' })).toMatch(new RegExp(`^waymark: there is no option "${name}"`));
});

test.each([
  [{ colector: '/a', curency: 'EUR' }, 'waymark: there is no option "colector": did you mean "collector"?; there is no option "curency": did you mean "currency"?'],
  [{ batchEvents: 0, pageViews: 'no' }, 'waymark: option "batchEvents" takes a number above 0, got 0; option "pageViews" takes true or false, got "no"'],
  [{ collector: 'events', key: 7, goals: 'sign_up', headers: 'X-A' }, 'waymark: option "collector" takes an http(s) address such as "https://collect.example/events", or a path such as "/events", got "events"; option "headers" takes HTTP headers by name, got "X-A"; option "key" takes a text, got 7; option "goals" takes a list, got "sign_up"'],
  [{ collector: '', collectors: ['a', { collector: '/b', consent: 'all' }], currency: 'euro' }, 'waymark: option "collectors[0].collector" takes an http(s) address such as "https://collect.example/events", or a path such as "/events", got "a"; option "collectors[1].consent" takes analytics or marketing, got "all"; option "currency" takes an ISO 4217 code such as "EUR", got "euro"'],
])('names all that is wrong in one error: %j', (given, message) => {
  expect(complaint(given)).toBe(message);
});

test.each([
  ['pageviews', 'pageViews'], ['batch_wait_ms', 'batchWaitMs'], ['linkDomain', 'linkDomains'], ['cartIdleMinuts', 'cartIdleMinutes'], ['webvitals', 'webVitals'], ['plugin', 'plugins'], ['model', 'models'],
])('says what %s was probably meant to be: %s', (typo, meant) => {
  expect(complaint({ [typo]: 'x' })).toBe(`waymark: there is no option "${typo}": did you mean "${meant}"?`);
});

test('shows nobody a regular expression, whatever option is wrong', () => {
  const wrong = { ...Object.fromEntries(Object.keys(allDefaults).map((name) => [name, Symbol('s')])), collectors: [{ collector: 'x', headers: 5, credentials: 'x', events: ['a b'], consent: 'x', name: 5, format: 5 }] };
  expect(complaint(wrong)).not.toMatch(/[\\^$]|undefined|\[object/);
  expect(complaint({ ...wrong, collectors: [] })).not.toMatch(/[\\^$]|undefined|\[object/);
});

test('names no more than the beginning of a long value', () => {
  expect(complaint({ collector: 'x'.repeat(1_000_000) }).length).toBeLessThan(200);
});
