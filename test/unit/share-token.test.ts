import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createToken, markLink, readToken, type ShareToken } from '../../src/capture/share-token.js';

const SHOP = 'https://shop.example/products/dunlin';
const TOKEN: ShareToken = { token: '0123456789ab', depth: 1 };

const read = (query: string) => readToken(new URL(SHOP + query));
/** The address with this text for its token. */
const forge = (text: string) => {
  const address = new URL(SHOP);
  address.searchParams.set('wm', text);
  return address;
};
const mark = (rest: string, token = TOKEN) => markLink(new URL(SHOP + rest), token);
const isSound = (found: ShareToken | undefined) =>
  found === undefined || (/^[\da-f]{12}$/.test(found.token) && Number.isInteger(found.depth) && found.depth >= 1 && found.depth <= 20);

describe('a token', () => {
  test('is 12 random hex digits, another for every share, and the depth 1', () => {
    const tokens = Array.from({ length: 1000 }, () => createToken());
    for (const { token, depth } of tokens) {
      expect(token).toMatch(/^[\da-f]{12}$/);
      expect(depth).toBe(1);
    }
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1000);
  });

  test('is read from the link as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.webUrl({ withQueryParameters: true, withFragments: true }), (depth, url) => {
        const token = createToken(depth ? { token: 'aaaaaaaaaaaa', depth } : undefined);
        expect(readToken(new URL(markLink(new URL(url), token)))).toEqual(token);
      }),
    );
  });

  test('is one deeper with everybody who passes it on, and another one', () => {
    let parent = createToken();
    for (const depth of [2, 3, 4]) {
      const child = createToken(parent);
      expect(child.depth).toBe(depth);
      expect(child.token).not.toBe(parent.token);
      parent = child;
    }
  });

  test('is never deeper than 20', () => {
    const depths: number[] = [];
    let parent: ShareToken | undefined;
    for (let person = 0; person < 30; person++) depths.push((parent = createToken(parent)).depth);
    expect(depths.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(new Set(depths.slice(20))).toEqual(new Set([20]));
    expect(createToken({ token: 'aaaaaaaaaaaa', depth: 1e9 }).depth).toBe(20);
  });
});

test.each([
  ['?sig=a%20c&flag', '?sig=a%20c&flag&wm=0123456789ab-1'],
  ['?a=1;b=2#x', '?a=1;b=2&wm=0123456789ab-1#x'],
  ['?q=b+c&utm_source=x&d=%2f', '?q=b+c&d=%2f&wm=0123456789ab-1'],
  ['?wml=7d1f2c9a.abc.def&a', '?a&wm=0123456789ab-1'],
  ['?', '?wm=0123456789ab-1'],
])('a link keeps all else as it is written: %s', (given, marked) => {
  expect(mark(given)).toBe(SHOP + marked);
});

describe('a token that somebody made up', () => {
  test.each<[what: string, query: string, expected: ShareToken | undefined]>([
    ['none', '', undefined],
    ['nothing in it', '?wm=', undefined],
    ['no value', '?wm', undefined],
    ['letters', '?wm=zz', undefined],
    ['no depth', '?wm=0123456789ab', undefined],
    ['an empty depth', '?wm=0123456789ab-', undefined],
    ['too few digits', '?wm=0123456789a-1', undefined],
    ['too many digits', '?wm=0123456789abc-1', undefined],
    ['capitals', '?wm=0123456789AB-1', undefined],
    ['letters that are no hex digits', '?wm=0123456789xy-1', undefined],
    ['the depth 0', '?wm=0123456789ab-0', undefined],
    ['the depth 00', '?wm=0123456789ab-00', undefined],
    ['a negative depth', '?wm=0123456789ab--1', undefined],
    ['a depth of three digits', '?wm=0123456789ab-100', undefined],
    ['a huge depth', '?wm=0123456789ab-99999999999999999999', undefined],
    ['a fraction', '?wm=0123456789ab-1.5', undefined],
    ['an exponent', '?wm=0123456789ab-1e9', undefined],
    ['emoji', '?wm=🎁', undefined],
    ['emoji for a depth', '?wm=0123456789ab-🎁', undefined],
    ['digits of another script', '?wm=0123456789ab-٣', undefined],
    ['white space around it', '?wm=%200123456789ab-1', undefined],
    ['a line below it', '?wm=0123456789ab-1%0A', undefined],
    ['HTML', '?wm=<script>alert(1)</script>', undefined],
    ['another name', '?WM=0123456789ab-1', undefined],
    ['a place behind #', '#wm=0123456789ab-1', undefined],
    ['a broken escape', '?wm=%E0%A4%A', undefined],
    ['a depth beyond the greatest', '?wm=0123456789ab-99', { token: '0123456789ab', depth: 20 }],
    ['the greatest depth', '?wm=0123456789ab-20', { token: '0123456789ab', depth: 20 }],
    ['a good one first, a bad one after it', '?wm=0123456789ab-2&wm=zz', { token: '0123456789ab', depth: 2 }],
    ['a bad one first, a good one after it', '?wm=zz&wm=0123456789ab-2', undefined],
    ['a megabyte', `?wm=${'a'.repeat(1_000_000)}`, undefined],
    ['a megabyte of digits for a depth', `?wm=0123456789ab-${'1'.repeat(1_000_000)}`, undefined],
    ['a good one, and a megabyte beside it', `?x=${'a'.repeat(1_000_000)}&wm=0123456789ab-3`, { token: '0123456789ab', depth: 3 }],
  ])('with %s is read as what it can be', (_what, query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  test('is none where there is no address', () => {
    expect(readToken(undefined)).toBeUndefined();
  });

  test('never throws, and is none or within its bounds', () => {
    const near = fc.tuple(fc.string({ unit: fc.constantFrom(...'0123456789abcdefABZ-'), maxLength: 14 }), fc.constantFrom('', '-'), fc.oneof(fc.integer().map(String), fc.string()));
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), near.map((parts) => parts.join('')));
    fc.assert(fc.property(text, (value) => isSound(readToken(forge(value)))), { numRuns: 1000 });
    // What passes goes no deeper by passing on.
    fc.assert(fc.property(fc.integer({ min: 0, max: 200 }), (depth) => {
      const found = readToken(forge(`0123456789ab-${depth}`));
      expect(isSound(found)).toBe(true);
      expect(createToken(found).depth).toBeLessThanOrEqual(20);
    }));
  });
});

