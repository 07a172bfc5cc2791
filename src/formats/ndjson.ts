import { checkOptions, type Takes } from './check.js';
import { fullEvent, json, type SentEvent } from './events.js';
import type { BatchInfo, Format } from './format.js';
import { readLists } from './verdict.js';

/** What `ndjson` can be told. */
export interface NdjsonOptions {
  /** Returns what is written of an event, such as the columns of a table. Default: the whole event, as `waymark/1` has it with its context, and `sent_at`. */
  line?: (event: SentEvent, batch: BatchInfo) => object;
  /** Whether the collector, or what reads from it, tells copies apart by the event's id. Default: true. */
  idempotent?: boolean;
}

/** What ClickHouse says where it has failed, with its code. */
const EXCEPTION = /^Code: (\d+).+DB::Exception/m;
/** ClickHouse's codes for data that it cannot read. Source: its ErrorCodes.cpp. Before 22 it answers 500 with them. */
const BAD_DATA = /^(6|25|26|27|33|38|41|69|72|117)$/;
/** ClickHouse's codes for a table, a database or a user that there is not. Source: as above. */
const BAD_PLACE = /^(60|81|192|193|194|497|516)$/;

const LINE: Takes = [(value: unknown) => typeof value === 'function', 'a function'];
const YES_OR_NO: Takes = [(value: unknown) => typeof value === 'boolean', 'true or false'];

/**
 * One event a line, as JSON: ClickHouse, Tinybird, Vector, Fluent Bit behind a proxy, and whatever reads lines.
 *
 * - Address: the collector's own, with its query (`/?query=INSERT INTO events FORMAT JSONEachRow&input_format_skip_unknown_fields=1`).
 * - Content type `text/plain`, without a preflight. A key goes into the address, or into `headers`. `sendBeacon` can carry it.
 * - Limits: none of its own. Ids: `id` in every line; whether copies are told apart is the store's matter (`ReplacingMergeTree ORDER BY id`).
 * - Answer: a 2xx confirms all, unless it has the lists of Waymark's own collector (`refused`, `retry`). ClickHouse takes all or nothing: data that it
 *   cannot read splits the batch until the event is alone, also where it says so with 500 or, having begun to answer, with 200.
 * - Journey: `journey` (`stage`, `move`, `from`, `loop`, `furthest`, `stages`, `path`) and `touchpoint`, as in Waymark's own format.
 *
 * @throws TypeError for a wrong option
 */
export function ndjson(options: NdjsonOptions = {}): Format {
  checkOptions('ndjson', options, {}, { line: LINE, idempotent: YES_OR_NO });
  const { line, idempotent = true } = options;
  return {
    type: 'text/plain;charset=UTF-8',
    idempotent,
    encode(rows, batch) {
      const sent = `"sent_at":"${new Date(batch.time).toISOString()}"`;
      const lines = rows.map((row) => (line ? json(line(fullEvent(row), batch)) : `{${[sent, row.context.slice(1, -1), row.event.slice(1, -1)].filter(Boolean)}}`));
      return `${lines.join('\n')}\n`;
    },
    read: ({ body }) => readLists(body),
    judge({ status, body }) {
      const [, code] = EXCEPTION.exec(body) ?? [];
      // It may answer 200 before it fails.
      return code ? (BAD_DATA.test(code) ? 'split' : BAD_PLACE.test(code) ? 'hold' : status < 300 ? 'wait' : undefined) : undefined;
    },
  };
}
