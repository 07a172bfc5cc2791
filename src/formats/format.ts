import type { Row } from '../delivery/queue.js';

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
  /** This visitor's events that will never arrive, by cause, since the visitor id was made. */
  dropped: Record<string, number>;
}

/** How a batch is written for one kind of collector, and how its answer is read. */
export interface Format {
  /** Content type; one of the three that need no CORS preflight where the collector takes it. */
  type: string;
  /** Returns the body of the request. */
  encode(rows: readonly Row[], batch: BatchInfo): string;
  /** Returns the reasons of the events that an answer says were not taken, by event id. Never throws. */
  read(body: string): Record<string, string>;
}
