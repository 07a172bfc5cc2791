import { worthOf, type DropCause } from '../outbox/bounds.js';
import type { Outbox } from '../outbox/outbox.js';
import { idsOf, type Row } from '../outbox/row.js';
import type { Result } from './attempt.js';
import { afterRefusal, ENOUGH, ENOUGH_UNWELL, guilty, isAllRefused, othersTaken, refusedAlone, without, type Parts } from './bisect.js';
import { afterFailure, afterSuccess, type Page } from './health.js';
import { holdOn } from './outcome.js';
import type { Standing } from './standing.js';

/** Why events are kept. */
export interface KeptReason {
  /** That of the problem, as in README; or `under_way`, `consent_required`. */
  code: string;
  /** What happened, and at which collector. */
  message: string;
}

/** What follows from what came of a batch. */
export interface Change {
  /** Ids of events that wait no more. */
  settled: readonly string[];
  /** Returns what tabs share of the collector, as it is now. */
  standing(before: Standing): Standing;
  /** Whether the collector is to be left alone, also where somebody asks for more. */
  isHeld?: boolean;
}

/** Nothing follows. */
export const NO_CHANGE: Change = { settled: [], standing: (before) => before };

/** Knows what one collector has taken and refused on this page: what to try next, and what to make of an answer. */
export interface Judge {
  /** How many events were confirmed and refused. */
  total: Readonly<{ delivered: number; refused: number }>;
  /** Ids of events that were in requests that failed. */
  failed: ReadonlySet<string>;
  /** Returns what is wrong with the collector, until it has taken something. */
  trouble(): KeptReason | undefined;
  /** Reports a trouble with the collector once, until it is over or another. */
  tell(code: string, message: string): void;
  /** Returns the most bytes of a batch. */
  maxBytes(): number;
  /** Returns how many events are to be tried by themselves. */
  searched(): number;
  /**
   * Returns the events to try next, best first: what is searched in, else all but those that were refused alone, else one of those.
   *
   * @param tried where somebody asks for everything to be sent now: ids of those refused alone that were tried again for that; gets one more. Default: nobody asks
   */
  choose(free: readonly Row[], tried?: Set<string>): readonly Row[];
  /** Returns how long an event that is refused alone waits for the next time, in milliseconds. */
  aloneMs(): number;
  /** Counts and reports events that the collector never takes. Returns their ids. */
  refuse(reasons: readonly (readonly [id: string, reason: string])[], cause?: DropCause): string[];
  /** Counts events that are too old for the collector. */
  outdate(count: number): void;
  /** Takes note of what came of a batch. */
  judge(rows: readonly Row[], result: Result, batch: string): Change;
  /** This tab begins to send. */
  begin(): void;
  forget(): void;
}

/** What a judge is made of. */
export interface JudgeParts {
  outbox: Outbox;
  page: Page;
  drop(cause: DropCause, count: number): void;
  /** Told of events that the collector has confirmed. */
  delivered(ids: string[]): void;
  report(code: string, message: string): void;
}

/** Most bytes of a batch, in UTF-8. Our choice: two fit into the 64 KiB that may outlive a page. */
export const MAX_BYTES = 25_000;
/** Fewest bytes that a batch is made smaller to. Our choice: an event is seldom larger. */
const MIN_BYTES = 1000;
/** Failures in a row after which one event at a time is tried, another each time: perhaps it is one of them that the collector does not take. Our choice. */
const FEW = 3;
/** Refusals in a row, of whatever it is given, after which a collector that had taken something is not well any more. Our choice: more than halving takes. */
const MANY_REFUSALS = 9;
/** How long an event that is refused alone waits where nothing else comes, twice as long each time, and at most, in milliseconds. Our choice: a deploy is over by the first. */
const ALONE_MS = 60_000;
const MAX_ALONE_MS = 6 * 60 * 60_000;

