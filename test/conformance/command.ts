import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findEngines, type EngineName } from '../helpers/engines.js';
import type { Adapter } from './adapter.js';
import beacon from './adapters/beacon.js';
import waymark from './adapters/waymark.js';
import { openSession, type Result } from './run.js';
import { scenarios } from './scenarios.js';
import { isSound, line, table } from './table.js';

const HELP = `npm run conformance -- [options]
  --engine NAME     chromium, firefox or webkit; may be repeated. Default: all that are there
  --scenario NAME   may be repeated. Default: all
  --tracker NAME    waymark, beacon, or the path of an adapter; may be repeated. Default: waymark and beacon
  --times N         runs each so often. Default: 1
  --json            prints every result, with every request, instead of the table
  --list            prints the scenarios`;

const ADAPTERS: Record<string, Adapter> = { waymark, beacon };

async function load(name: string): Promise<Adapter> {
  const known = ADAPTERS[name];
  if (known) return known;
  if (!existsSync(name)) throw new Error(`no tracker and no file: ${name}`);
  const { runnerImport } = await import('vite');
  return (await runnerImport<{ default: Adapter }>(resolve(name), { configFile: false, logLevel: 'error' })).module.default;
}

/** Runs what the arguments ask for and prints the table. Returns the exit code: 1 if a tracker has lost or doubled an event, `beacon` not counted. */
export async function command(args: string[]): Promise<number> {
  const multiple = { type: 'string', multiple: true } as const;
  const { values } = parseArgs({ args, options: { engine: multiple, scenario: multiple, tracker: multiple, times: { type: 'string', default: '1' }, json: { type: 'boolean' }, list: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return console.log(HELP), 0;
  if (values.list) return scenarios.forEach(({ name, title }) => console.log(`${name.padEnd(24)}${title}`)), 0;
  const engines = (values.engine as EngineName[] | undefined) ?? findEngines();
  const chosen = scenarios.filter(({ name }) => values.scenario?.includes(name) ?? true);
  const unknown = values.scenario?.filter((name) => !chosen.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length) throw new Error(`no such scenario: ${unknown}`);
  const adapters = await Promise.all((values.tracker ?? ['waymark', 'beacon']).map(load));

  const results: Result[] = [];
  for (const engine of engines) {
    const session = await openSession(engine);
    for (const adapter of adapters) {
      for (const scenario of chosen.flatMap((each) => Array<typeof each>(Number(values.times)).fill(each))) {
        const result = await session.run(scenario, adapter);
        results.push(result);
        console.error(line(result));
      }
    }
    await session.close();
  }
  console.log(values.json ? JSON.stringify(results, null, 2) : table(results));
  return results.some((result) => result.tracker !== beacon.name && !isSound(result)) ? 1 : 0;
}
