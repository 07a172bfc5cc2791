import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '../soak/random.js';
import { createHostileRequests, wholeBatch } from './bodies.js';

const USAGE = `Usage: npm run fuzz -- [options]

  --bodies NUMBER  hostile bodies that a collector of its own is sent, default 100000
  --seed NUMBER    decides all of them, default 1
  --help`;

/** Requests at a time. */
const LANES = 8;
/** Hostile bodies between two good batches. */
const GOOD_EVERY = 250;
/** Longest time for one answer, in milliseconds: what takes longer is a denial of service. A machine that is busy with other tests is slow, too. */
const PATIENCE_MS = 20_000;

/** What became of a fuzz run. */
export interface FuzzFigures {
  bodies: number;
  seconds: number;
  /** How many answers there were of each status. */
  statuses: Record<string, number>;
  /** Events that answers called accepted, and those that are stored. */
  accepted: number;
  stored: number;
  /** Requests that were sent again, since the connection was closed under them. */
  hungUp: number;
  slowestMs: number;
  /** Memory of the collector's process in MB: before, and at its highest; 0 where the system does not tell. */
  memory: { before: number; highest: number };
  /** What must not be: an answer that is no JSON, has a stack trace or a status that is not expected, or a good batch that was not taken. Empty if all is well. */
  faults: string[];
}

