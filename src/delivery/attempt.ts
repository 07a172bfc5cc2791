import type { BatchInfo, Format, Verdict } from '../formats/format.js';
import type { Row } from '../outbox/row.js';
import { inTime } from '../util/in-time.js';
import { byteLength } from './batch.js';
import { readOutcome, tryLater, type Action, type Answer, type Outcome } from './outcome.js';
import type { Post } from './request.js';

/** Makes the body of a request smaller, or returns undefined where that does not pay. Never rejects. */
export type Pack = (body: string) => Promise<ArrayBuffer | undefined>;

/** What came of one batch. */
export type Result =
  /** The collector has it; `settled` need not be sent again, `refused` of them it will never take, and why. `outcome`: some are to be tried again later. */
  | { kind: 'taken'; settled: readonly string[]; refused: Readonly<Record<string, string>>; outcome?: Outcome | undefined }
  /** Something in it is not taken. `wasSent`: by the collector's word; `note`: for people, what came. */
  | { kind: 'refused'; reason: string; note: string; wasSent: boolean }
  /** It is too large, of so many bytes. */
  | { kind: 'too_large'; reason: string; note: string; bytes: number; wasSent: boolean }
  /** It is to be tried again, some time. `isFormat`: the format failed, which is told. */
  | { kind: 'failed'; reason: string; note: string; outcome: Outcome; isOffline: boolean; isSilent: boolean; isFormat?: boolean };

/** What attempts are made of. */
export interface AttemptParts {
  format: Format;
  post: Post;
  /** Returns what makes bodies smaller, if anything does. */
  pack(): Pack | undefined;
  report(code: string, message: string): void;
}

/** One request. */
export interface Request {
  rows: readonly Row[];
  info: BatchInfo;
  /** Events of earlier batches, which the collector is asked about. */
  unsure: Readonly<Record<string, readonly string[]>>;
  /** Whether it goes on when the page is left. */
  outlive: boolean;
  /** Whether it is the last one of a page: it must not wait. */
  isEnd: boolean;
  /** Told just before it goes out; whether it still may. */
  onSend(): boolean;
}

/** Makes one request; returns undefined if it was not made after all. */
export type Attempt = (request: Request) => Promise<Result | undefined>;

/** Returns what writes a batch, sends it and reads the answer. Never rejects; what a format throws is reported once in a page. */
export function createAttempt({ format, post, pack, report }: AttemptParts): Attempt {
  let isTold = false;

  /** Returns what the format makes of something; undefined if it fails. */
  function ask<Value>(work: () => Value): Value | undefined {
    try {
      return work();
    } catch (error) {
      if (!isTold) report('format_failed', `${error}`);
      isTold = true;
    }
    return undefined;
  }
  function write(rows: readonly Row[], info: BatchInfo): string {
    const body = format.encode(rows, info);
    if (!body || typeof body !== 'string') throw 'encode returned no text';
    return body;
  }
  /** Returns what an answer says of single events, in full. */
  function read(answer: Answer, ids: readonly string[]): Verdict {
    const { refused = {}, retry = [], arrived = [] } = format.read(answer, ids);
    return { refused: { ...refused }, retry: [...retry], arrived: [...arrived] };
  }
  /** Returns what came of a batch that the collector says it has. */
  function readTaken(answer: Answer, ids: readonly string[], unsure: Request['unsure'], failures: number): Result {
    // Where they would be counted twice, the status has to say enough.
    const verdict = ask(() => read(answer, ids)) ?? (format.idempotent === false && { refused: {}, retry: [], arrived: [] });
    if (!verdict) return { ...failed(answer, failures, 'hold'), isFormat: true };
    const { refused, retry, arrived } = verdict;
    const known = Object.keys(unsure).filter((batch) => arrived.includes(batch));
    const settled = [...ids.filter((id) => !retry.includes(id)), ...known.flatMap((batch) => unsure[batch]!)];
    return { kind: 'taken', settled, refused, outcome: retry.length ? tryLater(failures, Math.random()) : undefined };
  }
  function failed(answer: Answer, failures: number, action?: Action): Result & { kind: 'failed' } {
    const { status, isOffline = false, note = `HTTP ${status}` } = answer;
    return { kind: 'failed', reason: status ? `HTTP ${status}` : note, note, outcome: readOutcome(answer, failures, Math.random(), Date.now(), action), isOffline, isSilent: !status };
  }

  return async ({ rows, info, unsure, outlive, isEnd, onSend }) => {
    const ids = rows.map(({ id }) => id);
    const body = ask(() => write(rows, info));
    // The collector need not be asked: what cannot be written is looked for as what is refused.
    if (!body) return { kind: 'refused', reason: 'format_failed', note: '', wasSent: false };
    const bytes = byteLength(body);
    const { maxBytes = Infinity } = format;
    if (bytes > maxBytes) return { kind: 'too_large', reason: `larger than ${maxBytes} bytes`, note: '', bytes, wasSent: false };
    // What does not fit stays in the store; without one, this is its last chance.
    if (isEnd && info.durable && bytes > post.room()) return undefined;
    // What takes too long goes as it is.
    const smaller = isEnd ? undefined : pack()?.(body);
    const packed = smaller && (await inTime(smaller).catch(() => undefined));
    if (!onSend()) return undefined;
    const answer = await post(packed ?? body, outlive);
    const judged = ask(() => format.judge?.(answer));
    const { action } = readOutcome(answer, info.attempt, 0, Date.now(), judged);
    const reason = `HTTP ${answer.status}`;
    const { note = reason } = answer;
    if (action === 'read') return readTaken(answer, ids, unsure, info.attempt);
    if (action === 'split') return { kind: 'refused', reason, note, wasSent: true };
    if (action === 'shrink') return { kind: 'too_large', reason, note, bytes, wasSent: true };
    return failed(answer, info.attempt, judged);
  };
}
