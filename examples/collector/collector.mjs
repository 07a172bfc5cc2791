import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Hono } from 'hono';
import { bodyLimit as limitBody } from 'hono/body-limit';
import { createBell } from './bell.mjs';
import { createLivePage } from './live.mjs';
import { openStore } from './store.mjs';
import { createValidator } from './validate.mjs';

/** How long a browser waits before it sends a batch again that could not be stored, in seconds. */
const RETRY_AFTER_S = 5;

/** How long a browser may remember that it is allowed to post here, in seconds: a day, the most that any of them grants. */
const PREFLIGHT_MAX_AGE_S = 86_400;

/** Events per answer of `GET /events`. */
const DEFAULT_PAGE = 1000;
const MAX_PAGE = 5000;

/**
 * A collector: takes batches at `POST /events`, stores each event once, and shows them at `/live`.
 *
 * @param {object} options
 * @param {string} options.database path of the SQLite file; created when it is missing
 * @param {number} [options.bodyLimit] largest body in bytes, as it is sent and once it is unpacked; default 256 kB
 * @param {number} [options.abandonedAfterMs] idle time that makes a cart an abandoned one; default 30 minutes
 * @param {number} [options.heartbeatMs] between signs of life on a quiet stream; default 15 seconds
 * @param {() => number} [options.now] epoch milliseconds
 * @param {(message: string, error: unknown) => void} [options.log] told of what an operator must look at
 * @returns {{ app: Hono, endStreams: () => void, close: () => void }} `close` ends the streams and closes the file
 */
export function createCollector({
  database, bodyLimit = 256 * 1024, abandonedAfterMs = 30 * 60_000, heartbeatMs = 15_000, now = Date.now, log = console.error,
}) {
  const validate = createValidator();
  const store = openStore(database);
  const bell = createBell();
  /** Requests turned away as a whole since the start. */
  const rejected = { count: 0, latest: null };

  const app = new Hono();

  app.use(async (c, next) => {
    c.header('X-Content-Type-Options', 'nosniff');
    // Shops of any origin may post and read the answer. What is stored is for this origin only: a page that happens to
    // be open in the operator's browser must not read it from localhost.
    const reading = c.req.method === 'GET' || c.req.method === 'HEAD';
    if (!reading) allowOrigin(c);
    await next();
  });

  app.options('/events', (c) => c.body(null, 204, {
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': c.req.header('Access-Control-Request-Headers') ?? 'Content-Type',
    'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_S),
  }));

  const reject = (c, status, answer) => {
    rejected.count += 1;
    rejected.latest = { status, error: answer.error, at: new Date(now()).toISOString() };
    bell.ring();
    return c.json(answer, status);
  };

  const limit = limitBody({
    maxSize: bodyLimit,
    onError: (c) => reject(c, 413, { error: `the body must be at most ${bodyLimit} bytes` }),
  });

  app.post('/events', limit, async (c) => {
    const unreadable = unreadableType(c.req);
    if (unreadable) return reject(c, 415, { error: unreadable });

    const body = await unpack(new Uint8Array(await c.req.arrayBuffer()), contentEncoding(c.req), bodyLimit);
    if (body.error) return reject(c, body.status, { error: body.error });

    const batch = parseJson(body.text);
    if (batch.error) return reject(c, 400, { error: batch.error });

    const verdict = validate(batch.value);
    if (verdict.error) return reject(c, 400, { error: verdict.error });

    try {
      const counts = store.save({ ...verdict, receivedAt: now() });
      bell.ring();
      const refused = verdict.refused.map(({ id, reason }) => ({ id, reason }));
      const { unsure } = verdict.batch;
      return c.json({ ...counts, refused, ...(unsure && { arrived: store.knownBatches(unsure) }) });
    } catch (error) {
      log('A batch could not be stored; browsers keep it and will send it again.', error);
      return c.json({ error: 'the batch could not be stored, send it again' }, 503, { 'Retry-After': String(RETRY_AFTER_S) });
    }
  });

  app.get('/events', (c) => {
    const since = wholeNumber(c.req.query('since'), 0);
    const limit = wholeNumber(c.req.query('limit'), DEFAULT_PAGE);
    if (since === null || limit === null) return c.json({ error: 'since and limit must be whole numbers' }, 400);
    const events = store.eventsAfter(since, Math.min(limit, MAX_PAGE));
    return c.json({ events, next: events.at(-1)?.received.row ?? since }, 200, { 'Cache-Control': 'no-store' });
  });

  app.all('/events', (c) =>
    c.json({ error: `${c.req.method} is not allowed here; POST a batch` }, 405, { Allow: 'GET, HEAD, POST, OPTIONS' }));

  app.route('/live', createLivePage({ store, bell, rejected, now, abandonedAfterMs, heartbeatMs }));
  app.get('/', (c) => c.redirect('/live'));

  app.notFound((c) => c.json({ error: `there is nothing at ${c.req.path}; batches go to /events, the live page is at /live` }, 404));
  app.onError((error, c) => {
    log(`${c.req.method} ${c.req.path} failed.`, error);
    return c.json({ error: 'the collector failed; its log says why' }, 500);
  });

  return {
    app,
    endStreams: bell.close,
    close() {
      bell.close();
      store.close();
    },
  };
}

/** Mirrors the origin, `null` of sandboxed frames included. No credentials: a shop's cookies have no business here. */
function allowOrigin(c) {
  const origin = c.req.header('Origin');
  if (!origin) return;
  c.header('Access-Control-Allow-Origin', origin);
  c.header('Access-Control-Expose-Headers', 'Retry-After, Date');
  c.header('Vary', 'Origin');
}

/** Why a request's type cannot be read, if it cannot. `text/plain` is what browsers may send without asking first. */
function unreadableType(request) {
  const type = request.header('Content-Type')?.split(';')[0].trim().toLowerCase();
  if (type !== 'text/plain' && type !== 'application/json') {
    return `Content-Type must be text/plain or application/json, got ${type ?? 'none'}`;
  }
  const encoding = contentEncoding(request);
  if (!['', 'identity', 'gzip', 'x-gzip'].includes(encoding)) return `Content-Encoding must be gzip or absent, got ${encoding}`;
}

const contentEncoding = (request) => request.header('Content-Encoding')?.trim().toLowerCase() ?? '';

const gunzipped = promisify(gunzip);

/**
 * The text of a body. One that begins as gzip does (RFC 1952, 2.3.1) is gzip whatever the headers say: a browser cannot name the
 * encoding without a preflight, and no JSON begins so.
 *
 * @param {Uint8Array} body
 * @param {string} encoding what `Content-Encoding` says, in lower case
 * @param {number} limit largest size in bytes once unpacked; no more than that is ever unpacked
 */
async function unpack(body, encoding, limit) {
  const isGzip = encoding.endsWith('gzip') || (body[0] === 0x1f && body[1] === 0x8b);
  try {
    return { text: new TextDecoder().decode(isGzip ? await gunzipped(body, { maxOutputLength: limit }) : body) };
  } catch (error) {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') return { status: 413, error: `the body must be at most ${limit} bytes, also once unpacked` };
    return { status: 400, error: `the body must be whole gzip: ${error.message}` };
  }
}

function parseJson(text) {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: `the body must be JSON: ${error.message}` };
  }
}

/** A query parameter as a whole number, `fallback` when it is absent, null when it is something else. */
function wholeNumber(text, fallback) {
  if (text === undefined) return fallback;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
