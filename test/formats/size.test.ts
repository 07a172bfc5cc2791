import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundle } from '../helpers/bundle.mjs';

/** How far README may be off, in bytes: versions of Node bring versions of brotli. */
const TOLERANCE = 40;

const table = /<!-- format sizes -->([^]*?)\n\n/.exec(readFileSync('README.md', 'utf8'))![1]!;
const rows = [...table.matchAll(/^\| `(\w+)` \| ([\d,]+) B \|$/gm)].map(([, name, size]) => [name!, Number(size!.replace(',', ''))] as const);
const exported = /export \{[^]*$/.exec(readFileSync('src/formats/index.ts', 'utf8'))![0];

test('README has the size of every format', () => {
  const names = [...exported.matchAll(/export \{ (\w+)/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(11);
  expect(rows.map(([name]) => name).sort()).toEqual(names.sort());
});

test.each(rows)('%s alone has %i B by brotli: a bundler leaves the others out', async (name, size) => {
  const code = await bundle(`export { ${name} } from 'waymark/formats';`);
  expect(Math.abs(brotliCompressSync(code).length - size), `it has ${brotliCompressSync(code).length} B`).toBeLessThanOrEqual(TOLERANCE);
});