/** A collector in a process of its own, so that its memory is its own. */
async function openCollector() {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-fuzz-'));
  const script = fileURLToPath(new URL('../../examples/collector/server.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, '--port', '0', '--rate', '0', '--max-wait', '0', '--data', join(folder, 'events.sqlite')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text) => (complaints += text));
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^Collector: (\S+)\/events$/.exec(line) ?? [];
    if (!url) continue;
    return {
      url,
      /** What it wrote to its log. */
      complaints: () => complaints,
      isAlive: () => child.exitCode === null && child.signalCode === null,
      memory: (kind: 'VmRSS' | 'VmHWM') => {
        try {
          return Math.round(Number(new RegExp(`${kind}:\\s+(\\d+)`).exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1000);
        } catch {
          return 0; // No /proc, or the process has ended.
        }
      },
      async close() {
        child.kill('SIGTERM');
        await exit;
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
  throw new Error(`the collector did not start: ${complaints}`);
}

/** Sends hostile bodies to a collector of its own, with good batches in between, and says what became of it. */
export async function fuzz({ bodies, seed }: { bodies: number; seed: number }, tell: (line: string) => void = () => {}): Promise<FuzzFigures> {
  const collector = await openCollector();
  const agent = new Agent({ keepAlive: true, maxSockets: LANES });
  const next = createHostileRequests(createRandom(seed));
  const figures: FuzzFigures = { bodies, seconds: 0, statuses: {}, accepted: 0, stored: 0, hungUp: 0, slowestMs: 0, memory: { before: 0, highest: 0 }, faults: [] };
  const fault = (what: string) => { if (figures.faults.length < 20) figures.faults.push(what); };

  const ignore = () => {};
  const send = (body: Buffer, headers: Record<string, string>, tries = 3): Promise<{ status: number; text: string }> => new Promise((resolve, reject) => {
    const posting = request(`${collector.url}/events`, { method: 'POST', agent, headers: { ...headers, 'Content-Length': String(body.length) }, timeout: PATIENCE_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => resolve({ status: response.statusCode!, text })).on('error', reject);
    });
    // The collector answers before it has read all of a body that is too large: what is still being written then fails by itself.
    posting.on('socket', (socket) => { if (socket.listenerCount('error', ignore) === 0) socket.on('error', ignore); });
    posting.on('timeout', () => posting.destroy(new Error(`no answer for ${PATIENCE_MS} ms`))).on('error', (error) => {
      // After a body that is too large the collector closes the connection, on which the next request may be waiting already.
      if (!/^(ECONNRESET|EPIPE)$/.test((error as NodeJS.ErrnoException).code ?? '') || tries === 0) return reject(error);
      figures.hungUp += 1;
      resolve(send(body, headers, tries - 1));
    });
    posting.end(body);
  });

  async function judge(body: Buffer, headers: Record<string, string>) {
    const start = performance.now();
    let answer;
    try {
      answer = await send(body, headers);
    } catch (error) {
      // The collector answers 413 before it has read all, and may close the connection on the rest.
      if (body.length > 256 * 1024) return undefined;
      fault(`${(error as Error).message} to ${body.length} bytes with ${JSON.stringify(headers)}: ${body.subarray(0, 200).toString('latin1')}`);
      return undefined;
    }
    figures.slowestMs = Math.max(figures.slowestMs, Math.round(performance.now() - start));
    figures.statuses[answer.status] = (figures.statuses[answer.status] ?? 0) + 1;
    if (![200, 400, 413, 415].includes(answer.status)) fault(`${answer.status} ${answer.text.slice(0, 200)} to ${body.subarray(0, 200).toString('latin1')}`);
    // A stack trace names files and lines. What an answer quotes of the body is short.
    if (/\n\s+at |\.mjs|node_modules|node:internal/.test(answer.text)) fault(`a stack trace: ${answer.text.slice(0, 300)}`);
    try {
      const parsed = JSON.parse(answer.text);
      const isRight = answer.status === 200 ? Number.isInteger(parsed.accepted) && Array.isArray(parsed.refused) : typeof parsed.error === 'string';
      if (!isRight || parsed.polluted || 'polluted' in {}) fault(`an answer that is none: ${answer.text.slice(0, 200)}`);
      if (answer.status === 200) figures.accepted += parsed.accepted;
      return parsed;
    } catch {
      fault(`no JSON: ${answer.text.slice(0, 200)}`);
    }
  }

  try {
    const good = async (number: number) => {
      const answer = await judge(Buffer.from(JSON.stringify(wholeBatch(number))), { 'Content-Type': 'text/plain' });
      // A hostile batch may have had the id that this one asks about.
      if (JSON.stringify({ ...answer, arrived: 0 }) !== '{"accepted":3,"duplicates":0,"refused":[],"arrived":0}') fault(`a good batch was answered with ${JSON.stringify(answer)}`);
    };
    await good(1);
    figures.memory.before = collector.memory('VmRSS');
    const start = performance.now();
    let sent = 0;
    const lane = async () => {
      while (sent < bodies && collector.isAlive()) {
        const number = (sent += 1);
        const { body, headers } = next(1000 + number);
        await judge(body, headers);
        if (number % GOOD_EVERY === 0) await good(1e9 + number);
        if (number % 10_000 === 0) tell(`${number} bodies, ${collector.memory('VmRSS')} MB, ${JSON.stringify(figures.statuses)}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    figures.seconds = Math.round((performance.now() - start) / 1000);
    if (!collector.isAlive()) fault('the collector ended');
    await good(2);
    figures.memory.highest = collector.memory('VmHWM');
    const snapshot = await (await fetch(`${collector.url}/live/snapshot`)).json() as { delivery: { events: number; rejected: { count: number } } };
    figures.stored = snapshot.delivery.events;
    // What was sent again may have been stored at the first try, and is a duplicate then.
    if (figures.stored < figures.accepted || (figures.hungUp === 0 && figures.stored > figures.accepted)) fault(`${figures.accepted} accepted, ${figures.stored} stored`);
    const { events } = await (await fetch(`${collector.url}/events?limit=1`)).json() as { events: { id: string }[] };
    if (events[0]?.id !== wholeBatch(1).events[0]!.id) fault('the first event is not what was stored first');
    if (collector.complaints()) fault(`it logged ${collector.complaints().slice(0, 500)}`);
    return figures;
  } finally {
    agent.destroy();
    await collector.close();
  }
}

/** Runs the fuzz as a command and prints its figures. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { bodies: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } } });
  if (values.help) return console.log(USAGE);
  const figures = await fuzz({ bodies: Number(values.bodies), seed: Number(values.seed) }, console.log);
  console.log(figures);
  if (figures.faults.length) process.exitCode = 1;
}
