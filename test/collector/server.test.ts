import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startCollector } from '../../examples/collector/server.mjs';
import { aBatch, newDatabase, startTestCollector } from './helpers.js';

const script = fileURLToPath(new URL('../../examples/collector/server.mjs', import.meta.url));

/** Runs the command line, and resolves with its address once it has printed it. */
async function run(...options: string[]) {
  const child = spawn(process.execPath, [script, '--port', '0', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => { child.kill('SIGKILL'); });
  const exit = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    const endpoint = /^Collector: (\S+)$/.exec(line)?.[1];
    if (endpoint) return { child, endpoint, exit };
  }
  throw new Error('no address printed');
}

const post = (endpoint: string, batch: unknown) =>
  fetch(endpoint, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: JSON.stringify(batch) });

describe('the command', () => {
  test('prints its address, stops cleanly on SIGTERM with a stream open, and finds its data again', async () => {
    const data = newDatabase();
    const first = await run('--data', data);
    expect(first.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/events$/);
    expect((await post(first.endpoint, aBatch())).status).toBe(200);
    const stream = await fetch(first.endpoint.replace('/events', '/live/events'));

    first.child.kill('SIGTERM');
    expect(await first.exit).toEqual([0, null]);
    await stream.text();
    expect(existsSync(`${data}-wal`)).toBe(false);

    const second = await run('--data', data);
    expect((await (await fetch(second.endpoint)).json()).events).toHaveLength(1);
  });

  test('keeps what it has answered for when it is killed', async () => {
    const data = newDatabase();
    const first = await run('--data', data);
    expect((await post(first.endpoint, aBatch())).status).toBe(200);
    first.child.kill('SIGKILL');
    await first.exit;
    const second = await run('--data', data);
    expect((await (await fetch(second.endpoint)).json()).events).toHaveLength(1);
  });

  test.each([
    [['--port', 'none'], '--port takes 0 to 65535, got none'],
    [['--abandoned-after', '0'], '--abandoned-after takes minutes above 0, got 0'],
    [['--colour', 'red'], '--colour'],
  ])('names the option that it cannot use: %s', async (options, message) => {
    const child = spawn(process.execPath, [script, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    let printed = '';
    child.stderr.on('data', (text) => { printed += text; });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(printed).toContain(message);
    expect(printed).not.toContain('    at ');
  });
});

test('rejects when the port is taken', async () => {
  const collector = await startTestCollector();
  const port = Number(new URL(collector.url).port);
  await expect(startCollector({ port, data: newDatabase() })).rejects.toThrow(/EADDRINUSE/);
});
