import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);

/** After this time a run hangs, in milliseconds: they take seconds, and a machine that is ten times as busy must not fail them. */
const HANGS_MS = 5 * 60_000;

/** A shop's project that has installed the package, below this one: the runners are found there. */
let folder: string;
/** Names of the events that have arrived, by the runner that they came from. */
const arrived: Record<string, string[]> = {};
const collector = createServer(async (request, response) => {
  let text = '';
  for await (const part of request) text += part;
  response.setHeader('Access-Control-Allow-Origin', '*').setHeader('Access-Control-Allow-Headers', '*').end('{}');
  if (request.method !== 'POST') return;
  const { events } = JSON.parse(text) as { events: { name: string }[] };
  (arrived[request.url!.slice(1)] ??= []).push(...events.map(({ name }) => name));
});

beforeAll(async () => {
  mkdirSync('.cache', { recursive: true });
  folder = mkdtempSync(join('.cache', 'test-runners-'));
  cpSync(join('test', 'packages', 'test-runners'), folder, { recursive: true });
  for (const part of ['dist', 'package.json']) cpSync(part, join(folder, 'node_modules', 'waymark', part), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "shop" }');
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  collector.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a runner in the project, by the file that Node starts it with. Rejects where a test fails, and where the run does not end by itself. */
async function runTests(runner: string, file: string, args: string[], flags: string[] = []): Promise<string> {
  const env = { ...process.env, COLLECTOR: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`, RUNNER: runner, NODE_OPTIONS: flags.join(' ') };
  const { stdout, stderr } = await run(process.execPath, [file, ...args], { cwd: folder, env, timeout: HANGS_MS });
  return stdout + stderr;
}
const bin = (path: string) => join(process.cwd(), 'node_modules', path);
const vitest = (dom: string) => [bin('vitest/vitest.mjs'), ['run', '--root', '.', '--dir', '.', '--environment', dom, 'shop.vitest.js', '--config', 'vitest.config.mjs']] as const;
const jest = (file: string, dom: string) => [bin('jest/bin/jest.js'), ['--config', JSON.stringify({ testEnvironment: dom, testMatch: [`**/${file}`], transform: {}, testTimeout: HANGS_MS, moduleFileExtensions: ['js', 'cjs', 'mjs', 'json'] })]] as const;

const TRACKED = ['landing', 'page_view', 'hello', 'sent', 'purchase', 'engagement', 'page_view'];

describe('a shop’s tests, by the runner they are run with', () => {
  test.concurrent.each<[what: string, runner: string, file: string, args: readonly string[], flags: string[]]>([
    ['Vitest with happy-dom', 'happy-dom', ...vitest('happy-dom'), []],
    ['Vitest with jsdom', 'jsdom', ...vitest('jsdom'), []],
    ['Jest with jsdom, by import, with a fetch put in place', 'jest', ...jest('shop.jest.mjs', './dom-with-fetch.cjs'), ['--experimental-vm-modules']],
    ['Node’s own runner with jsdom', 'node', 'shop.node.mjs', [], []],
  ])('%s: events are tracked and arrive, and the run ends by itself', async (_, runner, file, args, flags) => {
    const said = await runTests(runner, file, [...args], flags);
    expect(said).toContain(`told: ${TRACKED}; delivered ${TRACKED.length}; kept 0;`);
    expect(arrived[runner]!.slice(0, TRACKED.length)).toEqual(TRACKED);
  }, 2 * HANGS_MS);

  const [jestFile, jestArgs] = jest('shop.jest.cjs', 'jsdom');
  test.concurrent('Jest with jsdom, by require: events are tracked, there is no fetch to send them with, and the console says so', async () => {
    const said = await runTests('require', jestFile, [...jestArgs]);
    expect(said).toContain(`told: ${TRACKED}; delivered 0; kept ${TRACKED.length};`);
    expect(said).toContain('waymark: there is no fetch here');
    expect(arrived.require).toBeUndefined();
  }, 2 * HANGS_MS);

  test.concurrent('Node’s own runner without a DOM, by require: nothing is tracked, and the run ends by itself', async () => {
    await runTests('server', 'server.node.cjs', []);
    expect(arrived.server).toBeUndefined();
  }, 2 * HANGS_MS);
});
