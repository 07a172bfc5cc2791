import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLink, writeLink } from '../../src/identity/link.js';

const ID = '7d1f2c9a-41b8-4f0e-8c55-20a4c7de9b13';
const UA = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0';
const NOW = Date.UTC(2026, 10, 27);
const LINK = writeLink(ID, NOW, UA);

describe('a link between the shop’s domains', () => {
  test('says who the visitor is, in the browser that it was made in', () => {
    expect(LINK).toMatch(/^[\da-f-]{36}\.[\da-z]+\.[\da-f]{8}$/);
    expect(readLink(LINK, NOW + 1000, UA)).toBe(ID);
  });

  test.each([
    ['after two minutes', LINK, NOW + 120_000, UA],
    ['made two minutes ahead', LINK, NOW - 120_000, UA],
    ['in another browser', LINK, NOW, `${UA} Safari`],
    ['with another visitor', LINK.replace('7d1f', '7d1e'), NOW, UA],
    ['with another time', LINK.replace(`.${NOW.toString(36)}.`, `.${(NOW + 60_000).toString(36)}.`), NOW + 60_000, UA],
    ['with more behind it', `${LINK}.x`, NOW, UA],
    ['with a huge time', LINK.replace(/\.[\da-z]+\./, `.${'z'.repeat(500)}.`), NOW, UA],
    ['that is none', 'wml', NOW, UA],
    ['that is not there', null, NOW, UA],
  ])('%s says nothing', (_what, text, now, userAgent) => {
    expect(readLink(text, now, userAgent)).toBeUndefined();
  });

  test('cannot be made up, whatever stands in an address', () => {
    fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => readLink(text, NOW, UA) === undefined));
    fc.assert(fc.property(fc.nat(LINK.length - 1), fc.constantFrom(...'0123456789abcdefz'), (at, letter) => LINK[at] === letter || LINK[at] === '.' || readLink(LINK.slice(0, at) + letter + LINK.slice(at + 1), NOW, UA) === undefined));
  });
});
