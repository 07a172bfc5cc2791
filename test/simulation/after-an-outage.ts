import { simulateOutage, type Outage } from './outage.js';
import { drawOutage, type Diagram } from './picture.js';
import { exponential, fixed, waymark } from './policies.js';

const CLIENTS = 1_000_000;
/** Any number does; the figures in README are of this one. */
const SEED = 20261122;

const CASES: [title: string, outage: Outage][] = [
  ['Refuses at once', { kind: 'refuses' }],
  ['Hangs: given up after 10 s', { kind: 'hangs', afterMs: 10_000 }],
  ['Answers 429 with Retry-After: 60', { kind: 'asks', seconds: 60 }],
  ['Answers 503 with one Retry-After date for all', { kind: 'dates' }],
];

/** Runs every case under every policy, prints the figures, and returns the picture. */
export function runSimulation(): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  console.log(`${CLIENTS.toLocaleString('en')} browsers on the shop's pages while the collector is down for ten minutes; seed ${SEED}.`);
  console.log('Peaks: busiest second, in relation to the rate before. Delivered: browsers with an open page that were rid of what waited 1, 5, 10 min after.\n');
  const diagrams = CASES.map(([title, outage]): Diagram => {
    const lines = [waymark, exponential, fixed(30), fixed(5)].map((policy) => {
      const result = simulateOutage({ clients: CLIENTS, outage, policy, seed: SEED, binS: 1 });
      if (policy === waymark) console.log(`${title}: steady ${Math.round(result.steady)} a second, a request failed in ${result.met} browsers, ${result.waiting} open pages waited`);
      console.log(
        `  ${policy.name.padEnd(24)} peak while down ${result.peakDuring.toFixed(2).padStart(5)}, after ${result.peakAfter.toFixed(2).padStart(5)}; ` +
          `delivered ${result.delivered.map((share) => percent(share).padStart(5))}`,
      );
      return { name: policy.name, result };
    });
    return { title, lines };
  });
  return drawOutage(
    'After an outage: requests at the collector',
    [
      'Simulation: a million browsers on the pages of shops, their collector down for ten minutes, in four ways.',
      'Rate in relation to the one before. Beside each policy: its busiest second. Fixed intervals take no notice of Retry-After.',
    ],
    diagrams,
  );
}
