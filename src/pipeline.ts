import type { Draft } from './event/draft.js';
import type { Plugin, Step, VisitorView } from './plugin.js';
import type { VisitorRecord } from './visitor/record.js';

/*
 * An event's way from the call to the outbox:
 *
 *   track ──► freeze ──► consent ──► visitor ──► plugins, one after the other ──► beforeSend ──► seal ──► outbox
 *             (a draft)  pass, hold,  known, or   (draft, state) → drafts, state    the shop's     number,
 *                        or drop      waits                                         last word      context
 *
 * `createPipeline` is that way, in order. Nothing in it records an event: what a plugin wants told beside a draft, it returns.
 */

/**
 * The order in which plugins see a draft, by their names, whatever the order in which they are given; `*` stands for those of the shop's own. First what two sources say
 * becomes one; then it gets its page, its name, its items; then its session, its place in the journey, and what a format needs.
 */
const ORDER =
  'earlyClicks dataLayer markup pages feelings sharing landings commerce * sessions identity stages dropOuts format'.split(
    ' ',
  );
const rankOf = ({ name }: Plugin): number => ORDER.indexOf(ORDER.includes(name) ? name : '*');

/** Compares two plugins by the order in which they see a draft. */
export const inOrder = (one: Plugin, other: Plugin): number => rankOf(one) - rankOf(other);

/** What came of a draft: what goes on, and what is remembered; or the plugin that has to be loaded first. */
export interface Processed {
  drafts: Draft[];
  state: Record<string, unknown>;
  /** When the visitor last did something, in milliseconds since 1970. */
  last: number;
  late: Plugin | undefined;
}

/**
 * Takes a draft through the plugins, and returns what comes out at the end, in order. Pure: the record is changed by the caller.
 *
 * @param onError told what a plugin threw; the draft goes on without it, and what it remembers is forgotten
 * @param isLast whether nothing that is still to come can be waited for; default: false
 */
export function processDraft(
  plugins: readonly Plugin[],
  draft: Draft,
  { id, last = 0, state: before }: VisitorRecord,
  mayMarket: boolean,
  onError: (name: string, error: unknown) => void,
  isLast = false,
): Processed {
  const state = { ...before };
  const visitor: Mutable<VisitorView> = { id, last, state, mayMarket };
  let late: Plugin | undefined;

  const isLate = ({ name, needs, load }: Plugin, each: Draft) => load && !isLast && needs?.(each, state[name]);
  function stepOf(plugin: Plugin, each: Draft): readonly Draft[] {
    const { name, process } = plugin;
    try {
      if (isLate(plugin, each)) late ??= plugin;
      // Without a prototype: what a page has put on that is no step.
      const step: Step<unknown> = { __proto__: null, ...(!late && process?.(each, state[name], visitor)) } as never;
      if ('state' in step) state[name] = step.state;
      return step.drafts ?? [each];
    } catch (error) {
      // What is remembered may be what it stumbles over.
      delete state[name];
      onError(name, error);
      return [each];
    }
  }
  /** Each goes to its end before the next: what one changes, the next one sees. */
  function go(each: Draft, from: number): Draft[] {
    for (let index = from; index < plugins.length && !late; index++) {
      const drafts = stepOf(plugins[index]!, each);
      if (drafts.length !== 1) return drafts.flatMap((one) => go(one, index + 1));
      [each] = drafts as [Draft];
    }
    if (each.session !== 'ignore' || !visitor.last) visitor.last = Math.max(visitor.last, each.time);
    return each.name.startsWith('~') ? [] : [each];
  }

  try {
    // Before others have taken note of a draft that will come to them again.
    late = plugins.find((plugin) => isLate(plugin, draft));
  } catch {
    // It is told when it is that plugin's turn.
  }
  const drafts = go(draft, 0);
  return late ? { drafts: [], state: before, last, late } : { drafts, state, last: visitor.last, late };
}
type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** The steps, in their order: each is a part of its own, and knows nothing of the others. */
export interface Steps {
  /** Whether an event may be tracked at all. */
  isDenied(): boolean;
  freeze(name: string, properties: unknown, given: object): Draft;
  /** Runs `work` once something may be kept and the visitor is known. */
  whenKnown(work: (record: VisitorRecord) => void, isEvent: boolean): void;
  /** `isLast`: nothing can be waited for any more. */
  process(draft: Draft, record: VisitorRecord, isLast: boolean): Processed;
  /** Loads the rest of a plugin; settles when it is there, or is not to come. */
  load(plugin: Plugin): Promise<unknown>;
  /** Keeps a draft until what it needs is there; it is deleted by the write of what came of it. */
  keep(draft: Draft): void;
  unkeep(draft: Draft): void;
  /** What is remembered changed, without an event that would be stored with it. */
  save(): void;
  /** The shop's last word, then number and context; then into the outbox. */
  put(draft: Draft, record: VisitorRecord): void;
  /** Returns what takes drafts: that of the latest tracker of this key, also for those that wait in one that was stopped. */
  latest(): Pipeline['take'];
}

/** An event's way from the call to the outbox. */
export interface Pipeline {
  track(name: string, properties: unknown, given?: object): void;
  /** Takes a draft whose visitor is known. */
  take(draft: Draft, record: VisitorRecord): void;
  /** Takes up drafts that earlier pages have kept, before all others. */
  resume(drafts: readonly Draft[]): void;
  /** Lets go on what waits as it is: the page ends, and nothing can be kept. */
  finish(record: VisitorRecord): void;
  /** Returns what drafts wait for, if any do. */
  loading(): Promise<true> | undefined;
  /** Forgets what waits. */
  forget(): void;
}

/** Returns the way of a tracker's events. */
export function createPipeline(steps: Steps): Pipeline {
  const { isDenied, freeze, whenKnown, process, load, keep, unkeep, save, put, latest } = steps;
  /** Drafts that wait for the rest of a plugin, in order: what comes later waits behind them. */
  let waiting: Draft[] = [];
  let loading: Promise<true> | undefined;

  /** Returns whether a draft went its way, or else waits. */
  function go(draft: Draft, record: VisitorRecord, isLast = false): boolean {
    const { drafts, state, last, late } = process(draft, record, isLast);
    if (late) {
      loading = load(late).then(() => {
        loading = undefined;
        whenKnown(flow, false);
        return true;
      });
      return false;
    }
    const isChanged = Object.keys(state).some((key) => state[key] !== record.state[key]);
    Object.assign(record, { state, last });
    // What is remembered goes with the events; without any, by itself.
    if (isChanged && !drafts.length) save();
    for (const each of drafts) put(each, record);
    return true;
  }
  /** Lets go on what waits, up to the first that needs something that is still to come. */
  function flow(record: VisitorRecord): void {
    while (waiting.length && !loading && go(waiting[0]!, record)) unkeep(waiting.shift()!);
  }
  function take(draft: Draft, record: VisitorRecord): void {
    if (!waiting.length && go(draft, record)) return;
    waiting.push(draft);
    keep(draft);
    flow(record);
  }

  return {
    take,
    track(name, properties, given = {}) {
      if (isDenied()) return;
      const draft = freeze(name, properties, given);
      whenKnown((record) => latest()(draft, record), !name.startsWith('~'));
    },
    resume(drafts) {
      waiting = [...drafts, ...waiting];
      if (drafts.length) whenKnown(flow, false);
    },
    finish(record) {
      for (const draft of waiting.splice(0)) {
        go(draft, record, true);
        unkeep(draft);
      }
    },
    loading: () => loading,
    forget() {
      waiting = [];
    },
  };
}
