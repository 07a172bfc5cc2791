import { describe, expect, test } from 'vitest';
import { addressOf } from '../../src/delivery/address.js';
import { createFilter, readerOf, type Collector } from '../../src/delivery/collectors.js';
import { prefixOf } from '../../src/delivery/place.js';
import { allDefaults } from '../../src/first.js';
import { waymarkFormat, type Format } from '../../src/formats/index.js';
import { corePatterns, resolveOptions } from '../../src/options.js';

const other: Format = { ...waymarkFormat, path: '/v1/batch' };
const collector = (part: Partial<Collector>): Collector => ({ collector: 'https://a.example/', format: waymarkFormat, headers: {}, credentials: 'omit', ...part });
const row = (name: string, consent?: object) => ({ id: '1', context: JSON.stringify({ tab: 'a', consent, page: { title: 'b' } }), event: `{"id":"1","name":"${name}","properties":{"name":"x"}}` });

describe('the address of requests', () => {
  test.each<[collector: string, path: string | undefined, address: string]>([
    ['https://a.example/in', undefined, 'https://a.example/in'],
    ['/events', undefined, 'https://shop.example/events'],
    ['//b.example/in?k=1', undefined, 'https://b.example/in?k=1'],
    ['https://a.example', '/v1/batch', 'https://a.example/v1/batch'],
    ['https://a.example/', '/v1/batch', 'https://a.example/v1/batch'],
    ['https://a.example/segment', '/v1/batch', 'https://a.example/segment/v1/batch'],
    ['https://a.example/segment/v1/batch', '/v1/batch', 'https://a.example/segment/v1/batch'],
    ['https://a.example/in?k=1', '/v1', 'https://a.example/in/v1?k=1'],
    ['https://a.example/in?k=1', '?writeKey=a%2Fb', 'https://a.example/in?k=1&writeKey=a%2Fb'],
    ['https://a.example/in?writeKey=own', '/v1?writeKey=a&x=1', 'https://a.example/in/v1?writeKey=own&x=1'],
    ['/matomo.php', '/matomo.php', 'https://shop.example/matomo.php'],
  ])('of %s with %s is %s', (own, path, address) => {
    expect(addressOf(own, path, 'https://shop.example/mugs/blue?x=1').href).toBe(address);
  });
});

describe('a filter', () => {
  test.each<[events: string[] | undefined, name: string, isWanted: boolean]>([
    [undefined, 'view_item', true],
    [[], 'view_item', true],
    [['view_item'], 'view_item', true],
    [['view_item'], 'view_item_list', false],
    [['view_*'], 'view_item_list', true],
    [['view_*'], 'review_view', false],
    [['*_item', 'purchase'], 'view_item', true],
    [['*_item', 'purchase'], 'purchase', true],
    [['*_item', 'purchase'], 'refund', false],
    [['!engagement'], 'engagement', false],
    [['!engagement'], 'view_item', true],
    [['!engage*', '!web_vitals'], 'web_vitals', false],
    [['view_*', '!view_cart'], 'view_item', true],
    [['view_*', '!view_cart'], 'view_cart', false],
    [['view_*', '!view_cart'], 'purchase', false],
    [['*'], 'purchase', true],
  ])('%j: %s: %s', (events, name, isWanted) => {
    expect(createFilter(collector({ ...(events && { events }) }))(row(name))).toBe(isWanted);
  });

  test('of names looks at the event’s own name', () => {
    expect(createFilter(collector({ events: ['x'] }))(row('view_item'))).toBe(false);
  });

  test.each<[kind: string, consent: object | undefined, isWanted: boolean]>([
    ['marketing', { analytics: 'granted', marketing: 'granted', by: { analytics: 'call', marketing: 'tcf' }, gpc: true }, true],
    ['marketing', { by: { analytics: 'call', marketing: 'tcf' }, analytics: 'granted', marketing: 'granted' }, true],
    ['marketing', { by: { analytics: 'call', marketing: 'tcf' }, analytics: 'granted', marketing: 'denied' }, false],
    ['marketing', { analytics: 'granted', marketing: 'denied' }, false],
    ['marketing', { analytics: 'granted' }, false],
    ['marketing', { analytics: 'granted', marketing: 'required', by: { analytics: 'call', marketing: 'option' }, waited: true }, false],
    ['marketing', {}, false],
    ['analytics', { analytics: 'granted', marketing: 'denied' }, true],
    ['analytics', { analytics: 'denied', marketing: 'granted' }, false],
    ['', { analytics: 'denied', marketing: 'denied' }, true],
  ])('of consent: %s with %j: %s', (kind, consent, isWanted) => {
    expect(createFilter(collector({ consent: kind }))(row('view_item', consent))).toBe(isWanted);
  });

  test('of consent is not misled by a text that looks like one', () => {
    const context = JSON.stringify({ consent: { marketing: 'denied' }, page: { title: '"consent":{"marketing":"granted"}' } });
    expect(createFilter(collector({ consent: 'marketing' }))({ id: '1', context, event: '{}' })).toBe(false);
  });
});

