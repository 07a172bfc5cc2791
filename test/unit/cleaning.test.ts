import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanText, cleanTitle, cleanUrl, hashRoute } from '../../src/privacy/redact.js';
import { ORDINARY, PERSONAL } from '../helpers/addresses.js';

test.each(ORDINARY)('leaves an ordinary address alone: %s', (address) => {
  expect(cleanUrl(address)).toBe(address);
});

test.each(PERSONAL)('leaves nobody and no key in %s', (address, clean) => {
  expect(cleanUrl(address)).toBe(clean);
});

// But the name of a parameter that is somebody's address is none of a campaign's any more.
test.each(PERSONAL.filter(([address]) => !address.includes('?utm_ida')))('finds nothing more in what it made of %s', (_address, clean) => {
  expect(cleanUrl(clean)).toBe(clean);
});

test.each([
  ['https://ida%40mail.example:secret@shop.example/a', 'https://shop.example/a'],
  ['https://wa.me/491701234567', 'https://wa.me/[phone]'],
])('%s becomes %s', (address, clean) => {
  expect(cleanUrl(address)).toBe(clean);
});

test.each([
  ['Call +49 170 1234567 now', 'Call [phone] now'],
  ['Call +49 (0) 170 / 123 45 67', 'Call [phone]'],
  ['Ring +1-555-123-4567', 'Ring [phone]'],
  ['(555) 123-4567', '[phone]'],
  ['1-800-555-1234', '[phone]'],
  ['Our number: 555.123.4567.', 'Our number: [phone].'],
  ['0170 1234567 | Kites', '[phone] | Kites'],
  ['0170/1234567', '[phone]'],
  ['Tel. 030 12345678', 'Tel. [phone]'],
  ['Tel: 01701234567', 'Tel: [phone]'],
  ['020 7946 0958', '[phone]'],
  ['01 23 45 67 89', '[phone]'],
  ['Welcome back, "ida b"@mail.example', 'Welcome back, [email]'],
  ['Orders of iåa@käse.example (3)', 'Orders of [email] (3)'],
  ['ida%2540mail.example', '[email]'],
  ['Order 0a1b2c3d4e5f60718293a4b5c6d7e8f9', 'Order [token]'],
  ['Order 3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f – Kites', 'Order [token] – Kites'],
])('a title %j becomes %j', (title, clean) => {
  expect(cleanTitle(title)).toBe(clean);
});

test.each([
  'Kites for 1.299,00 € instead of 1 499,00 €', 'Only $1,299.99', '-50% from 27.11.2026 to 01.12.2026', 'Sale 01/02/2026 14:30', 'Order #1001', 'Order 112-1234567-1234567',
  'Order 2026-0001234', '#0123-456789', 'EAN 4006381333931', 'Bestsellers 2025 2026', 'Open 10:30-18:00', 'iPhone 15 Pro Max 256GB', '+20% 2026', 'Allen key 123456', 'Password reset',
  'Kites (1200 x 800 x 600)', '100-200-300', 'ISBN 978-3-16-148410-0', 'Phone 16 Pro', 'Telephone tables 2026', '100% cotton', 'Fish & Chips / Peas', 'Two @ signs', 'from 2026-11-27 to 2026-12-01',
])('a title %j stays', (title) => {
  expect(cleanTitle(title)).toBe(title);
});

test.each([
  ['#/reset/a8f3k2l9', '#/reset/[token]'],
  ['#!/pay/ida%2540mail.example', '#!/pay/[email]'],
  ['#/u/3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f', '#/u/[token]'],
  ['#/produkt/3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f', '#/produkt/3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f'],
  ['#/orders/3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f', '#/orders/[token]'],
  ['#/call/+491701234567', '#/call/[phone]'],
  ['#/products/red-kite', '#/products/red-kite'],
  ['#access_token=a8f3k2l9', ''],
])('of the fragment %s, the route %s stays', (fragment, clean) => {
  expect(hashRoute(fragment)).toBe(clean);
});

const [, readme = ''] = /<!-- cleaning -->([^]*?)\n\n/.exec(readFileSync('README.md', 'utf8')) ?? [];
const rows = readme.split('\n').slice(3).map((line) => line.split(' | '));

test('README says of all that is replaced where it is, with an example', () => {
  expect(rows).toHaveLength(13);
  for (const [, becomes, where, examples] of rows) {
    expect(becomes).toMatch(/^(`\[(email|phone|token)\]`|left out|stays)$/);
    expect(where).toMatch(/^(everywhere|addresses|texts and parameters)$/);
    expect(examples).toMatch(/^(`[^`]+` → `[^`]+`(, | \|$))+$/);
  }
});

test.each(rows.flatMap(([what, becomes, where, examples = '']) => [...examples.matchAll(/`([^`]+)` → `([^`]+)`/g)].map(([, from, to]) => [what!.slice(2), from!, to!, becomes!, where!])))(
  'README is right about %s: %s becomes %s',
  (_what, from, to, becomes, where) => {
    const host = from.startsWith('/') ? 'https://shop.example' : '';
    const isAddress = /^http/.test(host + from);
    expect(from.startsWith('#') ? hashRoute(from) : isAddress ? cleanUrl(host + from) : cleanTitle(from)).toBe(host + to);
    if (becomes.startsWith('`')) expect(to).toContain(becomes.slice(1, -1));
    if (becomes === 'stays') expect(to).toBe(from);
    if (where === 'everywhere' && isAddress && becomes === '`[email]`') expect(cleanTitle(from)).toContain('[email]');
  },
);

