import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const hashes = JSON.parse(readFileSync('dist/integrity.json', 'utf8')) as Record<string, string>;
const hashOf = (name: string) => `sha384-${createHash('sha384').update(readFileSync(`dist/${name}`)).digest('base64')}`;

test('integrity.json has the hash of each file for browsers, by the address that it is loaded by', () => {
  const names = Object.keys(hashes).map((address) => address.split('?')[0]!);
  expect(names).toEqual(['waymark.min.js', 'waymark.more.min.js', 'waymark.arrivals.min.js', 'waymark.asked.min.js', 'waymark.formats.min.js', 'waymark.shopify.min.js']);
  expect(Object.values(hashes)).toEqual(names.map(hashOf));
  // The first file imports the others by these very addresses: an import map knows no other.
  for (const address of Object.keys(hashes).slice(1, 5)) expect(readFileSync('dist/waymark.min.js', 'utf8')).toContain(address);
});

test('no file for browsers loads code from elsewhere, or makes any of text', () => {
  for (const name of ['waymark.min.js', 'waymark.more.min.js', 'waymark.arrivals.min.js', 'waymark.asked.min.js', 'waymark.formats.min.js', 'waymark.shopify.min.js']) {
    const code = readFileSync(`dist/${name}`, 'utf8').replace(/\/\/# sourceMappingURL.*/, '');
    // The only import is that of another file, beside the first.
    expect(code.match(/\bimport\b/g) ?? []).toEqual(/^waymark\.(shopify\.)?min/.test(name) ? ['import'] : []);
    expect(code).not.toMatch(/\beval\b|\bnew Function\b|[^.\w]Function\(|document\.write|innerHTML|insertAdjacentHTML|createElement\(["']script|importScripts|new Worker|setAttribute\(["'](on|style)|\.style\b|cssText/);
  }
});
