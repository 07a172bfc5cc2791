import { readFileSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { CHARTS, bundleChart, chartStyle } from './bundle-charts.mjs';
import { RANGES } from './filters.mjs';
import { takeSnapshot } from './snapshot.mjs';
import { MODELS } from './stages.mjs';

/** Events per read of the stream, so that one slow reader never holds many in memory. Our choice. */
const STREAM_PAGE = 100;

/** A stranger's page title must stay text: nothing runs on this page but our own files, and nothing makes HTML of a string. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src data:",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
].join('; ');

const PAGE_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-cache',
};

const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };

/**
 * The live page, its snapshot and its stream, to be mounted at `/live`.
 *
 * @param {object} parts
 * @param {ReturnType<import('./store.mjs').openStore>} parts.store
 * @param {ReturnType<import('./bell.mjs').createBell>} parts.bell rung after every change
 * @param {{ count: number, latest: object | null }} parts.rejected requests turned away as a whole, kept up to date
 * @param {() => number} parts.now epoch milliseconds
 * @param {number} parts.abandonedAfterMs
 * @param {number} parts.heartbeatMs between signs of life on a quiet stream
 */
export function createLivePage({ store, bell, rejected, now, abandonedAfterMs, heartbeatMs }) {
  const app = new Hono();

  // Whoever opens the page wants the drawings in a moment. Where they cannot be had, the page says so when it asks.
  app.use('/', async (_, next) => {
    for (const name of Object.keys(CHARTS)) bundleChart(name).catch(() => {});
    await next();
  });
  const folder = new URL('./live/', import.meta.url);
  for (const name of readdirSync(folder)) {
    const type = TYPES[extname(name)];
    if (!type) continue;
    const content = readFileSync(new URL(name, folder), 'utf8');
    app.get(name === 'index.html' ? '/' : `/${name}`, (c) => c.body(content, 200, { 'Content-Type': type, ...PAGE_HEADERS }));
  }
  for (const name of Object.keys(CHARTS)) {
    app.get(`/${name}.js`, async (c) => c.body(await bundleChart(name), 200, { 'Content-Type': TYPES['.js'], ...PAGE_HEADERS }));
  }
  app.get('/uplot.css', (c) => c.body(chartStyle(), 200, { 'Content-Type': TYPES['.css'], ...PAGE_HEADERS }));

  const memory = new Map();
  app.get('/snapshot', (c) => {
    const name = c.req.query('model') ?? MODELS[0].name;
    const model = MODELS.find((each) => each.name === name);
    if (!model) return c.json({ error: `model must be one of ${MODELS.map((each) => each.name).join(', ')}` }, 400);
    const range = c.req.query('range') ?? 'all';
    if (!Object.hasOwn(RANGES, range)) return c.json({ error: `range must be one of ${Object.keys(RANGES).join(', ')}` }, 400);
    const channel = c.req.query('channel') || null;
    const visitor = c.req.query('visitor') || null;
    const { delivery, ...rest } = takeSnapshot(store, { now: now(), abandonedAfterMs, model, range, channel, visitor, memory });
    return c.json({ ...rest, delivery: { ...delivery, rejected } }, 200, { 'Cache-Control': 'no-store' });
  });

  // The stream sends each new event with its row as the id, then `changed` for what else is new (counts, refusals).
  app.get('/events', (c) => {
    if (c.req.method === 'HEAD') return c.body(null);
    const since = Number(c.req.header('Last-Event-ID') ?? c.req.query('since') ?? store.lastRow());
    return streamSSE(c, async (stream) => {
      stream.onAbort(bell.wake);
      // A row that does not exist yet is from a database that has been deleted meanwhile.
      let row = since >= 0 ? Math.min(since, store.lastRow()) : store.lastRow();
      let rings = bell.rings;
      await stream.write('retry: 2000\n\n');
      while (!stream.aborted && !bell.closed) {
        const events = store.eventsAfter(row, STREAM_PAGE);
        for (const event of events) {
          row = event.received.row;
          await stream.writeSSE({ id: String(row), data: JSON.stringify(event) });
        }
        if (events.length === STREAM_PAGE) continue;
        if (rings !== bell.rings) {
          rings = bell.rings;
          await stream.writeSSE({ event: 'changed', data: '{}' });
          continue;
        }
        const rung = await bell.wait(heartbeatMs);
        if (!rung) await stream.write(': still here\n\n');
      }
    });
  });

  return app;
}
