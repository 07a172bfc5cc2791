import { openClickHouse } from './engine-clickhouse.mjs';
import { openKafka } from './engine-kafka.mjs';
import { openNats } from './engine-nats.mjs';

/**
 * An engine that the shop has already, and that keeps every event before its batch is acknowledged. An event is complete, with
 * `received: { at, occurred_at, batch_id }`.
 *
 * @typedef {object} Engine
 * @property {(events: any[]) => Promise<unknown>} append resolves once all of them are kept. Rejects where that is not known: then they come
 *   again, so an engine tells copies by `id`
 * @property {() => Promise<unknown>} close
 */

/** What `--store` can name, by how its address begins. */
const ENGINES = {
  'nats://': openNats,
  'clickhouse+http://': openClickHouse,
  'clickhouse+https://': openClickHouse,
  'kafka+http://': openKafka,
  'kafka+https://': openKafka,
};

/** How the addresses begin that `openEngine` knows. */
export const SCHEMES = Object.keys(ENGINES);

/**
 * Opens an engine by its address. It need not be up yet: until it is, `append` rejects.
 *
 * @param {string} address
 * @returns {Engine}
 * @throws {TypeError} when the address is not one of a known engine; it does not repeat the address, which may have a password
 */
export function openEngine(address) {
  const scheme = SCHEMES.find((each) => address.startsWith(each));
  if (!scheme) throw new TypeError(`--store takes an address that begins with ${SCHEMES.join(', ')}; got ${/^[\w+.-]*(:\/\/)?/.exec(address)[0] || 'nothing'}`);
  return ENGINES[scheme](address);
}
