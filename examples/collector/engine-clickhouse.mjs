import { ownerOf } from './event.mjs';
import { cut, number, text } from './values.mjs';

/** How long a statement may take, in milliseconds. Our choice. */
const STATEMENT_MS = 10_000;

/** Times that a DateTime of ClickHouse holds, in seconds since 1970: it has 32 bits. */
const LATEST_S = 2 ** 32 - 1;

/**
 * The table. Copies of an event have one id; ClickHouse takes them out when it merges, and at once for `SELECT ... FINAL`. Times are of this server's clock,
 * in seconds; all else is in `body`, the event as JSON.
 */
const columns = `(
  id String, name String, owner String, occurred_at DateTime, received_at DateTime, stage String, channel String, network String,
  value Float64, currency String, transaction_id String, body String
) ENGINE = ReplacingMergeTree ORDER BY id`;

/** ClickHouse refuses a whole insert for one text that is no Unicode. */
const wellFormed = (value) => (text(value) ?? '').toWellFormed();

const seconds = (iso) => Math.min(LATEST_S, Math.max(0, Math.floor(Date.parse(iso) / 1000)));

/** One event as a row of the table. */
const rowOf = (event) => ({
  id: event.id, name: event.name, owner: ownerOf(event).toWellFormed(), occurred_at: seconds(event.received.occurred_at), received_at: seconds(event.received.at),
  stage: event.journey?.stage ?? '', channel: wellFormed(event.touchpoint?.channel), network: wellFormed(event.touchpoint?.network),
  value: number(event.properties.value) ?? 0, currency: wellFormed(event.properties.currency), transaction_id: wellFormed(event.properties.transaction_id),
  body: JSON.stringify(event),
});

/**
 * A table in ClickHouse, filled by its HTTP interface with one JSON object a line. It is made where it is missing.
 *
 * @param {string} address `clickhouse+http://USER:PASSWORD@HOST:8123/DATABASE?table=NAME`; default database: `default`, table: `waymark_events`
 * @returns {import('./engines.mjs').Engine}
 */
export function openClickHouse(address) {
  const { protocol, host, username, password, pathname, searchParams } = new URL(address.replace(/^clickhouse\+/, ''));
  const [database, table] = [pathname.slice(1) || 'default', searchParams.get('table') ?? 'waymark_events'];
  if (![database, table].every((name) => /^\w+$/.test(name))) throw new TypeError('--store takes clickhouse+http://USER:PASSWORD@HOST:PORT/DATABASE?table=NAME');
  // In headers, not in the address: addresses end up in logs.
  const headers = username ? { 'X-ClickHouse-User': decodeURIComponent(username), 'X-ClickHouse-Key': decodeURIComponent(password) } : {};

  async function run(statement, body = '') {
    const query = new URLSearchParams({ query: statement, database });
    const response = await fetch(`${protocol}//${host}/?${query}`, { method: 'POST', headers, body, signal: AbortSignal.timeout(STATEMENT_MS) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`ClickHouse answered ${response.status}: ${cut(answer, 300)}`);
  }

  let made;
  return {
    async append(events) {
      made ??= run(`CREATE TABLE IF NOT EXISTS ${table} ${columns}`).catch((error) => {
        made = undefined;
        throw error;
      });
      await made;
      // All or nothing: a row that cannot be read fails the insert.
      if (events.length > 0) await run(`INSERT INTO ${table} FORMAT JSONEachRow`, events.map((event) => `${JSON.stringify(rowOf(event))}\n`).join(''));
    },
    async close() {},
  };
}
