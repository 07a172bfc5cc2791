import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { familyOf, killAll } from '../helpers/browser.js';
import { findChromium } from '../helpers/find-chromium.js';
import { until } from '../helpers/shop.js';

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('the demo sends shoppers through the shop, and leaves no browser behind when it is ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-demo-'));
  const demo = spawn(process.execPath, ['examples/demo.mjs', '--shoppers', '4', '--shop-port', '4520', '--collector-port', '4540', '--data', join(folder, 'demo.sqlite')], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, CHROMIUM_PATH: findChromium() },
  });
  let text = '';
  // One of the four left the checkout, and comes back after a pause: that is when the demo is ended.
  const paused = new Promise<void>((resolve, reject) => {
    const read = (part: Buffer) => {
      text += part.toString();
      if (text.includes('have left something open')) resolve();
    };
    demo.stdout.on('data', read);
    demo.stderr.on('data', read);
    demo.on('exit', () => reject(new Error(text)));
  });
  const gone = new Promise<number | null>((resolve) => demo.on('exit', resolve));
  onTestFinished(async () => {
    if (demo.exitCode === null) await killAll(demo.pid!, gone);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  });

  await paused;
  const live = /Live page\s+(\S+)/.exec(text)![1]!;
  const { visitors, shares, abandonments, carts, arrivals, bots } = await (await fetch(`${live}/snapshot`)).json() as any;
  expect([visitors.count, shares.totals.shares, carts.totals.bought.count, arrivals.channels.length > 1, bots.visitors]).toEqual([4, 1, 1, true, 0]);
  expect(abandonments.count + carts.totals.open.count).toBeGreaterThan(0);
  expect(text).not.toMatch(/got lost|Warning/);

  const family = familyOf(demo.pid!);
  expect(family.length).toBeGreaterThan(2);
  demo.kill('SIGINT');
  expect(await gone).toBe(0);
  // It has not waited for those who would have come back.
  expect(text).not.toContain('All have been there');
  await until('every browser to be gone', () => !family.some(isAlive));
}, 180_000);

test.each([['many'], ['501']])('the demo refuses to send %s shoppers', (number) => {
  const { status, stderr } = spawnSync(process.execPath, ['examples/demo.mjs', `--shoppers=${number}`], { encoding: 'utf8' });
  expect([status, stderr.trim()]).toEqual([1, `--shoppers takes a whole number from 0 to 500, got ${number}`]);
});
