import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

const uuid = (version, number) => `01900000-0000-${version}000-8000-${number.toString(16).padStart(12, '0')}`;

/** A batch as a visit's: each has a visitor, ids and numbers of its own. */
function batchOf(number, eventsPerBatch) {
  const time = new Date().toISOString();
  const journey = { stage: 'consideration', move: 'stay', from: 'consideration', loop: 1, furthest: 'consideration' };
  return {
    schema: 'waymark/1', batch_id: uuid(4, number), sent_at: time, attempt: 1, durable: true, dropped: {},
    contexts: [{
      visitor: { id: uuid(4, number) }, session: { id: uuid(4, number), number: 1, started: time }, tab: 'tab-1',
      page: { id: uuid(4, number), url: 'https://shop.example/products/mug', title: 'Mug', referrer: 'https://l.instagram.com/' },
    }],
    events: Array.from({ length: eventsPerBatch }, (_, index) => ({
      context: 0, id: uuid(7, number * eventsPerBatch + index), name: 'view_item', time, seq: index + 1, journey,
      properties: { currency: 'EUR', value: 18, items: [{ item_id: 'M', item_name: 'Mug', price: 18, quantity: 1 }] },
    })),
  };
}

/**
 * Loads a collector in a process of its own, and says what it took.
 *
 * @param {object} options
 * @param {number} options.connections senders, each of which sends the next batch once the last is answered
 * @param {number} options.seconds
 * @param {number} options.eventsPerBatch
 * @param {string} [options.store] address of an engine; default: the SQLite file alone
 * @returns {Promise<{ connections: number, eventsPerSecond: number, statuses: Record<string, number>, latencyMs: { p50: number, p99: number },
 *   memoryMb: number, cpuMsPerBatch: number, taken: number, stored: number }>} `taken` are the events of batches answered with 200, `stored` those that are there; memory is the
 *   highest of the collector's process, and CPU what it used for each batch stored, whoever else used the machine; 0 where the system does not tell
 */
export async function measureLoad({ connections, seconds, eventsPerBatch, store }) {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-load-'));
  const script = fileURLToPath(new URL('../../examples/collector/server.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, '--port', '0', '--rate', '0', '--data', join(folder, 'events.sqlite'), ...(store ? ['--store', store] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  try {
    let url;
    for await (const line of createInterface(child.stdout)) {
      url = /^Collector: (\S+)\/events$/.exec(line)?.[1];
      if (url) break;
    }
    if (!url) throw new Error('the collector did not start');
    const usedBefore = usedCpu(child.pid);
    let number = 0;
    const setupRequest = (request) => ({ ...request, body: JSON.stringify(batchOf((number += 1), eventsPerBatch)) });
    const result = await autocannon({ url, connections, duration: seconds, requests: [{ method: 'POST', path: '/events', headers: { 'Content-Type': 'text/plain' }, setupRequest }] });
    const statuses = Object.fromEntries(Object.entries(result.statusCodeStats).map(([status, { count }]) => [status, count]));
    const taken = (statuses[200] ?? 0) * eventsPerBatch;
    const { delivery } = await (await fetch(`${url}/live/snapshot`)).json();
    return {
      connections, eventsPerSecond: Math.round(taken / result.duration), statuses, latencyMs: { p50: result.latency.p50, p99: result.latency.p99 },
      memoryMb: highestMemory(child.pid), cpuMsPerBatch: Math.round((usedCpu(child.pid) - usedBefore) * 100 / delivery.batches) / 100, taken, stored: delivery.events,
    };
  } finally {
    child.kill('SIGTERM');
    await exit;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of CPU that a process has used; Linux tells it in hundredths of a second. */
function usedCpu(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
    return (user + system) * 10;
  } catch {
    return 0; // No /proc.
  }
}

function highestMemory(pid) {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000);
  } catch {
    return 0; // No /proc.
  }
}
