import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanTitle, cleanUrl, hashRoute } from '../../src/privacy/redact.js';

describe('an address', () => {
  test.each<[promise: string, address: string, clean: string]>([
    ['stays as it is where there is nothing to hide', 'https://shop.example/kites/red', 'https://shop.example/kites/red'],
    ['keeps its port', 'http://127.0.0.1:4173/', 'http://127.0.0.1:4173/'],
    ['gets a path where it has none', 'https://shop.example', 'https://shop.example/'],
    ['keeps letters of all kinds in its path', 'https://shop.example/k%C3%A4se/%F0%9F%AA%81', 'https://shop.example/k%C3%A4se/%F0%9F%AA%81'],
    ['loses its fragment', 'https://shop.example/a#token=secret', 'https://shop.example/a'],
    ['loses a user name', 'https://ida@shop.example/a', 'https://shop.example/a'],
    ['loses a user name and a password', 'https://ida:secret@shop.example:8443/a', 'https://shop.example:8443/a'],
    ['loses a user name that is an e-mail address', 'https://ida%40mail.example:x@shop.example/a', 'https://shop.example/a'],
  ])('%s', (_promise, address, clean) => {
    expect(cleanUrl(address)).toBe(clean);
  });

  test.each<[promise: string, query: string, clean: string]>([
    ['keeps campaign parameters', '?utm_source=instagram&utm_medium=social', '?utm_source=instagram&utm_medium=social'],
    ['keeps campaign parameters in capitals', '?UTM_Source=instagram', '?UTM_Source=instagram'],
    ['keeps campaign parameters of a later make', '?utm_creative_format=video', '?utm_creative_format=video'],
    ['keeps the letters of a campaign', '?utm_campaign=spring+sale%21', '?utm_campaign=spring+sale%21'],
    ['loses everything else', '?color=red&session=secret&gclid=G1', ''],
    ['loses everything else between campaign parameters', '?a=1&utm_source=x&b=2&utm_medium=y&c=3', '?utm_source=x&utm_medium=y'],
    ['loses what comes twice, both times', '?token=1&utm_source=x&token=2', '?utm_source=x'],
    ['loses names that only look like a campaign', '?xutm_source=secret&utm=secret&utmsource=secret', ''],
    ['loses names written in percent signs', '?%74oken=secret', ''],
    ['keeps campaign names written in percent signs', '?utm%5Fsource=x&token=y', '?utm_source=x'],
    ['loses a parameter without a value', '?secret', ''],
    ['loses what hides behind a second question mark', '?a=1?token=secret', ''],
  ])('%s', (_promise, query, clean) => {
    expect(cleanUrl(`https://shop.example/a${query}`)).toBe(`https://shop.example/a${clean}`);
  });

  test.each<[address: string, clean: string]>([
    ['https://shop.example/account/ida@mail.example', 'https://shop.example/account/[email]'],
    ['https://shop.example/account/ida%40mail.example/orders', 'https://shop.example/account/[email]/orders'],
    ['https://shop.example/a/ida.b+c@mail.example/ole@mail.example', 'https://shop.example/a/[email]/[email]'],
    ['https://shop.example/?utm_term=ida@mail.example', 'https://shop.example/?utm_term=[email]'],
    ['https://shop.example/?utm_term=ida%40mail.example&utm_id=7', 'https://shop.example/?utm_term=[email]&utm_id=7'],
    ['https://shop.example/?utm_id=7&utm_content=for+IDA%40MAIL.EXAMPLE', 'https://shop.example/?utm_id=7&utm_content=[email]'],
    ['https://shop.example/?utm_ida@mail.example=1', 'https://shop.example/?[email]=1'],
    ['https://shop.example/?email=ida@mail.example', 'https://shop.example/'],
    ['https://shop.example/#ida@mail.example', 'https://shop.example/'],
  ])('names nobody: %s', (address, clean) => {
    expect(cleanUrl(address)).toBe(clean);
  });

  test.each([
    '', 'shop.example', '/a/b', 'about:blank', 'about:srcdoc', 'data:text/html,secret', 'javascript:secret', 'blob:https://shop.example/1',
    'file:///home/ida/secret.html', 'mailto:ida@mail.example', 'android-app://com.example/', 'chrome-extension://abc/a.html', 'https://', 'http://[',
  ])('is empty where it is none of the web: %j', (address) => {
    expect(cleanUrl(address)).toBe('');
  });

  test.each([undefined, null, 7, {}])('is empty where it is %j', (address) => {
    expect(cleanUrl(address as string)).toBe('');
  });

  test('is kept to 2048 characters', () => {
    const long = cleanUrl(`https://shop.example/${'a'.repeat(3000)}`);
    expect(long).toHaveLength(2048);
    expect(long).toMatch(/^https:\/\/shop\.example\/a+$/);
  });

  test('is not cut inside a character, wherever that is', () => {
    for (const letters of Array.from({ length: 13 }, (_, more) => 'a'.repeat(2015 + more))) {
      for (const long of [cleanUrl(`https://shop.example/${letters}😀é😀`), cleanUrl(`https://shop.example/?utm_source=${letters.slice(12)}😀é😀`), hashRoute(`#/${letters}aaaaaaaaaaaaaaaaaa%F0%9F%98%80%C3%A9`)]) {
        expect(long.length).toBeLessThanOrEqual(2048);
        expect(decodeURIComponent(long)).toMatch(/a(😀)?é?$/);
      }
    }
  });

  test('never has anything of a user, a parameter or a fragment, whatever it was', () => {
    const secret = 'sEcReT';
    const part = fc.stringMatching(/^[a-z0-9._-]{1,8}$/);
    fc.assert(
      fc.property(part, part, part, fc.boolean(), (path, name, value, isUpper) => {
        const parameter = (isUpper ? name.toUpperCase() : name).replace(/^utm_/i, '');
        const clean = cleanUrl(`https://${secret}:${secret}@shop.example/${path}?${parameter}=${secret}&utm_source=${value}#${secret}`);
        expect(clean).not.toContain(secret);
        expect(clean).toContain(`?utm_source=${value}`);
      }),
    );
  });
});

describe('a title', () => {
  test.each([
    ['Kites and reels', 'Kites and reels'],
    ['', ''],
    ['Welcome back, ida@mail.example!', 'Welcome back, [email]'],
    ['ida%40mail.example', '[email]'],
    ['Two @ signs @ the shop', 'Two @ signs @ the shop'],
    ['@kites on Instagram', '@kites on Instagram'],
  ])('%j is kept as %j', (title, clean) => {
    expect(cleanTitle(title)).toBe(clean);
  });

  test('is kept to 300 characters', () => {
    expect(cleanTitle('x'.repeat(3000))).toHaveLength(300);
    expect(cleanTitle(`${'x'.repeat(299)}😀`)).toBe('x'.repeat(299));
    expect(cleanTitle(`${'x'.repeat(298)}😀`)).toBe(`${'x'.repeat(298)}😀`);
  });
});
