import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from './helpers/bundle.mjs';

/**
 * What is measured: how it begins in README's table, and the most bytes it may have by brotli.
 */
const BUDGETS: { what: string; maxBytes: number; read(): Promise<string> }[] = [
  { what: 'waymark.min.js', maxBytes: 33_500, read: async () => readFileSync('dist/waymark.min.js', 'utf8') },
  { what: 'waymark.more.min.js', maxBytes: 13_500, read: async () => readFileSync('dist/waymark.more.min.js', 'utf8') },
  { what: 'waymark.arrivals.min.js', maxBytes: 6_300, read: async () => readFileSync('dist/waymark.arrivals.min.js', 'utf8') },
  { what: 'waymark.asked.min.js', maxBytes: 2_400, read: async () => readFileSync('dist/waymark.asked.min.js', 'utf8') },
  { what: 'waymark.formats.min.js', maxBytes: 3_600, read: async () => readFileSync('dist/waymark.formats.min.js', 'utf8') },
  { what: 'waymark.shopify.min.js', maxBytes: 28_800, read: async () => readFileSync('dist/waymark.shopify.min.js', 'utf8') },
  { what: "import { createTracker } from 'waymark/core'", maxBytes: 14_800, read: () => bundle(`export { createTracker } from 'waymark/core';`) },
];
/** How far README may be off, in bytes: versions of Node bring versions of brotli. */
const TOLERANCE = 40;

const format = (bytes: number) => bytes.toLocaleString('en-US');
const table = /<!-- sizes -->([^]*?)(\n\n|$)/.exec(readFileSync('README.md', 'utf8'))?.[1];

describe.each(BUDGETS)('$what', ({ what, maxBytes, read }) => {
  let bytes: number;

  beforeAll(async () => {
    const code = await read();
    bytes = brotliCompressSync(code).length;
    console.log(`${what}: ${format(bytes)} B brotli, ${format(gzipSync(code, { level: 9 }).length)} B gzip, ${format(code.length)} B minified; budget ${format(maxBytes)} B brotli`);
  });

  test('keeps within its budget', () => {
    expect(bytes).toBeLessThanOrEqual(maxBytes);
  });

  test.skipIf(!table)('is as large as README says', () => {
    const cells = table!.split('\n').find((line) => line.includes(what))?.split('|');
    const [size, budget] = (cells ?? []).slice(2).map((cell) => Number(cell.replace(/[\s,B]/g, '')));
    expect(Math.abs(size! - bytes), `README says ${cells?.[2]} of ${what}, which has ${format(bytes)} B`).toBeLessThanOrEqual(TOLERANCE);
    expect(budget).toBe(maxBytes);
  });
});
