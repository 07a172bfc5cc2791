import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEngines } from '../helpers/engines.js';
import type { Adapter } from './adapter.js';
import beacon from './adapters/beacon.js';
import waymark from './adapters/waymark.js';
import { openSession, type Result, type Scenario } from './run.js';
import { scenarios } from './scenarios.js';

/** Longest wait for one result: what comes before it is in there, on a machine that has other things to do. */
const LIMIT_MS = 400_000;

const parts = findEngines().map((engine) => {
  const plays: [Scenario, Adapter][] = scenarios.filter(({ fast }) => fast?.includes(engine)).map((scenario) => [scenario, waymark]);
  // One that loses, to see that the kit can tell.
  if (engine === 'chromium') plays.push([scenarios.find(({ name }) => name === 'refused')!, beacon]);
  return { engine, plays, results: new Map<string, Promise<Result>>(), end: Promise.resolve() };
});
const key = (scenario: Scenario, adapter: Adapter) => `${scenario.name} ${adapter.name}`;

beforeAll(() => {
  // The engines side by side: they mostly wait.
  for (const part of parts) {
    const session = openSession(part.engine);
    let last: Promise<unknown> = session;
    for (const [scenario, adapter] of part.plays) {
      const result = last.then(async () => (await session).run(scenario, adapter));
      part.results.set(key(scenario, adapter), result);
      last = result.catch(() => {}); // Its own test tells.
    }
    part.end = last.then(async () => (await session).close());
  }
});
afterAll(() => Promise.all(parts.map(({ end }) => end)), LIMIT_MS);

for (const { engine, plays, results } of parts) {
  for (const [scenario, adapter] of plays) {
    const outcome = () => results.get(key(scenario, adapter))!;
    if (adapter === beacon) {
      test(`the kit sees in ${engine} what a tracker loses that keeps nothing`, { timeout: LIMIT_MS }, async () => {
        const { fired, lost, failed } = await outcome();
        expect({ fired, lost, failed }).toEqual({ fired: 10, lost: 10, failed: undefined });
      });
    } else {
      test(`nothing is lost or counted twice in ${engine}: ${scenario.title}`, { timeout: LIMIT_MS }, async () => {
        const { fired, lost, doubles, gaps, faults, failed, log } = await outcome();
        expect({ lost, doubles, gaps, faults, failed }, log.join('\n')).toEqual({ lost: 0, doubles: 0, gaps: 0, faults: [], failed: undefined });
        expect(fired).toBeGreaterThan(0);
      });
    }
  }
}
