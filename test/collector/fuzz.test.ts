import { expect, test } from 'vitest';
import { fuzz } from '../fuzz/fuzz.js';

// `npm run fuzz` sends 100,000.
test('stays alive and right through 1,200 hostile bodies, answers each of them clearly, and keeps its memory', async () => {
  const { faults, statuses, accepted, memory } = await fuzz({ bodies: 1200, seed: 7 });
  expect(faults).toEqual([]);
  // Else the bodies would not have got far.
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '413', '415']));
  expect(statuses['200']).toBeGreaterThan(300);
  expect(accepted).toBeGreaterThan(300);
  expect(memory.highest).toBeLessThan(memory.before + 300);
});
