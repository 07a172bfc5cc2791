import { gzipSync } from 'node:zlib';

/** One hostile request: its body, and the headers that lie about it or do not. */
export interface HostileRequest {
  body: Buffer;
  headers: Record<string, string>;
}

const uuid = (version: number, number: number) => `01900000-0000-${version}000-8000-${number.toString(16).padStart(12, '0')}`;
const TIME = '2026-03-02T12:00:00.000Z';

/** A good batch with every member that the schema knows; `number` makes its ids its own. */
export function wholeBatch(number: number) {
  const touchpoint = {
    channel: 'paid_social', network: 'instagram', paid: true, by: 'utm', campaign: { source: 'instagram', medium: 'paid', name: 'spring' },
    share: { token: '0123456789ab', depth: 2 }, time: TIME, stage: 'awareness',
  };
  const context = (tab: string) => ({
    visitor: { id: uuid(4, number), user_id: 'mara' }, session: { id: uuid(4, 1), number: 2, started: TIME }, tab,
    page: { id: uuid(4, 2), url: 'https://shop.example/mug?utm_source=instagram', title: 'Mug', referrer: 'https://l.instagram.com/' },
    touchpoint, in_app: { network: 'instagram', evidence: 'Instagram' }, bot: false,
  });
  const event = (place: number, name: string, properties: object) => ({
    context: place % 2, id: uuid(7, number * 8 + place), name, time: TIME, seq: place + 1,
    journey: { stage: 'decision', move: 'forward', from: 'awareness', loop: 1, furthest: 'decision', stages: { aida: 'desire' }, path: [touchpoint] },
    previous: { session: uuid(4, 3), stage: 'awareness', page: 'https://shop.example/', seconds: 90.5, cart_value: 18, currency: 'EUR' },
    properties,
  });
  const items = [{ item_id: 'M', item_name: 'Mug', price: 18, quantity: 1 }];
  return {
    schema: 'waymark/1', batch_id: uuid(4, number), sent_at: TIME, attempt: 1, durable: true, dropped: { queue_full: 1 }, unsure: [uuid(4, 9)],
    contexts: [context('one'), context('two')],
    events: [event(0, 'add_to_cart', { cart_id: 'c', value: 18, currency: 'EUR', items }), event(1, 'purchase', { transaction_id: `T${number}`, value: 18, currency: 'EUR', items }), event(2, 'landing', { channel: 'paid_social' })],
  };
}

const deep = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);

/** What takes the place of a value, as JSON text: JSON can say what no JavaScript value does. */
const VALUES = [
  'null', 'true', 'false', '0', '-0', '-1', '1.5', '1e400', '-1e400', '1e-400', '9007199254740993', '123456789012345678901234567890', '2147483648', '""', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udfff\\ud800"',
  '"__proto__"', '"constructor"', '"../../etc/passwd"', '"\'; DROP TABLE events; --"', '"%00%n%s"', '"0000-00-00T00:00:00.000Z"', '"9999-12-31T23:59:60.999Z"', '"-271821-04-20T00:00:00.000Z"', '"2026-03-02T12:00:00.000+23:59"', '"2026-03-02t12:00:00z"',
  '[]', '{}', '[[]]', '[null]', '{"id":{"id":{}}}', '{"length":-1}', '{"toString":1,"valueOf":1,"toJSON":1}', '{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"then":1}', '{"":""}',
  deep(40, '[', ']'), deep(40, '{"a":', '}').replace('{"a":}', '{"a":1}'), deep(5000, '[', ']'),
];

const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'id', 'visitor', 'received', 'row', 'length', '', '\u0000', '0', 'then', 'toJSON'];

const TYPES = ['text/plain', 'text/plain;charset=UTF-8', 'application/json', 'TEXT/PLAIN ; x=y', 'application/xml', 'text/plain;charset=utf-16', 'multipart/form-data'];
const ENCODINGS = ['gzip', 'identity', 'x-gzip', 'br', 'deflate', 'gzip, gzip', ''];

/** Places of a batch among which the next change is chosen: some batches grow large. */
const MAX_PLACES = 2000;

/** About how long a repeated value may get, in characters: longer than the collector takes, and no longer than it takes to make it. */
const MAX_LENGTH = 400_000;

