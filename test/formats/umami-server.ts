import { createHash } from 'node:crypto';

type Json = Record<string, unknown>;

/** A row of its table of events. */
export interface UmamiRow {
  visit: string;
  /** Seconds since 1970. */
  time: number;
  path: string;
  name?: string | undefined;
  language?: string | undefined;
  screen?: string | undefined;
  referrer?: string | undefined;
}

/** The columns of its tables of events that it does not cut itself, with their lengths. */
const COLUMNS: Record<string, number> = { utm_source: 255, utm_medium: 255, utm_campaign: 255, utm_content: 255, utm_term: 255, gclid: 255, fbclid: 255, msclkid: 255, ttclid: 255, li_fat_id: 255, twclid: 255 };
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|\+\d\d:\d\d)?$/;

/** A failure of the database, as its answers name them. */
class DataError extends Error {
  constructor(readonly originalCode: string) {
    super('Server error');
  }
}
/** Takes a text into a column, as PostgreSQL does. */
function store(text: unknown, most: number): void {
  if (`${text as string}`.includes('\0')) throw new DataError('22021');
  if (/[\ud800-\udfff]/u.test(`${text as string}`)) throw new DataError('22P05');
  if ([...`${text as string}`].length > most) throw new DataError('22001');
}
const decode = (text: string, by: (text: string) => string): string => {
  try {
    return by(text);
  } catch {
    return text;
  }
};

/**
 * Umami 3.1.0 as its batch behaves with PostgreSQL, where it was run: each event's row is stored first, then its data, then its revenue; what fails is a 500 inside `details`,
 * whatever was stored by then. Its visits are those of the hour, unless it is sent the visit. Lone halves of characters fail in its query compiler.
 */
export function openUmami({ explains = true, isDown = false }: { explains?: boolean; isDown?: boolean } = {}) {
  const rows: UmamiRow[] = [];
  const data: Json[] = [];
  const revenues: { visit: string; currency: string; revenue: number }[] = [];
  const id = (...parts: unknown[]) => createHash('md5').update(parts.join()).digest('hex');

  function saveData(given: Json, path = ''): void {
    for (const [name, value] of Object.entries(given)) {
      const key = path + name;
      if (Object(value) === value && !Array.isArray(value)) {
        saveData(value as Json, `${key}.`);
        continue;
      }
      store(key, 500);
      if (typeof value === 'number' && Math.round(Math.abs(value) * 1e4) / 1e4 >= 1e15) throw new DataError('22003');
      if (typeof value === 'string' && TIME.test(value)) store(new Date(value).toISOString(), 500);
      else store(Object(value) === value ? JSON.stringify(value) : value, 500);
      data.push({ [key]: value });
    }
  }
  function send({ type, payload }: { type: string; payload: Json }, userAgent: string, cache?: string): Json {
    const { hostname = '', url, referrer, name, tag = '', title = '', screen = '', language = '', timestamp, website } = payload as Record<string, string>;
    const isLong = hostname.length > 100 || language.length > 35 || screen.length > 11 || tag.length > 50 || (name ?? '').length > 50;
    if (isLong || /^[=+\-@\t\r]/.test(name ?? '') || !Number.isInteger(timestamp)) throw Object.assign(new Error('Bad request'), { status: 400 });
    if (/bot|headless|lighthouse/i.test(userAgent)) return { beep: 'boop' };
    if (isDown) throw new DataError('08006');
    const time = Number(timestamp);
    const session = id(website, payload.id);
    const visit = cache ?? id(session, Math.floor(time / 3600));
    const at = new URL(url!, `https://${hostname}`);
    if (type === 'event') {
      for (const [column, most] of Object.entries(COLUMNS)) store(at.searchParams.get(column) ?? '', most);
      store(decode(title, decodeURIComponent).slice(0, 500), 500);
      store(decode(at.pathname + at.hash, decodeURI).slice(0, 500), 500);
      if (referrer) store(decode(new URL(referrer, at).pathname, decodeURI).slice(0, 500), 500);
    }
    if (type !== 'identify') rows.push({ visit, time, path: decode(at.pathname + (type === 'event' ? at.hash : ''), decodeURI), name, language, screen, referrer: referrer && new URL(referrer).hostname });
    const given = payload.data as Json | undefined;
    if (given) {
      saveData(given);
      const { revenue, currency } = given as { revenue: number; currency: string };
      if (type === 'event' && revenue > 0 && currency) {
        store(currency, 10);
        if (!(Math.abs(Number(revenue)) < 1e15)) throw new DataError('22003');
        revenues.push({ visit, currency, revenue });
      }
    }
    return { cache: visit, sessionId: session, visitId: visit };
  }

  return {
    rows,
    data,
    revenues,
    /** How often an event of a name was counted. */
    count: (name?: string) => rows.filter((row) => row.name === name).length,
    /** The answer to a batch. */
    batch(body: string, headers: Readonly<Record<string, string>> = {}, userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0'): Json {
      const batch = JSON.parse(body) as { type: string; payload: Json }[];
      const details: Json[] = [];
      let cache: unknown = null;
      batch.forEach((entry, index) => {
        try {
          const answered = send(entry, userAgent, headers['x-umami-cache']);
          cache ??= answered.cache;
        } catch (error) {
          const { message, status = 500, originalCode } = error as { message: string; status?: number; originalCode?: string };
          const errorObject = explains && originalCode ? { meta: { driverAdapterError: { cause: { originalCode } } } } : undefined;
          details.push({ index, response: { error: { message: status === 500 ? 'Server error' : message, code: 'x', status, errorObject } } });
        }
      });
      return { size: batch.length, processed: batch.length - details.length, errors: details.length, details, cache };
    },
    /**
     * Its reports of revenue by what the visits began with: all rows of a visit's first second are joined with the visit's revenue. Source: its queries of attribution, which look
     * for the first row by its time.
     */
    revenueByStart(): number {
      return revenues.reduce((sum, { visit, revenue }) => {
        const own = rows.filter((row) => row.visit === visit);
        const first = Math.min(...own.map(({ time }) => time));
        return sum + revenue * own.filter(({ time }) => time === first).length;
      }, 0);
    },
  };
}
