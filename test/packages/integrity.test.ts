import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const hashes = JSON.parse(readFileSync('dist/integrity.json', 'utf8')) as Record<string, string>;
/** All files for browsers. */
const NAMES = [
  '',
  'arrivals.',
  'asked.',
  'cart.',
  'commerce.',
  'consent.',
  'formats.',
  'layer.',
  'leaving.',
  'marked.',
  'markup.',
  'models.',
  'routes.',
  'shared.',
  'sharing.',
  'tidy.',
  'told.',
  'trouble.',
  'vitals.',
  'shopify.',
].map((name) => `waymark.${name}min.js`);
const hashOf = (name: string) =>
  `sha384-${createHash('sha384')
    .update(readFileSync(`dist/${name}`))
    .digest('base64')}`;

test('integrity.json has the hash of each file for browsers, by the address that it is loaded by', () => {
  const names = Object.keys(hashes).map((address) => address.split('?')[0]!);
  expect(names).toEqual(NAMES);
  expect(Object.values(hashes)).toEqual(names.map(hashOf));
  // The first file, or a part, imports the others by these very addresses: an import map knows no other.
  for (const address of Object.keys(hashes).slice(1, -1))
    expect(readFileSync(`dist/waymark.${/shared/.test(address) ? 'layer.' : ''}min.js`, 'utf8')).toContain(address);
});

test('no file for browsers loads code from elsewhere, or makes any of text', () => {
  for (const name of NAMES) {
    const code = readFileSync(`dist/${name}`, 'utf8').replace(/\/\/# sourceMappingURL.*/, '');
    // The only import is that of another file, beside the first.
    const imports = code.match(/\bimport\b(?! ?\w* ?from ?"\.\/waymark\.shared\.min\.js\?v=)/g) ?? [];
    expect(imports.length).toBe(/^waymark\.(shopify\.)?min/.test(name) ? 1 : 0);
    expect(code).not.toMatch(
      /\beval\b|\bnew Function\b|[^.\w]Function\(|document\.write|innerHTML|insertAdjacentHTML|createElement\(["']script|importScripts|new Worker|setAttribute\(["'](on|style)|\.style\b|cssText/,
    );
  }
});