describe('what a collector is known by', () => {
  test('is its name, else its address with the path of its format', () => {
    expect(readerOf(collector({ name: 'stock', format: other })).slot).toBe('stock');
    expect(readerOf(collector({ format: other })).slot).toBe('https://a.example/v1/batch');
  });
  test('never has a sign in it that prefixes are written with', () => {
    const { slot } = readerOf(collector({ collector: 'https://a.example/~ida/in?a=1,2' }));
    expect(prefixOf(slot)).toMatch(/^~[^~]+~$/);
  });
});

describe('the option collectors', () => {
  const resolve = (given: object) => resolveOptions(given, allDefaults, corePatterns);
  function complaint(given: object): string {
    try {
      resolve(given);
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      return (error as TypeError).message;
    }
    return 'nothing';
  }

  test('takes addresses, and collectors with defaults', () => {
    const given = [{ collector: '/b', format: other, headers: { 'X-A': 'b' }, credentials: 'include', events: ['purchase'], consent: 'marketing', name: 'b' }, { collector: '/c', format: other, name: undefined }];
    expect(resolve({ collectors: ['/a', ...given] }).collectors).toEqual([
      { collector: '/a', format: waymarkFormat, headers: {}, credentials: 'omit', events: [], consent: '', name: '' },
      given[0],
      { collector: '/c', format: other, headers: {}, credentials: 'omit', events: [], consent: '', name: '' },
    ]);
  });

  test.each<[given: object, message: string]>([
    [{ collectors: ['/a', {}] }, 'option "collectors[1].collector" takes an http(s) address such as "https://collect.example/events", or a path such as "/events", got ""'],
    [{ collectors: [5] }, 'option "collectors[0].collector" takes an http(s) address such as "https://collect.example/events", or a path such as "/events", got ""'],
    [{ collectors: ['/a', 'b'] }, 'option "collectors[1].collector" takes an http(s) address such as "https://collect.example/events", or a path such as "/events", got "b"'],
    [{ collectors: ['/a', { collector: '/b', format: 'snowplough' }] }, 'option "collectors[1].format" takes a format of waymark/formats, got "snowplough"'],
    [{ collectors: ['/a', { collector: '/b', format: {} }] }, 'option "collectors[1].format" takes a format of waymark/formats, got object'],
    [{ collector: '/a', format: 'waymark' }, 'option "format" takes a format of waymark/formats, got "waymark"'],
    [{ collectors: [{ collector: '/b', headers: { 'X A': 'b' } }] }, 'option "collectors[0].headers" takes HTTP headers by name, got object'],
    [{ collectors: [{ collector: '/b', events: 'purchase' }] }, 'option "collectors[0].events" takes names of events, "view_*", "!engagement", got "purchase"'],
    [{ collectors: [{ collector: '/b', events: ['add to cart'] }] }, 'option "collectors[0].events" takes names of events, "view_*", "!engagement", got list'],
    [{ collectors: [{ collector: '/b', consent: 'all' }] }, 'option "collectors[0].consent" takes analytics or marketing, got "all"'],
    [{ collectors: [{ collector: '/b', batchEvents: 5 }] }, 'there is no option "collectors[0].batchEvents"'],
    [{ collectors: ['/a', '/b', '/a'] }, 'option "collectors[2]" takes an address and a name of its own, got "http://localhost/a"'],
    [{ collectors: ['/a', { collector: 'http://localhost/a', headers: { 'X-A': 'b' } }] }, 'option "collectors[1]" takes an address and a name of its own, got "http://localhost/a"'],
    [{ collectors: [{ collector: '/a', format: other }, '/a/v1/batch'] }, 'option "collectors[1]" takes an address and a name of its own, got "http://localhost/a/v1/batch"'],
    [{ collectors: [{ collector: '/a', name: 'x' }, { collector: '/b', name: 'x' }] }, 'option "collectors[1]" takes an address and a name of its own, got "x"'],
    [{ collector: '/a', collectors: ['/b'] }, 'option "collector" takes nothing beside "collectors", got "/a"'],
    [{ format: other, collectors: ['/b'] }, 'option "format" takes nothing beside "collectors", got object'],
    [{ collectors: [] }, 'option "collector" takes an http(s) address such as "https://collect.example/events", or a path such as "/events", got ""'],
    [{ collectors: '/a' }, 'option "collector" takes an http(s) address such as "https://collect.example/events", or a path such as "/events", got ""; option "collectors" takes a list of addresses and collectors, got "/a"'],
    [{ collector: '/a', collectors: '/b' }, 'option "collectors" takes a list of addresses and collectors, got "/b"'],
  ])('refuses %j', (given, message) => {
    expect(complaint(given)).toBe(`waymark: ${message}`);
  });

  test('takes one address with two paths', () => {
    expect(complaint({ collectors: ['/a', { collector: '/a', format: other }] })).toBe('nothing');
  });
});