/** Makes hostile requests: mostly good batches with something wrong in them, since what is wrong everywhere does not get far. */
export function createHostileRequests(random: () => number) {
  const below = (bound: number) => Math.floor(random() * bound);
  const pick = <Value>(list: readonly Value[]): Value => list[below(list.length)]!;
  const times = (most: number, act: () => void) => { for (let left = 1 + below(most); left > 0; left -= 1) act(); };

  /** A place that stands for raw JSON text, until the batch is written down. */
  const raw: string[] = [];
  const rawValue = (text: string) => `\u0001${raw.push(text) - 1}\u0001`;

  /** All places of a value that can be changed: where, and under which key. */
  function placesOf(value: any, found: [any, string][] = []): [any, string][] {
    for (const key of Object.keys(value)) {
      if (found.length > MAX_PLACES) break;
      found.push([value, key]);
      if (typeof value[key] === 'object' && value[key] !== null) placesOf(value[key], found);
    }
    return found;
  }

  function mutate(batch: any): void {
    const [holder, key] = pick(placesOf(batch));
    const ways = [
      () => { delete holder[key]; },
      () => { holder[key] = rawValue(pick(VALUES)); },
      () => { holder[key] = rawValue(pick(VALUES)); },
      () => { holder[key] = 'x'.repeat(below(40_000)); },
      () => { holder[key] = Array(below(Math.min(3000, MAX_LENGTH / (JSON.stringify(holder[key])?.length ?? 1)) + 2)).fill(holder[key]); },
      () => { Object.defineProperty(Array.isArray(holder) ? batch : holder, pick(KEYS), { value: rawValue(pick(VALUES)), enumerable: true, configurable: true, writable: true }); },
      () => { const [other, name] = pick(placesOf(batch)); holder[key] = structuredClone(other[name]); },
      () => { if (Array.isArray(batch.events)) batch.events.push(structuredClone(pick(batch.events as unknown[]))); },
      () => { holder[key] = Array.from({ length: below(600) }, () => rawValue(pick(VALUES))); },
    ];
    pick(ways)();
  }

  function write(batch: unknown): string {
    const text = JSON.stringify(batch);
    return text.replace(/"\\u0001(\d+)\\u0001"/g, (_, index) => raw[Number(index)]!);
  }

  function spoil(bytes: Buffer): Buffer {
    const ways = [
      () => bytes.subarray(0, below(bytes.length + 1)),
      () => { times(8, () => { if (bytes.length) bytes[below(bytes.length)] = below(256); }); return bytes; },
      () => { const at = below(bytes.length + 1); return Buffer.concat([bytes.subarray(0, at), randomBytes(below(64)), bytes.subarray(at)]); },
      () => Buffer.concat([Buffer.from(pick(['\ufeff', ' ', '\u0000', '\u001f\u008b', ',', '//', '[', '{'])), bytes]),
      () => Buffer.concat([bytes, bytes]),
      () => Buffer.from(bytes.toString('latin1').replace(/"/g, pick(['\'', '', '\\"', '“'])), 'utf8'),
    ];
    return pick(ways)();
  }

  const randomBytes = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));

  /** The next request; `number` makes its ids its own. */
  return function next(number: number): HostileRequest {
    raw.length = 0;
    let body: Buffer;
    const kind = random();
    if (kind < 0.08) body = randomBytes(below(2000));
    else if (kind < 0.12) body = Buffer.from(pick([() => pick(VALUES), () => `{"schema":"waymark/1","events":${deep(below(20_000), '[', ']')}}`, () => `[${'0,'.repeat(below(100_000))}0]`])());
    else {
      const batch = wholeBatch(number);
      times(kind < 0.6 ? 1 : 6, () => { if (placesOf(batch).length < MAX_PLACES) mutate(batch); });
      body = Buffer.from(write(batch));
      if (kind > 0.85) body = spoil(body);
    }
    const headers: Record<string, string> = { 'Content-Type': random() < 0.9 ? 'text/plain' : pick(TYPES) };
    if (random() < 0.2) {
      body = gzipSync(random() < 0.02 ? Buffer.alloc(50_000_000, 32) : body, { level: 1 });
      if (random() < 0.5) body = spoil(body);
    }
    if (random() < 0.05) headers['Content-Encoding'] = pick(ENCODINGS);
    return { body, headers };
  };
}
