import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startCollector } from '../../examples/collector/server.mjs';

/** The moment at which test events begin, and by which the collector's clock stands unless a test says otherwise. */
export const NOON = Date.parse('2026-03-02T12:00:00.000Z');

export const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString();

let ids = 0;
/** A new id of the right form: version 7 for events, any other for the rest. */
export const newId = (version = 7) => `01900000-0000-${version}000-8000-${(ids += 1).toString(16).padStart(12, '0')}`;

/** A path for a database in a folder of its own, which is gone after the test. */
export function newDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'collector-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'events.sqlite');
}

/** A collector on a free port with a file of its own, closed after the test. */
export async function startTestCollector(options: Record<string, unknown> = {}) {
  const data = (options.data as string | undefined) ?? newDatabase();
  const collector = await startCollector({ port: 0, data, now: () => NOON, log: () => {}, maxWaitMs: 0, ...options });
  onTestFinished(collector.close);
  return {
    ...collector,
    data,
    /** Posts as a browser does, and reads the answer. */
    async post(body: unknown, init: RequestInit = {}) {
      const response = await fetch(collector.endpoint, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'Content-Type': 'text/plain;charset=UTF-8' },
        ...init,
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    /** The stored events, in order of arrival. */
    async events(query = ''): Promise<any[]> {
      return (await (await fetch(collector.endpoint + query)).json()).events;
    },
    async snapshot(): Promise<any> {
      return (await fetch(`${collector.livePage}/snapshot`)).json();
    },
  };
}

/** A good event; `changes` replaces what a test is about. */
export const anEvent = (changes: Record<string, unknown> = {}) => ({
  context: 0,
  id: newId(),
  name: 'view_item',
  time: at(0),
  seq: 1,
  journey: { stage: 'consideration', move: 'enter', from: null, loop: 1, furthest: 'consideration' },
  properties: {},
  ...changes,
});

export const aContext = (changes: Record<string, unknown> = {}) => ({
  visitor: { id: newId(4) },
  session: { id: newId(4), number: 1, started: at(0) },
  tab: 'tab-1',
  page: { id: newId(4), url: 'https://shop.example/products/mug', title: 'Mug' },
  ...changes,
});

/** What a tracker sends that was built from the core alone: no session, no page, no touchpoint, no journey. */
export const aCoreContext = () => ({ visitor: { id: newId(4) }, tab: 'tab-1' });
export const aCoreEvent = (changes: Record<string, unknown> = {}) => anEvent({ journey: undefined, ...changes });

export const aBatch = (events: unknown[] = [anEvent()], changes: Record<string, unknown> = {}) => ({
  schema: 'waymark/1',
  batch_id: newId(4),
  sent_at: at(0),
  attempt: 1,
  durable: true,
  dropped: {},
  contexts: [aContext()],
  events,
  ...changes,
});
