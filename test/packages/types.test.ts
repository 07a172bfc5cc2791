import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const readme = readFileSync('README.md', 'utf8');
const EVERYTHING = `import { createTracker } from 'waymark';
import * as core from 'waymark/core';
import * as capture from 'waymark/capture';
import * as journey from 'waymark/journey';
import * as formats from 'waymark/formats';
export const tracker = createTracker<{ shown: { place: string } }>({ collector: '/events', models: [journey.aidaModel], format: formats.ndjson() });
tracker.track('shown', { place: 'top' });
tracker.cart.add({ item_id: 'A1' });
export const plain = core.createTracker({ collector: '/events', plugins: [capture.pages()] });
`;
/** A server's, with no document. */
const SERVER = `import { createJourney, defineModel, linear } from 'waymark/journey';
const step = createJourney().record({ name: 'view_item' });
export const weights: number[] = linear(step.path ?? []);
export const define = defineModel;
`;

let folder: string;
beforeAll(() => {
  mkdirSync('.cache', { recursive: true });
  folder = mkdtempSync(join('.cache', 'types-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules', 'waymark'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'everything.ts'), EVERYTHING);
  writeFileSync(join(folder, 'server.ts'), SERVER);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a compiler says of a file of the project, libraries checked. */
async function compile(compiler: string, file: string, lib: string[], module: string, moduleResolution: string): Promise<string> {
  const config = join(folder, `${file}.${moduleResolution}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions: { lib, types: [], module, moduleResolution, strict: true, noEmit: true, skipLibCheck: false, target: 'ES2021' }, files: [file] }));
  const said = await run(process.execPath, [join(compiler, 'bin', 'tsc'), '--pretty', 'false', '-p', config]).catch((error: { stdout: string; stderr: string }) => error);
  return said.stdout + said.stderr;
}

const OLDEST = 'test/packages/oldest-typescript/node_modules/typescript';
const DOM = ['ES2021', 'DOM', 'DOM.Iterable'];

test('says in README which TypeScript is the oldest', () => {
  const { version } = JSON.parse(readFileSync(join(OLDEST, 'package.json'), 'utf8')) as { version: string };
  expect(readme).toContain(`TypeScript ${version.split('.').slice(0, 2).join('.')} or later`);
});

test.concurrent.each([
  ['the oldest TypeScript, as Node resolves', OLDEST, 'everything.ts', DOM, 'nodenext', 'nodenext'],
  ['the oldest TypeScript, as bundlers resolve', OLDEST, 'everything.ts', DOM, 'esnext', 'bundler'],
  ['the oldest TypeScript, waymark/journey on a server without a DOM', OLDEST, 'server.ts', ['ES2021'], 'nodenext', 'nodenext'],
  ['waymark/journey on a server without a DOM', 'node_modules/typescript', 'server.ts', ['ES2021'], 'esnext', 'bundler'],
])('compiles with %s', async (_, compiler, file, lib, module, resolution) => {
  expect(await compile(compiler, file, lib, module, resolution)).toBe('');
});

describe('an editor', () => {
  test('shows a text for every option', () => {
    const named = ['src/options.ts', 'src/first.ts'].flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/^  (\w+)\?: .*\| undefined;$/gm)].map(([, name]) => name!));
    // Those of one of several collectors have the same names, or are not the tracker's.
    const names = [...new Set(named)].filter((name) => !['events', 'name', 'collector', 'collectors'].includes(name));
    expect(names.length).toBeGreaterThan(35);
    const code = `import { createTracker } from 'waymark';\ncreateTracker({ collectors: ['/events'] });\ncreateTracker({\n  collector: '/events',\n${names.map((name) => `  ${name}: undefined,`).join('\n')}\n});\n`;
    const file = resolve(folder, 'hover.ts');
    const service = ts.createLanguageService({
      getCompilationSettings: () => ({ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true, types: [] }),
      getScriptFileNames: () => [file],
      getScriptVersion: () => '1',
      getScriptSnapshot: (name) => (name === file ? ts.ScriptSnapshot.fromString(code) : ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(ts.sys.readFile(name)!) : undefined),
      getCurrentDirectory: () => resolve(folder),
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: (name) => name === file || ts.sys.fileExists(name),
      readFile: ts.sys.readFile,
      directoryExists: ts.sys.directoryExists,
    });
    const silent = [...names, 'collector', 'collectors'].filter((name) => !service.getQuickInfoAtPosition(file, code.search(new RegExp(` ${name}: `)) + 1)?.documentation?.length);
    expect(silent).toEqual([]);
  });
});

test('knows in its types, tells in README and reports in its source the same problems', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts')).map((path) => readFileSync(join('src', path), 'utf8')).join('\n');
  const typed = [...readFileSync('src/problems.ts', 'utf8').matchAll(/\| '(\w+)'/g)].map(([, code]) => code!);
  const [, table] = /\n\| code \| what happened \|\n([^]*?)\n\n/.exec(readme)!;
  const told = table!.split('\n').flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, code]) => code!));
  const reported = [
    ...[...sources.matchAll(/\breport\('(\w+)'/g)].map(([, code]) => code!),
    ...[...sources.matchAll(/\breject\('(\w+)'/g)].map(([, name]) => `invalid_${name}`),
    ...[...sources.matchAll(/\bleaveOut\('(\w+)'/g)].map(([, name]) => `invalid_${name}`),
  ];
  expect([...told].sort()).toEqual([...typed].sort());
  expect(reported.filter((code) => !typed.includes(code))).toEqual([]);
});
