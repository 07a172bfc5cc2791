import { inTime } from '../util/in-time.js';
import type { BatchInfo, Format, Verdict } from '../formats/format.js';
import type { SendLock } from './tabs.js';
import { timeOf, worthOf, type DropCause } from './bounds.js';
import { runLater } from '../util/run-later.js';
import type { Post } from './request.js';
import { byteLength, nextBatch } from './batch.js';
import { afterAnswer, forPage, TURN_MS, waitFor, type Page } from './turn.js';
import type { Lane } from './queue.js';
import type { Row } from './row.js';
import { readOutcome, type Action, type Answer, type Outcome } from './outcome.js';
import { randomId } from '../util/id.js';

/** What became of the events at one collector, in numbers. */
export interface Sent {
  /** Confirmed by the collector. */
  delivered: number;
  /** Refused by the collector or, since its format's limits say that it would be, before it was asked; not sent again. */
  refused: number;
  /** What is wrong with the collector, as far as it is known. */
  trouble?: KeptReason | undefined;
}

/** Why events are kept. */
export interface KeptReason {
  /** That of the problem, as in README; or `under_way`, `consent_required`. */
  code: string;
  /** What happened, and at which collector. */
  message: string;
}

/** Takes events from the queue to one collector. Nothing in it throws or rejects. */
export interface Sender {
  /** An event was added: a purchase goes at once, a batch when it is full or has waited. */
  add(row: Row): void;
  /** Sends what waits, after `afterMs` at the latest, unless the collector is to be left alone for longer. */
  wake(afterMs: number): void;
  /**
   * Sends everything that waits, whatever the collector said before, and says what became of it. Takes about half a minute at most.
   *
   * @param ready what to wait for first
   */
  flush(ready: Promise<unknown>): Promise<Sent>;
  /**
   * Starts to send what this page has not seen confirmed, in requests that outlive the page. Synchronous.
   *
   * @param isLeft whether this page is left, or put into the back/forward cache
   * @param share among how many collectors what may outlive the page is to be shared; default: it is this one's alone
   */
  leave(isLeft: boolean, share?: number): void;
  /** There is a network again: what failed is tried again soon. */
  retry(): void;
  /**
   * The page is back out of the back/forward cache.
   *
   * @param ready what to wait for first
   */
  back(ready: Promise<unknown>): void;
  /** Forgets what is under way: there is nothing to send any more. */
  forget(): void;
  stop(): void;
}

/** Makes the body of a request smaller, or returns undefined where that does not pay. Never rejects. */
export type Pack = (body: string) => Promise<ArrayBuffer | undefined>;

/** What the sender is made of. */
export interface SenderParts {
  queue: Lane;
  format: Format;
  post: Post;
  /** The page that it is part of. */
  page: Page;
  lock: SendLock;
  /** Returns this tab's id. */
  me(): string;
  isHidden(): boolean;
  /** Whether anything may be sent now. */
  maySend(): boolean;
  batchEvents: number;
  batchWaitMs: number;
  /** Events that will never arrive, to tell the collector of, by cause. */
  dropped(): Record<string, number>;
  drop(cause: DropCause, count: number): void;
  /** Returns what makes bodies smaller, if anything does. */
  pack(): Pack | undefined;
  /** Told of events that the collector has confirmed. */
  delivered(ids: string[]): void;
  report(code: string, message: string): void;
}

/** What came of one request. */
interface Result {
  /** Ids of its events: under way until what came of it is stored. */
  ids: readonly string[];
  outcome: Outcome;
  batch: string;
  /** Ids of the events that need not be sent again. */
  settled: string[];
}