describe('allowed parameters', () => {
  const stays = (name: string) => ['variant', 'q', 'key', 'user', 'tel'].includes(name);
  test.each([
    ['?variant=4321&q=red+kite&utm_source=x&other=1', '?variant=4321&q=red+kite'],
    ['?variant=507f1f77bcf86cd799439011', '?variant=507f1f77bcf86cd799439011'],
    ['?q=ida%40mail.example', '?q=[email]'],
    ['?q=0170+1234567', '?q=[phone]'],
    ['?key=wc_order_a1B2c3D4e5F6g', '?key=[token]'],
    ['?variant=3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f', '?variant=3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f'],
    ['?user=3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f', '?user=[token]'],
    ['?tel=01701234567', '?tel=[phone]'],
    ['?Q=red', ''],
  ])('%s becomes %s', (query, clean) => {
    expect(cleanUrl(`https://shop.example/a${query}`, stays)).toBe(`https://shop.example/a${clean}`);
  });
});

/** Numbers in [0, 1), the same in every run. */
function randomBy(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
const DIGITS = '0123456789';
const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const URL_SAFE = `${DIGITS}${SMALL}${SMALL.toUpperCase()}`;

test.each([
  ['20 hexadecimal digits', 20, `${DIGITS}abcdef`],
  ['32 hexadecimal digits', 32, `${DIGITS}abcdef`],
  ['40 hexadecimal digits', 40, `${DIGITS}ABCDEF`],
  ['22 letters and digits', 22, URL_SAFE],
  ['32 letters and digits', 32, URL_SAFE],
  ['a nanoid', 21, `${URL_SAFE}-_`],
  ['32 bytes as base64url', 43, `${URL_SAFE}-_`],
  ['a ULID', 26, '0123456789ABCDEFGHJKMNPQRSTVWXYZ'],
  ['25 small letters and digits', 25, DIGITS + SMALL],
])('knows %s, nine of ten at least', (_what, length, letters) => {
  const random = randomBy(length);
  const tokens = Array.from({ length: 2000 }, () => Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join(''));
  const known = tokens.filter((token) => cleanUrl(`https://shop.example/x/${token}`) === 'https://shop.example/x/[token]').length;
  console.log(`${_what}: ${known / 20}%`);
  expect(known / tokens.length).toBeGreaterThan(0.9);
});

test('leaves alone whatever is made of words and numbers by hyphens', () => {
  const word = fc.oneof(fc.constantFrom('red', 'kite', 'iphone', 'pro', 'max', 'running', 'shoes', 'geschenkverpackung', 'xl', 'Hausschuh', 'MacBook'), fc.integer({ min: 0, max: 99_999 }).map(String), fc.stringMatching(/^[a-z]{1,3}\d{1,4}[a-z]{0,2}$/));
  const slug = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join('-'));
  fc.assert(fc.property(fc.array(slug, { minLength: 1, maxLength: 4 }), (path) => {
    const address = `https://shop.example/x/${path.join('/')}`;
    expect(cleanUrl(address)).toBe(address);
  }));
});

test('never has an e-mail address or a token that was put into it, and does not change when cleaned again', () => {
  const padding = fc.stringMatching(/^[xyz/%;=_.,?&#+ -]{0,12}$/);
  const secret = fc.constantFrom('ida@mail.example', 'ida%40mail.example', 'ida%2540mail.example', '/0a1b2c3d4e5f60718293a4b5c6d7e8f9/', '/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ.x/');
  fc.assert(fc.property(padding, secret, padding, fc.boolean(), (before, text, after, isQuery) => {
    const clean = cleanUrl(`https://shop.example/${isQuery ? '?utm_x=' : ''}${before}${text}${after}`);
    expect(clean).not.toMatch(/mail\.example|0a1b2c3d4e5f|eyJhbGci/);
    expect(cleanUrl(clean)).toBe(clean);
  }), { numRuns: 1000 });
});

test('takes time in proportion to what it is given, whatever that is', () => {
  const letters = ['a', 'A', '0', '1', ' ', '/', '@', 'a@', '%', '%25', '%2', '%40', '+', '+1', '-', '0-', '01 ', '(', '(0', '"', '"a', 'eyJ', 'eyJ-', 'eyJ.', ' eyJ', 'a-', 'a1', 'aA', 'Aaa', 'Aa1', '.', '_', 'sess', '-sid', 'reset/', 'tel/', '&a', '?a=', ';', '=', '0a', 'f0-', '555-', '(555) ', '01/', '\u00e4', '\ud83e'];
  for (const letter of letters) {
    for (const end of ['', '@.']) {
      const text = letter.repeat(100_000 / letter.length) + end;
      const since = process.cpuUsage();
      cleanText(text);
      cleanUrl(`https://shop.example/${text}?utm_x=${text}`);
      cleanTitle(text);
      hashRoute(`#/${text}`);
      const { user, system } = process.cpuUsage(since);
      // Of the processor's time, not the clock's: what grows with the square takes many seconds.
      expect((user + system) / 1e6, `${letter} … ${end}`).toBeLessThan(1.5);
    }
  }
});
