import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { bodyLimit as limitBody } from 'hono/body-limit';
import { createBackPressure, createRateLimit, watchWait } from './admission.mjs';
import { createBell } from './bell.mjs';
import { startGa4Forwarder } from './forward-ga4.mjs';
import { createLivePage } from './live.mjs';
import { occurredAt } from './event.mjs';
import { createOriginRule, isLoopback } from './origins.mjs';
import { openStore } from './store.mjs';
import { cut } from './values.mjs';
import { createValidator } from './validate.mjs';

/** How long a browser waits before it sends a batch again that could not be stored, in seconds. */
const RETRY_AFTER_S = 5;

/** How long a browser waits before it sends again what came while too much was in work, in seconds. Our choice: Waymark spreads the return by itself. */
const RETRY_WHEN_BUSY_S = 2;

/** Longest part of what a stranger wrote that an answer repeats, in characters. Our choice. */
const MAX_QUOTED = 100;

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
 * @param {import('./engines.mjs').Engine} [options.engine] has every event before its batch is acknowledged; default: the file alone
 * @param {{ measurementId: string, secret: string, endpoint?: string }} [options.ga4] where stored events are forwarded to; default: nowhere
 * @param {string[]} [options.origins] whose pages may post, see `createOriginRule`; default: those of this machine
 * @param {boolean} [options.nullOrigin] whether sandboxed frames, which have no origin, may post; default: no
 * @param {number} [options.ratePerMinute] requests of one client in a minute; default 6000, 0: no limit
 * @param {boolean} [options.behindProxy] the client is the last address of `X-Forwarded-For`; default: who is connected
 * @param {boolean} [options.localOnly] only a browser that calls this machine by a name of its own may read; default: no
 * @param {number} [options.maxInFlight] requests in work at a time; default 200
 * @param {number} [options.maxInFlightBytes] of their bodies, as they are sent; default 16 MB
 * @param {number} [options.maxWaitMs] wait for the only thread beyond which a batch is put off; default 1000, 0: no limit
 * @param {number} [options.bodyLimit] largest body in bytes, as it is sent and once it is unpacked; default 256 kB
 * @param {number} [options.abandonedAfterMs] idle time that makes a cart an abandoned one; default 30 minutes
 * @param {number} [options.heartbeatMs] between signs of life on a quiet stream; default 15 seconds
 * @param {() => number} [options.now] epoch milliseconds
 * @param {(message: string, error: unknown) => void} [options.log] told of what an operator must look at
 * @returns {{ app: Hono, endStreams: () => void, close: () => Promise<void> }} `close` ends the streams and closes the file and the engine
 */
