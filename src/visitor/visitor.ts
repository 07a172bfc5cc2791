import { createRecord, type VisitorRecord } from './record.js';

/** The visitor as this page knows it, and the work that waits until it does. */
export interface Visitor {
  /** Returns what is remembered; undefined until something is known. */
  record(): VisitorRecord | undefined;
  /**
   * Returns a record that must not take the place of the true one: made up, because the page ended before the store had answered, or old, of a page that has
   * just come back.
   */
  uncertain(): VisitorRecord | undefined;
  /** Runs `work` with an up-to-date record: now, or after a look into the store. One after the other, in order. */
  ready(work: (record: VisitorRecord) => void): void;
  /** Another tab may change the record from now on: look before it is used again. */
  stale(): void;
  /** Runs what waits with what is known, or as a new visitor: the page may end before the store answers. */
  settle(): void;
  /** The page was away: what it knows, and what it was reading, is old. It may be used, but not stored, until the store has been asked again. */
  age(): void;
  /** Begins a new visitor. */
  renew(): void;
  /** Forgets the visitor, and what waits; the store is asked again when somebody is needed. */
  forget(): void;
}

/**
 * Returns the visitor. The store is read when somebody is first needed, and again after `stale`.
 *
 * @param load reads the record from the store; undefined where there is none
 * @param newcomer returns who the visitor is if the store does not know; always the same
 * @param isHidden whether the person is in another tab, which may change the record all the time
 */
export function createVisitor(
  load: () => Promise<VisitorRecord | undefined>,
  newcomer: () => VisitorRecord,
  isHidden: () => boolean,
): Visitor {
  let record: VisitorRecord | undefined;
  let isFresh = false;
  let isLoading = false;
  let wasSettled = false;
  /** Whether the store has ever told who it is. */
  let isTrue = false;
  let uncertain: VisitorRecord | undefined;
  let waiting: ((record: VisitorRecord) => void)[] = [];
  let isRunning = false;
  /** How many times all was forgotten, or became old: what was asked before that is of no use. */
  let era = 0;

  function run(): void {
    if (isRunning) return;
    isRunning = true;
    // What it asks for itself comes after what has waited longer. One of them may forget everything.
    while (record && waiting.length) waiting.shift()!(record);
    isRunning = false;
    if (waiting.length && !isLoading) void read();
  }

  async function read(): Promise<void> {
    isLoading = true;
    const before = era;
    // Nothing of it may reach the page as a rejection that nobody handles.
    const loaded = await load().catch(() => undefined);
    if (before !== era) return;
    isTrue ||= !!loaded;
    // What the page did at a presumed end is newer than what was read before, unless it did it as a made-up visitor.
    if (!wasSettled || uncertain) record = loaded ?? record ?? newcomer();
    // Whoever the store knows, once it answers, is not to be written over by somebody that it was too slow to know.
    uncertain = isTrue ? undefined : record;
    isLoading = wasSettled = false;
    // A store that was too slow to say who it is, is asked again.
    isFresh = !uncertain && !isHidden();
    run();
  }

  return {
    record: () => record,
    uncertain: () => uncertain,
    ready(work) {
      waiting.push(work);
      if (isFresh && record) run();
      else if (!isLoading && !isRunning) void read();
    },
    stale() {
      isFresh = false;
    },
    settle() {
      if (waiting.length) {
        record ??= uncertain = newcomer();
        wasSettled = isLoading;
        run();
      }
      // A look that is under way when the page is left would keep it out of the back/forward cache.
      isFresh = true;
    },
    age() {
      era++;
      isFresh = isLoading = wasSettled = false;
      uncertain = record;
    },
    renew() {
      record = createRecord();
      uncertain = undefined;
      isTrue = true;
    },
    forget() {
      era++;
      record = uncertain = undefined;
      isFresh = isLoading = wasSettled = isTrue = false;
      waiting = [];
    },
  };
}
