import { ownerOf } from './event.mjs';

/** How long a request may take, in milliseconds. Our choice. */
const REQUEST_MS = 10_000;

/**
 * A topic of Kafka by its REST proxy (Confluent's, or Redpanda's HTTP proxy), in the format of version 2. The key is whose the event is, so that one
 * visitor's events stay in order. The proxy tells no copies apart: whoever reads the topic counts an `id` once.
 *
 * @param {string} address `kafka+http://USER:PASSWORD@HOST:8082/TOPIC`; default topic: `waymark`
 * @returns {import('./engines.mjs').Engine}
 */
export function openKafka(address) {
  const { protocol, host, username, password, pathname } = new URL(address.replace(/^kafka\+/, ''));
  const topic = pathname.slice(1) || 'waymark';
  const login = username ? { Authorization: `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}` } : {};
  return {
    async append(events) {
      if (events.length === 0) return;
      const response = await fetch(`${protocol}//${host}/topics/${topic}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/vnd.kafka.json.v2+json', Accept: 'application/vnd.kafka.v2+json', ...login },
        body: JSON.stringify({ records: events.map((event) => ({ key: ownerOf(event), value: event })) }),
        signal: AbortSignal.timeout(REQUEST_MS),
      });
      const answer = await response.json().catch(() => ({}));
      // A 200 says only that the request was read; each record has a word of its own.
      const kept = answer.offsets?.filter(({ error_code, offset }) => error_code == null && offset != null).length ?? 0;
      if (!response.ok || kept < events.length) throw new Error(`Kafka's REST proxy answered ${response.status}, kept ${kept} of ${events.length} events`);
    },
    async close() {},
  };
}