/** Most bytes of a batch, in UTF-8. Our choice: two fit into the 64 KiB that may outlive a page. */
const MAX_BYTES = 25_000;
/** Less than this is left for what else outlives the page, in bytes. Our choice: an event and what a batch says of itself. */
const MIN_ROOM = 1500;
/** Refused events after which it may be the collector that is wrong. Our choice. */
const MANY_SUSPECTS = 3;
/** How long to leave it to the tab that is sending, in milliseconds. Our choice: a batch takes less. */
const OTHER_TAB_MS = 2000;
/** Within this time all those try again whose network has come back, in milliseconds. Our choice: a town's comes back at once. */
const ONLINE_MS = 20_000;
/** Longest `flush`, in milliseconds. Our choice: whoever waits for it has something else to do. */
const FLUSH_MS = 30_000;

/** What came of a batch that was not sent. */
const UNCHANGED: Outcome = { action: 'split', waitMs: 0 };

/** What is reported when a batch is not confirmed, by what is to be done with it. */
const CODES = { wait: 'not_confirmed', hold: 'wrong_endpoint', shrink: 'batch_too_large', split: 'not_confirmed' };

/** Returns the sender. It does nothing until it is woken. */
export function createSender({ queue, format, post, page, lock, me, isHidden, maySend, batchEvents, batchWaitMs, dropped, drop, pack, delivered, report }: SenderParts): Sender {
  const mostEvents = (): number => Math.min(batchEvents, format.maxEvents ?? batchEvents);
  /** Ids of the events that are under way, and of their batches. */
  const inFlight = new Map<string, string>();
  /** Why the collector refused events that were alone in their request, by id. They are set aside once it has taken something else. */
  const suspects = new Map<string, string>();
  const total = { delivered: 0, refused: 0 };
  let maxEvents = batchEvents;
  let maxBytes = MAX_BYTES;
  let isStopped = false;
  let draining: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let firesAt = 0;
  /** When to send next. */
  let due = Infinity;
  /** What is wrong with the collector, until it has taken something. */
  let trouble: KeptReason | undefined;
  /** Whether it was said, once in a page, that the format fails. */
  let isFormatTold = false;
  /** Whether the format can be used, and what settles once that is known. */
  let hasFormat = !format.coming;
  const come = format.coming?.then(
    () => (hasFormat = true),
    (error) => tell('format_failed', `${error}`),
  );
  /** Whether the collector has taken something since this tab's turn began. */
  let isWell = false;
  let newEvents = 0;
  let newBytes = 0;
  let release = () => {};
  /** Whether the page is left, or in the back/forward cache. */
  let isGone = false;

  /** Reports a trouble with the collector once, until it is over or another. */
  function tell(code: string, message: string): void {
    if (trouble?.code !== code) report(code, message);
    trouble = { code, message };
  }

  function wake(afterMs: number): void {
    const now = Date.now();
    due = Math.min(due, now + afterMs);
    const at = Math.max(due, now + waitFor(forPage(queue.turn(), page), '', true, false, now));
    // Most events come when a look is due already.
    if (isStopped || isGone || !maySend() || (timer && firesAt <= at)) return;
    clearTimeout(timer);
    firesAt = at;
    timer = runLater(() => drain(), at - now);
  }

  /** Reports an event that the collector does not take. */
  function refuse(id: string, reason: string): void {
    total.refused++;
    report('event_refused', `${id}: ${reason}`);
  }

  /** Whether the collector still takes an event of its age. */
  const isYoung = (row: Row): boolean => !(Date.now() - timeOf(row) > (format.maxAgeMs ?? Infinity));

  /** Takes events to be under way no more. */
  function land(ids: readonly string[] = []): void {
    for (const id of ids) inFlight.delete(id);
  }

  /** Sets events aside that never reach the collector. Returns their ids. */
  function setAside(those: ReadonlyMap<string, string>, cause: DropCause): string[] {
    for (const [id, reason] of those) refuse(id, reason);
    if (those.size) drop(cause, those.size);
    return [...those.keys()];
  }

  /** Returns the events of the next request. */
  const next = (rows: Row[], most = maxBytes): Row[] => nextBatch(rows, Math.min(maxEvents, mostEvents()), Math.min(maxBytes, most, format.maxBytes ?? most));

  /** Returns what the format makes of something; undefined if it fails. */
  function ask<Value>(work: () => Value): Value | undefined {
    try {
      return work();
    } catch (error) {
      if (!isFormatTold) report('format_failed', `${error}`);
      isFormatTold = true;
    }
    return undefined;
  }
  /** Returns the body of a request. */
  function write(rows: Row[], batch: BatchInfo): string {
    const body = format.encode(rows, batch);
    if (typeof body !== 'string' || !body) throw 'encode returned no text';
    return body;
  }
  /** Returns what an answer says of single events, in full. */
  function read(answer: Answer, ids: readonly string[]): Verdict {
    const { refused = {}, retry = [], arrived = [] } = format.read(answer, ids);
    return { refused: { ...refused }, retry: [...retry], arrived: [...arrived] };
  }

  /** Sends one batch and reads what came of it; undefined if it was not sent. */
  async function send(rows: Row[], isEnd: boolean): Promise<Result | undefined> {
    const { failures, batch: before, unsure = {} } = queue.turn();
    // As the page is left, an attempt at that batch may be under way, whose arrival would be taken for this one's.
    const batch = (!isEnd && before) || randomId();
    const ids = rows.map(({ id }) => id);
    const info = { id: batch, attempt: failures + 1, time: Date.now(), durable: queue.durable(), dropped: dropped(), unsure: isEnd ? [] : Object.keys(unsure) };
    const body = ask(() => write(rows, info));
    // The collector need not be asked: what cannot be written is looked for as what is refused.
    if (!body) return { ids, batch, settled: [], outcome: narrow('split', rows, '', 'format_failed') };
    const most = format.maxBytes ?? Infinity;
    if (byteLength(body) > most) {
      if (ids.length > 1) return { ids, batch, settled: [], outcome: narrow('shrink', rows, body) };
      return { ids, batch, settled: setAside(new Map([[ids[0]!, `larger than ${most} bytes`]]), 'too_large'), outcome: UNCHANGED };
    }
    // What does not fit stays in the store; without one, this is its last chance.
    if (isEnd && queue.durable() && byteLength(body) > post.room()) return undefined;
    const packed = isEnd ? undefined : await pack()?.(body);
    // In the meantime, the page may have been left, or consent withdrawn.
    if (!maySend() || ids.some((id) => inFlight.has(id))) return undefined;
    for (const id of ids) inFlight.set(id, batch);
    // A keepalive request that failed may have met a quota that other scripts use up: the next one goes without.
    const answer = await post(packed ?? body, isEnd || !failures);
    const outcomeOf = (judged?: Action) => readOutcome(answer, failures + 1, Math.random(), Date.now(), judged);
    const outcome = outcomeOf(ask(() => format.judge?.(answer)));
    const { action } = outcome;
    let settled: string[] = [];
    if (action === 'read') {
      // Where they would be counted twice, the status has to say enough.
      const verdict = ask(() => read(answer, ids)) ?? (format.idempotent === false && { refused: {}, retry: [], arrived: [] });
      if (!verdict) return { ids, batch, settled, outcome: outcomeOf('hold') };
      const { refused, retry, arrived } = verdict;
      const known = Object.keys(unsure).filter((id) => arrived.includes(id));
      settled = [...ids.filter((id) => !retry.includes(id)), ...known.flatMap((id) => unsure[id]!)];
      const accepted = settled.filter((id) => !(id in refused));
      for (const id of settled) if (id in refused) refuse(id, refused[id]!);
      total.delivered += accepted.length;
      delivered(accepted);
      isWell = true;
      // It is well, so it meant what it said of them.
      settled.push(...setAside(suspects, 'refused'));
      suspects.clear();
      maxEvents = Math.min(batchEvents, maxEvents * 2);
      trouble = undefined;
      if (retry.length) return { ids, batch, settled, outcome: readOutcome({ status: 503, isOwn: true, body: '' }, failures + 1, Math.random(), Date.now()) };
    } else {
      const { status, note = `HTTP ${status}` } = answer;
      tell(action === 'hold' && !status ? 'collector_blocked' : CODES[action], note);
      narrow(action, rows, body, `HTTP ${status}`);
    }
    return { ids, batch, settled, outcome };
  }

  /** Sends less at a time from now on, and suspects an event that was alone. Returns the outcome of a batch that was not sent for that. */
  function narrow(action: Action, rows: Row[], body: string, reason = ''): Outcome {
    if (action === 'shrink') maxBytes = Math.min(maxBytes, byteLength(body)) >> 1;
    if (action === 'split') maxEvents = Math.ceil(rows.length / 2);
    if (rows.length < 2 && /^s/.test(action)) suspects.set(rows[0]!.id, reason);
    return UNCHANGED;
  }

  /** Sends batch after batch while it is this tab's turn. Returns after how many milliseconds to look again. */
  async function sendAll(hasLock: boolean, isForced: boolean, isOver: () => boolean): Promise<number> {
    let result: Result | undefined;
    let isMore = true;
    isWell = false;
    for (;;) {
      let waitMs = 0;
      const asked = () => Object.values(queue.turn().unsure ?? {}).flat();
      const limit = mostEvents() + inFlight.size + suspects.size + asked().length;
      const rows = await queue.step(result?.settled ?? [], limit, (turn) => {
        const now = Date.now();
        if (result) turn = { ...afterAnswer(turn, result.outcome, result.batch, now, page.mark), ...(result.outcome.action === 'read' && { unsure: undefined }) };
        waitMs = isOver() || !maySend() || !isMore ? Infinity : waitFor(forPage(turn, page), me(), hasLock, isForced && !result?.outcome.waitMs, now);
        const isMine = !waitMs;
        // A turn that another tab has taken over in the meantime is that tab's.
        if (!isMine && turn.owner !== me()) return { turn, isMine };
        return { turn: { ...turn, owner: me(), byLock: hasLock, until: isMine ? now + TURN_MS : 0 }, isMine };
      });
      land(result?.ids);
      if (waitMs) return waitMs;
      const isFree = ({ id }: Row) => !inFlight.has(id) && !suspects.has(id);
      const free = rows.filter(isFree);
      const old = free.filter((row) => !isYoung(row));
      if (old.length) {
        // All of a summer, perhaps: they are counted, not named.
        total.refused += old.length;
        drop('too_old', old.length);
        result = { ids: [], batch: '', settled: old.map(({ id }) => id), outcome: UNCHANGED };
        isMore = true;
        continue;
      }
      // What may have arrived is asked about first, if there is something to ask it with.
      const unsure = asked();
      const sure = free.filter(({ id }) => !unsure.includes(id));
      let batch = next(sure.length ? sure : free);
      // Several in a row are refused: is it them, or would it refuse anything? An event of now tells.
      if (suspects.size >= MANY_SUSPECTS) batch = suspects.size > MANY_SUSPECTS ? [] : queue.own().filter(isFree).slice(-1);
      result = undefined;
      isMore = false;
      if (batch.length) {
        result = await send(batch, false);
        // What comes in the meantime waits for others, as it would have before.
        isMore = rows.length >= limit || free.length > batch.length || unsure.length > 0 || result?.outcome.action !== 'read';
      } else if (suspects.size && (!isWell || suspects.size > MANY_SUSPECTS)) {
        // Whatever it is sent, it refuses: that is not the events' fault.
        suspects.clear();
        isMore = true;
        result = { ids: [], batch: '', settled: [], outcome: readOutcome({ status: 404, isOwn: true, body: '' }, 1, Math.random(), Date.now()) };
      }
    }
  }

  /** Sends one batch as the page is left, and settles it if the page is still there by then. */
  async function sendLast(rows: Row[]): Promise<void> {
    const result = await send(rows, true);
    if (!result) return;
    await queue.step(result.settled, 0, (turn) => ({ turn: afterAnswer(turn, result.outcome, result.batch, Date.now(), page.mark), isMine: false }));
    land(result.ids);
    if (result.outcome.action !== 'read') wake(0);
  }

  /** Returns `work` so that a format of the shop's own that throws is reported. */
  const guard = <Value>(work: Promise<Value>, instead: Value): Promise<Value> => work.catch((error) => (report('internal_error', `${error}`), instead));

  async function start(isForced: boolean): Promise<void> {
    let isOver = false;
    // A lock that another tab wants would throw this page out of the back/forward cache: it is given up when the page is left.
    const left = new Promise<number>((resolve) => {
      release = () => {
        isOver = true;
        resolve(OTHER_TAB_MS);
      };
    });
    // A page that has nothing to send asks for no lock: if it is left in that moment, the answer would keep it out of that cache, too.
    const size = await queue.count();
    await come;
    const waitMs = isOver || !hasFormat || !(size || queue.own().length) ? Infinity : await lock((hasLock) => Promise.race([guard(sendAll(hasLock, isForced, () => isOver), Infinity), left]));
    draining = undefined;
    if (due < Infinity || waitMs < Infinity) wake(Math.min(waitMs, OTHER_TAB_MS));
  }

  function cancel(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  async function drain(isForced = false): Promise<void> {
    cancel();
    // It would be put away with the lock, and be thrown out of the back/forward cache by the next tab that asks for it.
    if (isGone || !maySend()) return;
    // Asked for again while the last look at the queue may be under way: look once more after it.
    due = draining ? 0 : Infinity;
    newEvents = newBytes = 0;
    return (draining ??= start(isForced));
  }

  /** @param share among how many collectors what may outlive the page is to be shared; default: it is this one's alone */
  function leave(share = 1): void {
    if (isGone) release();
    if (!maySend()) return;
    const { failures } = queue.turn();
    // While the collector fails, the store is the better place; without one there is nothing to lose.
    if (hasFormat && (!failures || !queue.durable())) {
      let rows = queue.own().filter((row) => !inFlight.has(row.id) && isYoung(row));
      // What of the room is for others.
      const end = post.room() * (1 - 1 / share);
      while (rows.length && (post.room() - end > MIN_ROOM || !queue.durable())) {
        const batch = next(rows, Math.max(MIN_ROOM, post.room() - end - MIN_ROOM));
        rows = rows.slice(batch.length);
        void guard(sendLast(batch), undefined);
      }
    }
    // What it has been given in good health is not given again as it is.
    const sent: Record<string, string[]> = {};
    if (isGone && !failures && (format.idempotent === false || format.receipts)) for (const [id, batch] of inFlight) (sent[batch] ??= []).push(id);
    queue.leave(isGone, sent);
  }

  return {
    wake,
    add(row) {
      newEvents++;
      newBytes += row.event.length;
      // Nobody may be there any more when a timer is due.
      if (isGone) void Promise.resolve().then(() => leave());
      else wake(isHidden() || worthOf(row) > 1 || newEvents >= mostEvents() || newBytes >= MAX_BYTES ? 0 : batchWaitMs);
    },
    async flush(ready) {
      const { delivered, refused } = total;
      const sent = (async () => {
        await ready;
        await draining;
        await drain(true);
      })();
      await inTime(sent, FLUSH_MS).catch(() => {});
      return { delivered: total.delivered - delivered, refused: total.refused - refused, trouble };
    },
    leave(isLeft, share) {
      isGone ||= isLeft;
      if (isGone) cancel();
      leave(share);
    },
    retry() {
      if (queue.turn().failures) setTimeout(() => isStopped || drain(true), Math.random() * ONLINE_MS);
    },
    back(ready) {
      // Requests that were under way when the page was put away may never be answered to it (Firefox 153).
      release();
      isGone = false;
      inFlight.clear();
      page.since = Date.now();
      void ready.then(() => wake(0));
    },
    forget() {
      release();
      cancel();
      due = Infinity;
      inFlight.clear();
      suspects.clear();
    },
    stop() {
      isStopped = true;
      release();
      cancel();
    },
  };
}
