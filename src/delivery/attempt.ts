import type { BatchInfo, Format, Verdict } from '../formats/format.js';
import { idsOf, type StoredEvent } from '../outbox/stored-event.js';
import { inTime } from '../util/in-time.js';
import { ACTIONS, type Action, type Answer } from './answer.js';
import { byteLength } from './batch.js';
import type { Post } from './request.js';

/** Makes the body of a request smaller, or returns undefined where that does not pay. Never rejects. */
export type Pack = (body: string) => Promise<ArrayBuffer | undefined>;

/** What came of one request. */
export interface Reply {
  /** Not there where the collector was not asked. */
  answer?: Answer | undefined;
  /** What the format makes of it; default: the usual. */
  judged?: Action | undefined;
  /** What the collector says of single events, where it has the batch. */
  verdict?: Verdict | undefined;
}

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
  events: readonly StoredEvent[];
  info: BatchInfo;
  /** Whether it goes on when the page is left. */
  outlive: boolean;
  /** Whether it is the last one of a page: it must not wait. */
  isEnd: boolean;
  /** Told just before it goes out; whether it still may. */
  onSend(): boolean;
}

/** Makes one request; returns undefined if it was not made after all. */
export type Attempt = (request: Request) => Promise<Reply | undefined>;

/** What an answer says that names no event. */
const NOTHING: Verdict = { refused: {}, retry: [], arrived: [] };

/** Whether an answer says that the collector has the batch. */
const isTakenBy = ({ isOwn, status }: Answer, judged: Action | undefined): boolean =>
  judged ? judged === 'read' : isOwn && /^2/.test(`${status}`);

/** Returns what writes a batch, sends it and reads the answer. Never rejects; what a format throws is reported once in a page. */
export function createAttempt({ format, post, pack, report }: AttemptParts): Attempt {
  let isTold = false;

  /** Returns what the format makes of something; undefined if it fails. */
  function ask<Value>(work: () => Value): Value | undefined {
    try {
      return work();
    } catch (error) {
      if (!isTold) report('format_failed', `${error as string}`);
      isTold = true;
    }
    return undefined;
  }
  function write({ events, info }: Request): string {
    const body = format.encode(events, info);
    if (!body || typeof body !== 'string') throw TypeError('encode returned no text');
    return body;
  }
  /** Returns what an answer says of single events, in full. */
  function readAll(answer: Answer, ids: string[]): Verdict {
    const { refused = {}, retry = [], arrived = [] } = format.read(answer, ids) as Partial<Verdict>;
    return { refused: { ...refused }, retry: [...retry], arrived: [...arrived] };
  }
  function read(answer: Answer, { events }: Request): Reply {
    const action = ask(() => format.judge?.(answer));
    // What is none is as if nothing was said.
    const judged = ACTIONS.find((each) => each === action);
    const isTaken = isTakenBy(answer, judged);
    // A service worker can pass on what the collector says.
    if (!isTaken && !answer.isWorker) return { answer, judged };
    const said = ask(() => readAll(answer, idsOf(events)));
    // Where they would be counted twice, the status has to say enough.
    const verdict = said ?? (isTaken && format.idempotent === false ? NOTHING : undefined);
    return { answer, judged: isTaken ? 'read' : judged, verdict };
  }

  return async (request) => {
    const { info, outlive, isEnd, onSend } = request;
    const body = ask(() => write(request));
    // What cannot be written is looked for as what is refused.
    if (!body) return { judged: 'split' };
    const bytes = byteLength(body);
    if (bytes > (format.maxBytes ?? bytes)) return { judged: 'shrink' };
    // What does not fit stays in the store; without one, this is its last chance.
    if (isEnd && info.durable && bytes > post.room()) return undefined;
    // What takes too long goes as it is.
    const smaller = isEnd ? undefined : pack()?.(body);
    const packed = smaller && (await inTime(smaller).catch(() => undefined));
    return onSend() ? read(await post(packed ?? body, outlive), request) : undefined;
  };
}