describe('a shared link', () => {
  test.each<[what: string, rest: string, expected: string]>([
    ['is the address and the mark', '', '?wm=0123456789ab-1'],
    ['keeps what the page needs', '?variant=3', '?variant=3&wm=0123456789ab-1'],
    ['keeps client_id, which is no click id', '?client_id=7', '?client_id=7&wm=0123456789ab-1'],
    ['keeps the ids of articles and collections', '?article_id=1&collection_id=2&id=3&click=4', '?article_id=1&collection_id=2&id=3&click=4&wm=0123456789ab-1'],
    ['keeps the fragment', '#reviews', '?wm=0123456789ab-1#reviews'],
    ['keeps a fragment that looks like a query', '#/p?utm_source=x', '?wm=0123456789ab-1#/p?utm_source=x'],
    ['keeps a parameter that is there twice', '?size=S&size=M', '?size=S&size=M&wm=0123456789ab-1'],
    ['drops an older mark', '?wm=ffffffffffff-7&variant=3', '?wm=0123456789ab-1&variant=3'],
    ['drops all older marks', '?wm=ffffffffffff-7&wm=zz', '?wm=0123456789ab-1'],
    ['drops the campaign of its own arrival', '?utm_source=instagram&utm_medium=social&variant=3&UTM_Campaign=spring&utm_x=1', '?variant=3&wm=0123456789ab-1'],
    ['drops a campaign parameter that is there twice', '?utm_source=a&utm_source=b', '?wm=0123456789ab-1'],
    ['keeps what ends like no click id', '?cycle=1&clip_id=2&wmx=3', '?cycle=1&clip_id=2&wmx=3&wm=0123456789ab-1'],
    ['keeps what only contains utm_', '?xutm_source=a', '?xutm_source=a&wm=0123456789ab-1'],
    ...['fbclid', 'gclid', 'msclkid', 'click_id', 'clickid', 'dclid', 'ttclid', 'twclid', 'yclid', 'igshid', 'gbraid', 'wbraid', 'GCLID'].map(
      (name): [string, string, string] => [`drops the click id ${name}`, `?a=1&${name}=c1&variant=3#reviews`, '?a=1&variant=3&wm=0123456789ab-1#reviews'],
    ),
  ])('%s', (_what, rest, expected) => {
    expect(mark(rest)).toBe(SHOP + expected);
  });

  test('keeps a parameter that ends in braid', () => {
    expect(mark('?braid=long')).toBe(`${SHOP}?braid=long&wm=0123456789ab-1`);
  });

  test('leaves the address that it is made of alone', () => {
    const address = new URL(`${SHOP}?utm_source=x&variant=3`);
    markLink(address, TOKEN);
    expect(address.href).toBe(`${SHOP}?utm_source=x&variant=3`);
  });

  test('bears one mark and nothing of an arrival, whatever the address, and marking it again changes only the mark', () => {
    const query = fc.array(fc.tuple(fc.constantFrom('utm_source', 'fbclid', 'gclid', 'wm', 'variant', 'q'), fc.string()));
    fc.assert(
      fc.property(query, (pairs) => {
        const link = new URL(mark(`?${new URLSearchParams(pairs)}`));
        const names = [...link.searchParams.keys()];
        expect(names.filter((name) => name === 'wm')).toHaveLength(1);
        expect(names.filter((name) => /utm|clid/.test(name))).toEqual([]);
        expect(names.filter((name) => /variant|q/.test(name))).toHaveLength(pairs.filter(([name]) => /variant|q/.test(name)).length);
        const again = { token: 'ffffffffffff', depth: 2 };
        expect(markLink(link, again)).toBe(link.href.replace('wm=0123456789ab-1', 'wm=ffffffffffff-2'));
      }),
    );
  });
});
