import { loadavg } from 'node:os';
import { printTable, tell, type Bench } from './helpers/figures.js';
import { benchBacklog } from './backlog.js';
import { benchBurst, benchSteady } from './burst.js';
import { benchDrain } from './drain.js';
import { benchFetchLater } from './fetch-later.js';
import { benchGzip } from './gzip.js';
import { benchMemory } from './memory.js';
import { benchTrack } from './track.js';
import { benchVisit } from './visit.js';
import { benchWire } from './wire.js';

const BENCHES: Record<string, Bench> = { track: benchTrack, drain: benchDrain, backlog: benchBacklog, steady: benchSteady, burst: benchBurst, visit: benchVisit, wire: benchWire, gzip: benchGzip, memory: benchMemory, later: benchFetchLater };

/** Runs the benches that `names` name, or all, and prints their figures. A slow machine fails nothing. */
export async function main(names: string[]): Promise<void> {
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown) return console.error(`no bench "${unknown}"; there are ${Object.keys(BENCHES).join(', ')}`);
  for (const name of names.length ? names : Object.keys(BENCHES)) {
    tell(`${name}: load of the machine ${loadavg()[0]!.toFixed(1)}`);
    try {
      printTable(await BENCHES[name]!(), `npm run bench -- ${name}`);
    } catch (error) {
      console.error(`${name}: ${(error as Error).stack}`);
    }
  }
}
