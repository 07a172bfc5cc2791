import type { ConsentState, Statement } from './consent.js';

/** What Google's consent mode has said so far. */
export interface GoogleConsent {
  /** The defaults, by Google's own names: `analytics_storage`, `ad_storage`, `ad_user_data`. */
  types: Readonly<Record<string, ConsentState>>;
  /** The updates, which stand above the defaults, also above one that comes later. */
  answers: Readonly<Record<string, ConsentState>>;
  /** Whether there was an update: the visitor's answer, after which none is waited for. */
  isAnswered: boolean;
  /** How long an update is waited for before the defaults count, in milliseconds. */
  waitMs: number;
  /** Whether a default was for some regions only: a page cannot know in which one it is. */
  isRegional: boolean;
}

/** Nothing said yet. */
export const SILENT: GoogleConsent = { types: {}, answers: {}, isAnswered: false, waitMs: 0, isRegional: false };

/** Longest wait that a page can ask for, in milliseconds. Our choice: Google's examples ask for half a second. */
const MAX_WAIT_MS = 10_000;

/** Google's types of consent for each purpose. Source: Google's consent mode reference, version 2, 2026. */
const TYPES = { analytics: ['analytics_storage'], marketing: ['ad_storage', 'ad_user_data'] } as const;

/**
 * Reads one entry of the data layer: `gtag('consent', 'default' | 'update', { … })`. Pure. A default that denies is no answer yet, so it is `required`. One
 * for some regions counts everywhere if it denies, and nowhere if it grants: the stricter is the safe one.
 *
 * @returns what has been said with it; undefined if the entry says nothing of consent
 */
export function readGoogleConsent(entry: unknown, before: GoogleConsent): GoogleConsent | undefined {
  const [command, kind, given] = [0, 1, 2].map((index) => (Object(entry) as Record<number, unknown>)[index]);
  if (command !== 'consent' || !/^(default|update)$/.test(`${kind}`)) return undefined;
  const { region, wait_for_update, ...named } = Object(given) as Record<string, unknown>;
  const isUpdate = kind === 'update';
  const types: Record<string, ConsentState> = { ...before.types };
  const answers: Record<string, ConsentState> = { ...before.answers };
  for (const type of Object.values(TYPES).flat()) {
    const state = named[type];
    if (state !== 'granted' && state !== 'denied') continue;
    if (isUpdate) answers[type] = state;
    else if (state === 'denied') types[type] = 'required';
    else if (!region) types[type] ??= state;
  }
  const waitMs = Math.min(Number(wait_for_update) || 0, MAX_WAIT_MS);
  return { types, answers, isAnswered: before.isAnswered || isUpdate, waitMs: Math.max(before.waitMs, waitMs), isRegional: before.isRegional || !!region };
}

/**
 * Returns what consent mode says of the purposes. For marketing, both storage and user data for advertising are asked: the stricter counts.
 *
 * @param isWaiting whether an update may still come that the page asked to wait for
 */
export function purposesOf({ types, answers, isAnswered }: GoogleConsent, isWaiting: boolean): Statement {
  const strictest = (names: readonly string[]): ConsentState | undefined => {
    const states = names.map((name) => answers[name] ?? types[name]);
    const state = (['denied', 'required', 'granted'] as const).find((each) => states.includes(each));
    return state && isWaiting && !isAnswered ? 'required' : state;
  };
  return { analytics: strictest(TYPES.analytics), marketing: strictest(TYPES.marketing) };
}
