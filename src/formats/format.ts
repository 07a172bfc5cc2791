import type { Action, Answer } from '../delivery/outcome.js';
import type { Row } from '../delivery/row.js';
import type { Enrich } from '../plugin.js';

/** What a batch says of itself. */
export interface BatchInfo {
  /** Stays the same until the batch is confirmed; it may grow from one attempt to the next. */
  id: string;
  /** 1 for the first attempt. */
  attempt: number;
  /** When this attempt begins, in milliseconds since 1970. */
  time: number;
  /** Whether the browser keeps events until they are confirmed, also when the page ends. */
  durable: boolean;
  /** This visitor's events that will never arrive at this collector, by cause, since the visitor id was made. */
  dropped: Record<string, number>;
  /** Ids of earlier batches of which the browser does not know whether they arrived. */
  unsure: readonly string[];
}

/** How a batch is written for one kind of collector, and how its answer is read. What it throws is reported as `format_failed`, and nothing is lost by it. */
export interface Format {
  /** Content type; one of the three that need no CORS preflight where the collector takes it. */
  type: string;
  /** What is added to the collector's address, such as `/v1/batch`, unless it ends so already; may bring a query (`?writeKey=…`). Default: nothing. */
  path?: string;
  /** More headers of every request; any makes a preflight. Default: none. */
  headers?: Readonly<Record<string, string>>;
  /** Most events of one request. Default: `batchEvents` alone decides. */
  maxEvents?: number;
  /** Most bytes of one request's events in UTF-8. Default: the sender's own bound. An event that makes a larger body alone is set aside as `too_large`. */
  maxBytes?: number;
  /** Oldest event that the collector takes, in milliseconds; older ones are set aside with that reason, not sent. Default: any age. */
  maxAgeMs?: number;
  /** Returns the body of the request. */
  encode(rows: readonly Row[], batch: BatchInfo): string;
  /** Reads what a confirming answer (2xx, the collector's own) says of single events. `ids` are those of the request, in order. */
  read(answer: Answer, ids: readonly string[]): Verdict;
  /** Adds to an event, as it is tracked, what only this format needs of that moment. Every collector gets it. Default: nothing. */
  enrich?: Enrich;
  /** What an answer means where the collector does not keep to the usual (see outcome.ts): undefined leaves it to the table. */
  judge?(answer: Answer): Action | undefined;
  /**
   * Whether the collector knows an event that comes twice by its id. Where it does not (`false`), events that a page has handed to the browser as it was
   * left, while the collector was well, are not sent again: they may be lost rather than counted twice. Default: true.
   */
  idempotent?: boolean;
  /** Whether the collector can tell which batches it has, when it is asked (`unsure`, `arrived`): those are not sent again. Default: false. */
  receipts?: boolean;
  /**
   * Whether `sendBeacon` can carry it: no headers, and no content type that makes a preflight. Default: true if there are no headers. For other senders to
   * read: Waymark sends by `fetch` with `keepalive`; in the browsers without it (Firefox before 133), what a page leaves is stored and goes with the next one.
   */
  beacon?: boolean;
  /** Settles once the rest of it is there, where its code is still to come; until then, events wait. Default: it is complete. */
  coming?: Promise<unknown>;
}

/** What a confirming answer says of single events. Those that it does not name are confirmed. */
export interface Verdict {
  /** Why events will never be taken, by event id. */
  refused: Record<string, string>;
  /** Ids of events that the collector could not take now. */
  retry: readonly string[];
  /** Ids of the batches, of those that were asked about, that have arrived in full. */
  arrived: readonly string[];
}
