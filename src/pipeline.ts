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
 * This file is the part in the middle. It calls nothing that records an event: what a plugin wants told beside a draft, it returns.
 */

/**
 * The order in which plugins see a draft, by their names, whatever the order in which they are given; `*` stands for those of the shop's own. First what two sources say
 * becomes one; then it gets its page, its name, its items; then its session, its place in the journey, and what a format needs.
 */
const ORDER = ['dataLayer', 'markup', 'pages', 'feelings', 'sharing', 'landings', 'commerce', '*', 'sessions', 'identity', 'stages', 'dropOuts', 'format'];
const rankOf = ({ name }: Plugin): number => ORDER.indexOf(ORDER.includes(name) ? name : '*');

/** Compares two plugins by the order in which they see a draft. */
export const inOrder = (one: Plugin, other: Plugin): number => rankOf(one) - rankOf(other);

/**
 * Takes a draft through the plugins, from one of them on, and returns what comes out at the end, in order. What they remember is noted in the record; nothing else
 * is changed.
 *
 * @param onError told what a plugin threw; the draft goes on without it, and what it remembers is forgotten
 */
export function processDraft(plugins: readonly Plugin[], draft: Draft, record: VisitorRecord, mayMarket: boolean, onError: (name: string, error: unknown) => void, from = 0): Draft[] {
  const { state } = record;
  const visitor: VisitorView = { id: record.id, last: record.last ?? 0, state, mayMarket };
  for (let index = from; index < plugins.length; index++) {
    const { name, process } = plugins[index]!;
    try {
      // Without a prototype: what a page has put on that is no step.
      const step: Step<unknown> = { __proto__: null, ...process?.(draft, state[name], visitor) } as never;
      if ('state' in step) state[name] = step.state;
      const { drafts = [draft] } = step;
      if (drafts.length !== 1) return drafts.flatMap((each) => processDraft(plugins, each, record, mayMarket, onError, index + 1));
      [draft] = drafts as [Draft];
    } catch (error) {
      // What is remembered may be what it stumbles over.
      delete state[name];
      onError(name, error);
    }
  }
  if (draft.session !== 'ignore' || !record.last) record.last = Math.max(record.last ?? 0, draft.time);
  return draft.name.startsWith('~') ? [] : [draft];
}
