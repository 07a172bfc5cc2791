import { expect, test } from 'vitest';
import { funnel } from '../../examples/collector/funnel.mjs';
import { MODELS } from '../../examples/collector/stages.mjs';

const short: Record<string, string> = { a: 'awareness', c: 'consideration', d: 'decision', p: 'purchase', r: 'retention', v: 'advocacy' };
const [journey, aida] = MODELS as any[];

/** A visitor by the first letters of the stages of the events. */
const walk = (letters: string, names = short) => ({ left: false, steps: [...letters].map((letter) => ({ event: {}, stage: names[letter], loop: false })) });
const walks = (...visitors: any[]) => new Map(visitors.map((each, index) => [String(index), each])) as any;

test('the funnel counts visitors once a stage, where they stopped, and who skipped it', () => {
  // Leaves at once; returns from the second stage; skips one; buys and looks again.
  expect(funnel(walks(walk('aa'), walk('aca'), walk('ad'), walk('cdpc')), walks(), journey)).toEqual([
    { stage: 'awareness', visitors: 3, anonymous: 0, left: 1, drop_off: 1 / 3, skipped: 1 },
    { stage: 'consideration', visitors: 2, anonymous: 0, left: 1, drop_off: 1 / 2, skipped: 1 },
    { stage: 'decision', visitors: 2, anonymous: 0, left: 1, drop_off: 1 / 2, skipped: 0 },
    { stage: 'purchase', visitors: 1, anonymous: 0, left: 1, drop_off: 1, skipped: 0 },
    { stage: 'retention', visitors: 0, anonymous: 0, left: 0, drop_off: null, skipped: 0 },
    { stage: 'advocacy', visitors: 0, anonymous: 0, left: 0, drop_off: null, skipped: 0 },
  ]);
});

test('page views without identifiers were in a stage, and neither left nor skipped one', () => {
  expect(funnel(walks(walk('ac')), walks(walk('a'), walk('d')), journey).slice(0, 3)).toEqual([
    { stage: 'awareness', visitors: 2, anonymous: 1, left: 0, drop_off: 0, skipped: 0 },
    { stage: 'consideration', visitors: 1, anonymous: 0, left: 1, drop_off: 1, skipped: 0 },
    { stage: 'decision', visitors: 1, anonymous: 1, left: 0, drop_off: null, skipped: 0 },
  ]);
});

test('the funnel has the stages of the model that is chosen', () => {
  const names = { t: 'attention', i: 'interest', d: 'desire', x: 'action' };
  expect(funnel(walks(walk('ti', names), walk('tdx', names)), walks(), aida).map(({ stage, visitors, left, skipped }: any) => [stage, visitors, left, skipped])).toEqual([
    ['attention', 2, 0, 0], ['interest', 1, 1, 1], ['desire', 1, 0, 0], ['action', 1, 1, 0],
  ]);
});

test('without visitors the funnel has zeros', () => {
  expect(funnel(walks(), walks(), journey).map(({ visitors, left, drop_off, skipped }: any) => [visitors, left, drop_off, skipped])).toEqual(Array(6).fill([0, 0, null, 0]));
});
