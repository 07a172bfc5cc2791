import type { EngineName } from '../helpers/engines.js';
import type { Result } from './run.js';

const NAMES: Record<EngineName, string> = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKit' };

/** Whether a tracker has shown what the kit asks for: nothing lost, nothing counted twice, no number missing. */
export const isSound = ({ lost, doubles, gaps, failed, faults }: Result): boolean => !lost && !doubles && !gaps && !failed && !faults.length;

/** Returns one line about a result, for who waits for the table. */
export function line(result: Result): string {
  const { tracker, engine, scenario, fired, delivered, lost, repeats, doubles, gaps = '–', requests, seconds, notes, faults, skipped, failed } = result;
  const start = `${tracker} ${engine} ${scenario}:`;
  if (skipped) return `${start} not run: ${skipped}`;
  const text = `fired ${fired}, delivered ${delivered}, lost ${lost}, repeats ${repeats}, doubles ${doubles}, gaps ${gaps}, requests ${requests} (${seconds} s)`;
  return [`${start} ${text}`, failed && `BROKE OFF: ${failed}`, ...faults.map((fault) => `FAULT: ${fault}`), ...notes].filter(Boolean).join('; ');
}

function cell(result: Result | undefined): string {
  if (!result) return '';
  const { lost, repeats, doubles, gaps, requests, skipped, failed, faults } = result;
  if (skipped) return 'not run';
  const more = [failed && 'broke off', faults.length && 'fault', doubles && `${doubles} doubles`, gaps && `${gaps} gaps`].filter(Boolean);
  return [`${lost ? `**${lost}**` : 0} / ${repeats} / ${requests}`, ...more].join(', ');
}

/** Returns the results as Markdown: one row a scenario, and below it what has to be said of single cells. */
export function table(results: readonly Result[]): string {
  const trackers = [...new Set(results.map(({ tracker }) => tracker))];
  const engines = [...new Set(results.map(({ engine }) => engine))];
  const names = [...new Set(results.map(({ scenario }) => scenario))];
  const columns = trackers.flatMap((tracker) => engines.map((engine) => ({ tracker, engine })));
  const find = (name: string, tracker: string, engine: EngineName) => results.find((result) => result.scenario === name && result.tracker === tracker && result.engine === engine);
  const rows = names.map((name) => {
    const own = results.filter(({ scenario }) => scenario === name);
    const fired = Math.max(...own.map((result) => result.fired));
    return [own[0]!.title, fired, ...columns.map(({ tracker, engine }) => cell(find(name, tracker, engine)))];
  });
  const head = ['Scenario', 'Events fired', ...columns.map(({ tracker, engine }) => `${tracker}, ${NAMES[engine]}`)];
  const remarks = new Map<string, Set<string>>();
  for (const { tracker, title, engine, notes, faults, skipped, failed } of results) {
    for (const text of [skipped && `not run: ${skipped}`, failed && `broke off: ${failed}`, ...faults.map((fault) => `fault: ${fault}`), ...notes]) {
      if (!text) continue;
      const key = `${tracker}: ${title}: ${text}`;
      remarks.set(key, (remarks.get(key) ?? new Set()).add(NAMES[engine]));
    }
  }
  return [
    'Each cell: events lost / copies beyond the first that the collector got / requests.',
    '',
    ...[head, head.map((_, index) => (index ? '---:' : '---')), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...[...remarks].map(([text, where]) => `- ${[...where].join(', ')}: ${text}`),
  ].join('\n');
}