/** Returns the judge of one collector. */
export function createJudge({ outbox, page, drop, delivered, report }: JudgeParts): Judge {
  const failed = new Set<string>();
  const total = { delivered: 0, refused: 0 };
  let parts: Parts = [];
  /** The event that was refused alone by the request before, by an answer that may have been chance. */
  let again: string | undefined;
  let refusals = 0;
  /** Whether the collector has taken something since this tab began to send. */
  let isWell = false;
  /** Whether the collector has taken something after it had failed: what it fails on now may be an event. */
  let isSearching = false;
  let triedAloneAt = 0;
  let timesAlone = 0;
  let maxBytes = MAX_BYTES;
  let trouble: KeptReason | undefined;

  function tell(code: string, message: string): void {
    if (trouble?.code !== code) report(code, message);
    trouble = { code, message };
  }
  function refuse(reasons: readonly (readonly [id: string, reason: string])[], cause?: DropCause): string[] {
    for (const [id, reason] of reasons) report('event_refused', `${id}: ${reason}`);
    total.refused += reasons.length;
    if (cause && reasons.length) drop(cause, reasons.length);
    return reasons.map(([id]) => id);
  }
  const aloneMs = (): number => (timesAlone ? Math.min(MAX_ALONE_MS, ALONE_MS * 2 ** (timesAlone - 1)) : 0);

  /** Returns the events of the next request: what is searched in, else the best, else one that was refused alone. */
  function choose(free: readonly Row[], tried?: Set<string>): readonly Row[] {
    const { failures, lone = [] } = outbox.standing();
    const isLone = ({ id }: Row) => lone.some((each) => each.id === id);
    const here = parts.map((part) => free.filter(({ id }) => part.includes(id))).filter((part) => part.length);
    parts = here.map(idsOf);
    if (here.length) return here[here.length - 1]!;
    const usual = free.filter((row) => !isLone(row));
    // Another one each time, from the newest on.
    if (failures >= FEW && usual.length) return [usual[usual.length - 1 - ((failures - FEW) % usual.length)]!];
    if (usual.length) return [...usual].sort((a, b) => worthOf(b) - worthOf(a));
    const isDue = Date.now() - triedAloneAt >= aloneMs();
    const alone = free.find(({ id }) => lone.some((each) => each.id === id && (isDue || each.isOther || (tried && !tried.has(id)))));
    if (alone) {
      tried?.add(alone.id);
      triedAloneAt = Date.now();
      timesAlone++;
    }
    return alone ? [alone] : [];
  }

  /** Notes what came of a batch. */
  function judge(rows: readonly Row[], result: Result, batch: string): Change {
    const ids = idsOf(rows);
    if (result.kind === 'taken') return taken(ids, result, batch);
    refusals++;
    for (const id of ids) failed.add(id);
    if (result.kind === 'failed') return unwell(rows, result, batch);
    if (result.kind === 'too_large') return tooLarge(rows, result);
    if (result.wasSent) tell('not_confirmed', result.note);
    return refused(rows, result.reason, ENOUGH, batch);
  }
  function taken(ids: readonly string[], { settled, refused: reasons, outcome }: Result & { kind: 'taken' }, batch: string): Change {
    const accepted = settled.filter((id) => !(id in reasons));
    refuse(settled.flatMap((id) => (id in reasons ? [[id, reasons[id]!] as const] : [])));
    total.delivered += accepted.length;
    delivered(accepted);
    trouble = again = undefined;
    refusals = 0;
    isWell = true;
    failed.clear();
    maxBytes = Math.min(MAX_BYTES, maxBytes * 2);
    timesAlone = 0;
    parts = without(parts, ids);
    isSearching = parts.length > 0 || outbox.standing().failures >= FEW;
    const lone = othersTaken(outbox.standing().lone ?? [], settled);
    const now = Date.now();
    return {
      settled,
      standing: (standing) => ({ ...(outcome ? afterFailure({ ...standing, unsure: undefined }, outcome, batch, page.mark, now) : afterSuccess(standing)), lone }),
      isHeld: !!outcome,
    };
  }
  /** Events are refused: halves them until one is alone, and sets that aside where it is known that it is not the collector. */
  function refused(rows: readonly Row[], reason: string, enough: number, batch: string): Change {
    const ids = idsOf(rows);
    parts = afterRefusal(parts, ids);
    if (ids.length > 1) return NO_CHANGE;
    // An order is given up only where something is taken after it: a deploy may have begun just before.
    const isOther = isWell && enough === ENOUGH && worthOf(rows[0]!) < 2;
    const lone = refusedAlone(outbox.standing().lone ?? [], ids[0]!, reason, enough, isOther);
    const found = guilty(lone);
    const settled = refuse(found.map((each) => [each.id, each.reason] as const), 'refused');
    const isAll = isAllRefused(lone);
    const outcome = holdOn(outbox.standing().failures + 1, Math.random());
    const now = Date.now();
    const rest = lone.filter((each) => !found.includes(each));
    // Whatever it is given, it refuses.
    return { settled, standing: (standing) => (isAll ? { ...afterFailure(standing, outcome, batch, page.mark, now), lone: undefined } : { ...standing, lone: rest }), isHeld: isAll };
  }
  function tooLarge(rows: readonly Row[], { reason, note, bytes, wasSent }: Result & { kind: 'too_large' }): Change {
    if (wasSent) tell('batch_too_large', note);
    if (rows.length < 2) return wasSent ? refused(rows, reason, ENOUGH, '') : { settled: refuse([[rows[0]!.id, reason]], 'too_large'), standing: (standing) => standing };
    maxBytes = Math.max(MIN_BYTES, Math.min(maxBytes, bytes) >> 1);
    return maxBytes > MIN_BYTES ? NO_CHANGE : refused(rows, reason, ENOUGH, '');
  }
  /** The collector is not well, or it is an event that it cannot bear. */
  function unwell(rows: readonly Row[], { reason, note, outcome, isOffline, isSilent, isFormat }: Result & { kind: 'failed' }, batch: string): Change {
    const ids = idsOf(rows);
    if (!isFormat) tell(outcome.action !== 'hold' ? 'not_confirmed' : isSilent ? 'collector_blocked' : 'wrong_endpoint', note);
    const isSuspect = ids.length < 2 && (outbox.standing().lone ?? []).some(({ id }) => id === ids[0]);
    if ((isSearching || isSuspect) && !isOffline && refusals < MANY_REFUSALS) {
      if (ids.length > 1) return refused(rows, reason, ENOUGH_UNWELL, batch);
      // Once more at once: a collector that fails now and then takes it.
      const isTwice = again === ids[0];
      again = isTwice ? undefined : ids[0];
      if (isTwice) return refused(rows, reason, ENOUGH_UNWELL, batch);
      parts = [...without(parts, ids), ids];
      return NO_CHANGE;
    }
    isSearching = false;
    parts = [];
    const now = Date.now();
    return { settled: [], standing: (standing) => afterFailure(standing, outcome, batch, page.mark, now), isHeld: true };
  }

  return {
    total,
    failed,
    trouble: () => trouble,
    tell,
    maxBytes: () => maxBytes,
    searched: () => parts.flat().length,
    choose,
    aloneMs,
    refuse,
    outdate(count) {
      // All of a summer, perhaps: they are counted, not named.
      total.refused += count;
      drop('too_old', count);
    },
    judge,
    begin() {
      isWell = false;
    },
    forget() {
      parts = [];
      isSearching = false;
    },
  };
}
