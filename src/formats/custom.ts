import type { Action, Answer } from '../delivery/outcome.js';
import type { TrackedEvent } from '../event/event.js';
import { checkOptions, TEXT, VALUES, type Takes } from './check.js';
import { eachEvent } from './events.js';
import type { BatchInfo, Format, Verdict } from './format.js';
import { readLists } from './verdict.js';

/** What `custom` takes: a format of the shop's own. */
export interface CustomOptions extends Omit<Format, 'type' | 'encode' | 'read' | 'coming' | 'enrich'> {
  /** Content type. Default: `text/plain;charset=UTF-8`, which needs no preflight. */
  type?: string;
  /** Returns the body of a request from the events in full. */
  encode(events: readonly TrackedEvent[], batch: BatchInfo): string;
  /** Reads what a confirming answer says of single events; what it leaves out is none. Default: the lists of Waymark's own collector, if it has them. */
  read?(answer: Answer, ids: readonly string[]): Partial<Verdict> | undefined | void;
  /** What an answer means where it is not the usual. Default: the usual. */
  judge?(answer: Answer): Action | undefined;
}

const FUNCTION: Takes = [(value: unknown) => typeof value === 'function', 'a function'];
const YES_OR_NO: Takes = [(value: unknown) => typeof value === 'boolean', 'true or false'];
const ABOVE_0: Takes = [(value: unknown) => typeof value === 'number' && value > 0, 'a number above 0'];
const OTHERS = {
  type: TEXT,
  path: TEXT,
  headers: VALUES,
  maxEvents: ABOVE_0,
  maxBytes: ABOVE_0,
  maxAgeMs: ABOVE_0,
  read: FUNCTION,
  judge: FUNCTION,
  idempotent: YES_OR_NO,
  receipts: YES_OR_NO,
  beacon: YES_OR_NO,
};

/**
 * A format of the shop's own: a function from events to the body of a request, and how the answer is read. Everything that a format can say of itself can be said
 * here, too. An `encode` that throws or returns no text is reported (`format_failed`), and the events are kept.
 *
 * - Journey: `event.journey` (`stage`, `move`, `from`, `loop`, `furthest`, `stages`, `path`) and `event.touchpoint`; consent: `event.consent`.
 * - `event.visitor` and `event.session` may be absent: where no identifiers are kept.
 *
 * @throws TypeError for a wrong option, or without `encode`
 */
export function custom(options: CustomOptions): Format {
  checkOptions('custom', options, { encode: FUNCTION }, OTHERS);
  const { encode, read, ...others } = options;
  return {
    type: 'text/plain;charset=UTF-8',
    ...others,
    encode(rows, batch) {
      const body: unknown = encode(eachEvent(rows, (event) => event as TrackedEvent), batch);
      if (typeof body !== 'string' || !body) throw new TypeError(`waymark: "encode" of the format "custom" returns a text, not ${body === '' ? 'an empty one' : typeof body}`);
      return body;
    },
    read(answer, ids) {
      if (!read) return readLists(answer.body);
      const { refused = {}, retry = [], arrived = [] } = read(answer, ids) ?? {};
      return { refused, retry, arrived };
    },
  };
}
