import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../helpers/bundle.mjs';

const run = promisify(execFile);
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;

/** The package as npm would publish it; packed without `prepack`, since the tests have built already. */
const folder = mkdtempSync(join(tmpdir(), 'waymark-package-'));
let packed: { filename: string; size: number; files: { path: string }[] };

beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
  [packed] = JSON.parse(stdout) as [typeof packed];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  test('holds what is used, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    const others = paths.filter((path) => !path.startsWith('dist/'));
    expect(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']).toEqual(expect.arrayContaining(others));
    expect(others).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
    expect(paths).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/core.js', 'dist/cjs/index.js', 'dist/cjs/index.d.ts', 'dist/cjs/package.json', 'dist/waymark.min.js', 'dist/batch.schema.json', 'dist/iglu/waymark/journey/jsonschema/1-0-0']));
    // Nothing that an earlier build or a test has left.
    expect(paths.filter((path) => !/\.(js|d\.ts|map|json|md)$|^LICENSE$|^dist\/iglu\/.+\/\d-\d-\d$/.test(path))).toEqual([]);
  });

  test('depends on idb-keyval and web-vitals alone', () => {
    expect(Object.keys(manifest.dependencies!)).toEqual(['idb-keyval', 'web-vitals']);
    expect(manifest.peerDependencies).toBeUndefined();
    expect(manifest.optionalDependencies).toBeUndefined();
    // An exact version: what was tested is what is installed.
    for (const version of Object.values(manifest.dependencies!)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    // Nothing runs on the machine of whoever installs it.
    expect(Object.keys(manifest.scripts!).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
  });

  test('is found without fault by publint', async () => {
    const files = packed.files.map(({ path }) => ({ name: `package/${path}`, data: readFileSync(path) }));
    const { messages } = await publint({ pkgDir: 'package', pack: { files }, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest, { color: false }))).toEqual([]);
  });

  test('gives its types to whoever imports it', async () => {
    // What the resolution of before 2022 (`node10`) sees of it is no fault.
    const flags = ['--profile', 'node16', '--exclude-entrypoints', 'schema.json', 'integrity.json', 'waymark.min.js', 'waymark.more.min.js', 'waymark.arrivals.min.js', 'waymark.asked.min.js', 'waymark.formats.min.js', 'waymark.shopify.min.js', '--format', 'ascii', '--no-color', '--no-emoji'];
    const { stdout } = await run('node_modules/.bin/attw', [join(folder, packed.filename), ...flags]);
    for (const entry of ['waymark', 'waymark/core', 'waymark/capture', 'waymark/journey', 'waymark/formats', 'waymark/shopify']) {
      expect(stdout).toContain(`"${entry}"\n\nnode16 (from CJS): OK (CJS)\nnode16 (from ESM): OK (ESM)\nbundler: OK`);
    }
  });

  test('says in its exports only what is there', () => {
    const paths = JSON.stringify(manifest.exports).match(/\.\/[^"]+\.(js|d\.ts|json)(?=")/g)!;
    const present = ['package.json', ...packed.files.map(({ path }) => path)];
    for (const path of paths.filter((each) => each.includes('/dist/'))) expect(present).toContain(path.slice(2));
  });

  test('names no path of the machine that built it', () => {
    for (const { path } of packed.files) expect(readFileSync(path, 'utf8').includes(process.cwd()), path).toBe(false);
  });
});

describe('a bundler', () => {
  test.each(['waymark', 'waymark/core', 'waymark/capture', 'waymark/journey', 'waymark/formats', 'waymark/shopify'])('keeps nothing of an import of %s that nobody uses', async (entry) => {
    expect(await bundle(`import '${entry}'; import * as all from '${entry}';`)).toBe('');
  });

  test('keeps only what is used: the journey without the tracker, the core without the capture', async () => {
    const journey = await bundle(`import { createJourney } from 'waymark/journey'; console.log(createJourney());`);
    expect(journey).not.toMatch(/indexedDB|fetch|addEventListener/);
    const core = await bundle(`import { createTracker } from 'waymark/core'; createTracker({ collector: '/events' });`);
    expect(core).toMatch('indexedDB');
    expect(core).not.toMatch(/add_to_cart|consideration|instagram|data-waymark/);
  });
});