export function createCollector({
  database, engine, ga4, origins, nullOrigin, ratePerMinute = 6000, behindProxy = false, localOnly = false, maxInFlight = 200, maxInFlightBytes = 16 * 1024 * 1024, maxWaitMs = 1000,
  bodyLimit = 256 * 1024, abandonedAfterMs = 30 * 60_000, heartbeatMs = 15_000, now = Date.now, log = console.error,
}) {
  const validate = createValidator();
  const mayPost = createOriginRule({ origins, nullOrigin });
  const waitOf = createRateLimit({ perMinute: ratePerMinute, now });
  const backPressure = createBackPressure({ maxRequests: maxInFlight, maxBytes: maxInFlightBytes });
  const turn = watchWait();
  const store = openStore(database, { isOnlyCopy: !engine });
  const bell = createBell();
  const forwarder = ga4 && startGa4Forwarder({ store, bell, now, log, ...ga4 });
  /** Requests turned away as a whole since the start. */
  const rejected = { count: 0, latest: null };

  const app = new Hono();

  /** Answers a request that is turned away as a whole. */
  const reject = (c, status, answer, headers = {}) => {
    rejected.count += 1;
    rejected.latest = { status, error: answer.error, at: new Date(now()).toISOString() };
    // What is turned away because there is too much must make no work.
    if (status !== 429) bell.ring();
    return c.json(answer, status, headers);
  };

  app.use(async (c, next) => {
    c.header('X-Content-Type-Options', 'nosniff');
    if (c.req.method === 'GET' || c.req.method === 'HEAD') {
      // What is stored is for pages of this origin. A page that happens to be open in the operator's browser must not read it from this
      // machine, be it as a script or by a name of its own that leads here.
      c.header('Cross-Origin-Resource-Policy', 'same-origin');
      if (localOnly && !isLoopback(new URL(c.req.url).hostname)) return c.json({ error: 'this collector is read by a name of its own machine, such as localhost' }, 421);
      return next();
    }
    c.header('Vary', 'Origin');
    const origin = c.req.header('Origin');
    // Who sends no origin is no page.
    if (origin === undefined) return next();
    if (!mayPost(origin)) return reject(c, 403, { error: `pages of ${quote(origin)} may not post here: they are not in --origins` });
    // No credentials: a shop's cookies have no business here.
    c.header('Access-Control-Allow-Origin', origin);
    c.header('Access-Control-Expose-Headers', 'Retry-After, Date');
    return next();
  });

  app.options('/events', (c) => c.body(null, 204, {
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': c.req.header('Access-Control-Request-Headers') ?? 'Content-Type',
    'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_S),
  }));

  /** Takes in no more than can be worked on, before anything of the body is read. */
  const admit = async (c, next) => {
    const wait = waitOf(clientOf(c, behindProxy));
    if (wait > 0) return reject(c, 429, { error: `a client may send ${ratePerMinute} requests in a minute` }, { 'Retry-After': String(wait) });
    const isLate = maxWaitMs > 0 && turn.waitMs() > maxWaitMs;
    // A body that is too large is answered for as such: no more of it than the limit is read.
    const leave = isLate ? undefined : backPressure.enter(Math.min(Number(c.req.header('Content-Length') ?? bodyLimit), bodyLimit));
    if (!leave) return reject(c, 429, { error: 'too much is in work, send it again' }, { 'Retry-After': String(RETRY_WHEN_BUSY_S) });
    try {
      await next();
    } finally {
      leave();
    }
  };

  const limit = limitBody({
    maxSize: bodyLimit,
    onError: (c) => reject(c, 413, { error: `the body must be at most ${bodyLimit} bytes` }),
  });

  app.post('/events', admit, limit, async (c) => {
    const unreadable = unreadableType(c.req);
    if (unreadable) return reject(c, 415, { error: unreadable });

    // Who is gone before the end reads no answer either.
    const sent = await c.req.arrayBuffer().catch(() => undefined);
    if (!sent) return reject(c, 400, { error: 'the body broke off' });
    const body = await unpack(new Uint8Array(sent), contentEncoding(c.req), bodyLimit);
    if (body.error) return reject(c, body.status, { error: body.error });

    const batch = parseJson(body.text);
    if (batch.error) return reject(c, 400, { error: batch.error });

    const verdict = validate(batch.value);
    if (verdict.error) return reject(c, 400, { error: verdict.error });

    try {
      const receivedAt = now();
      await engine?.append(stamped(verdict, receivedAt));
      const counts = store.save({ ...verdict, receivedAt });
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
    c.json({ error: `${quote(c.req.method)} is not allowed here; POST a batch` }, 405, { Allow: 'GET, HEAD, POST, OPTIONS' }));

  app.route('/live', createLivePage({ store, bell, rejected, now, abandonedAfterMs, heartbeatMs }));
  app.get('/', (c) => c.redirect('/live'));

  app.notFound((c) => c.json({ error: `there is nothing at ${quote(c.req.path)}; batches go to /events, the live page is at /live` }, 404));
  app.onError((error, c) => {
    log(`${c.req.method} ${c.req.path} failed.`, error);
    return c.json({ error: 'the collector failed; its log says why' }, 500);
  });

  return {
    app,
    endStreams: bell.close,
    async close() {
      bell.close();
      turn.stop();
      await forwarder?.stop();
      store.close();
      await engine?.close();
    },
  };
}

/** The good events of a batch, with when they came and when they happened. */
function stamped({ batch, events }, receivedAt) {
  const at = new Date(receivedAt).toISOString();
  return events.map((event) => ({ ...event, received: { at, occurred_at: occurredAt(event.time, batch.sent_at, receivedAt), batch_id: batch.batch_id } }));
}

/** A part of what a stranger wrote, for a message. */
const quote = (text) => (text.length > MAX_QUOTED ? `${cut(text, MAX_QUOTED)}...` : text);

/** The address of who sends. Of `X-Forwarded-For`, only the last entry is the proxy's own word. */
function clientOf(c, behindProxy) {
  const forwarded = behindProxy && c.req.header('X-Forwarded-For')?.split(',').at(-1).trim();
  return forwarded || getConnInfo(c).remote.address || '';
}

/** Why a request's type cannot be read, if it cannot. `text/plain` is what browsers may send without asking first. */
function unreadableType(request) {
  const type = request.header('Content-Type')?.split(';')[0].trim().toLowerCase();
  if (type !== 'text/plain' && type !== 'application/json') {
    return `Content-Type must be text/plain or application/json, got ${quote(type ?? 'none')}`;
  }
  const encoding = contentEncoding(request);
  if (!['', 'identity', 'gzip', 'x-gzip'].includes(encoding)) return `Content-Encoding must be gzip or absent, got ${quote(encoding)}`;
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
