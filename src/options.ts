import { whereOf, type Collector } from './delivery/collectors.js';
import { readStatement, TAKES_CONSENT, type ConsentState, type Denies, type Statement } from './privacy/consent.js';
import type { EventFilter } from './privacy/screen.js';
import { waymarkFormat } from './formats/waymark.js';
import type { Plugin } from './plugin.js';
import type { Format } from './formats/format.js';
import { show } from './util/show.js';
import type { Credentials } from './delivery/credentials.js';

/** One of several collectors. Everything but `collector` has a default. */
export interface CollectorOptions {
  /** Where its batches are posted: an http(s) URL, or a path on the shop's own host such as `/events`. With the format's path, another one than any other's. */
  collector: string;
  /** How its batches are written. Default: `waymarkFormat`. */
  format?: Format | undefined;
  /** More headers of every request to it. Default: none. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Whether requests to it bear cookies: `omit`, `same-origin` or `include`. Default: `omit`. */
  credentials?: Credentials | undefined;
  /** Names of the events that it gets, `*` is any text; those that begin with `!` it does not get: `['purchase', 'view_*']`, `['!engagement']`. Default: all. */
  events?: readonly string[] | undefined;
  /** Kind of consent that the visitor must have given for it to get an event; what it was as the event was tracked, or has been withdrawn since. Default: none is looked at. */
  consent?: 'analytics' | 'marketing' | undefined;
  /** What it is called in messages. With a name, it keeps its progress when its address changes. Default: its address. */
  name?: string | undefined;
}

/** What `createTracker` of `waymark/core` takes. Everything but `collector` has a default. */
export interface CoreOptions {
  /** Where batches are posted: an http(s) URL, or a path on the shop's own host such as `/events`. Needed unless there are `collectors`. */
  collector?: string | undefined;
  /**
   * Several collectors in place of `collector`, `format`, `headers` and `credentials`; an address alone is one with defaults. Each has its own progress, and
   * one that fails holds up no other. Default: none.
   */
  collectors?: readonly (CollectorOptions | string)[] | undefined;
  /**
   * Name of this tracker. Trackers with different keys share nothing; a second one
   * with the key of one that runs is that one. Default: `main`.
   */
  key?: string | undefined;
  /** How batches are written: `waymark/formats` has more. The script tag takes the names of some. Default: `waymarkFormat`. */
  format?: Format | undefined;
  /**
   * More headers of every request. Any makes the browser ask the collector first (a CORS preflight), which a page that is left may not live to see.
   * Default: none.
   */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Whether requests bear cookies, as in `fetch`: `omit`, `same-origin` or `include`. Default: `omit`. */
  credentials?: Credentials | undefined;
  /** Most events kept for a collector that cannot be reached, above 0; those worth least go first, then the oldest. Default: 10,000, days of a busy visitor. */
  maxStoredEvents?: number | undefined;
  /** Most bytes that they take, above 0. Default: 10,000,000: browsers give a site that much without asking. */
  maxStoredBytes?: number | undefined;
  /** Most days that an event is kept while the collector fails, above 0. Default: 30; later nobody acts on it. */
  maxStoredDays?: number | undefined;
  /**
   * What the visitor allows until somebody says otherwise, a call of `consent` or a consent platform: `granted`, `denied`, `required` (nothing is kept or sent
   * until there is an answer), or each purpose by itself (`{ analytics: 'granted', marketing: 'required' }`; as an attribute, `analytics=granted,marketing=required`). Default: `granted`.
   */
  consent?: ConsentState | Statement | (string & {}) | undefined;
  /** What Global Privacy Control denies, where the browser sends it: `marketing`, `all` or nothing (`ignore`). It is on the events all the same. Default: `marketing`. */
  globalPrivacyControl?: Denies | undefined;
  /** Whether Do Not Track is taken for a denial. Default: false, as nobody is bound by it. */
  doNotTrack?: boolean | undefined;
  /**
   * `visitor`: a random id, for 13 months at most. `none`: nothing is kept in the browser, and nothing sent that tells one visitor from another; each page
   * view stands for itself. Default: `visitor`.
   */
  identity?: 'visitor' | 'none' | undefined;
  /** Sees every event before it is kept, as for the call of that name. Default: none. */
  beforeSend?: EventFilter | undefined;
  /** Most events of one batch, above 0. Default: 50. */
  batchEvents?: number | undefined;
  /** How long an event waits for others, in milliseconds. A purchase never waits. Default: 5000. */
  batchWaitMs?: number | undefined;
  /**
   * Query parameters that stay in addresses beside the campaign's (`utm_…`), as they are written: `['variant', 'q']`. What in their values tells of
   * somebody is replaced all the same. Default: none.
   */
  allowedParameters?: readonly string[] | undefined;
  /**
   * Names of properties that no event has, in capitals or not, at any depth: in items and traits, too. One that Waymark needs itself, such as
   * `transaction_id`, is missing to it, too. Default: none.
   */
  deniedProperties?: readonly string[] | undefined;
  /**
   * What the tracker can do beside the core, in this order: `pages()` of `waymark/capture`; `sessions()` and `identity()` of
   * `waymark/core`; `stages()` and `dropOuts()` of `waymark/journey`; `commerce()`, `feelings()`, `sharing()`, `landings()`,
   * `pageViews()`, `clicks()`, `frustration()`, `dataLayer()` and `productMarkup()` of `waymark/capture`; the shop's own. Default: none.
   */
  plugins?: readonly Plugin[] | undefined;
}

/** The one collector that there must be. */
export interface WithOne {
  collector: string;
  /** None beside `collector`. */
  collectors?: undefined;
}

/** Or the several. */
export interface WithSeveral {
  /** None beside `collectors`. */
  collector?: undefined;
  collectors: readonly (CollectorOptions | string)[];
}

/** Options with the collector, or the collectors, that there must be. */
export type WithCollector<Given extends CoreOptions> = Given & (WithOne | WithSeveral);

/** Options of one collector. */
const single = {
  collector: '',
  format: waymarkFormat as Format,
  headers: {} as Readonly<Record<string, string>>,
  credentials: 'omit' as Credentials,
};

/** Options by name: each with its default, whose type is the type it takes. Numbers are above 0. */
export const coreDefaults = {
  ...single,
  key: 'main',
  collectors: [] as readonly Collector[],
  consent: 'granted' as ConsentState | Statement | (string & {}),
  globalPrivacyControl: 'marketing' as Denies,
  doNotTrack: false,
  identity: 'visitor' as 'visitor' | 'none',
  beforeSend: undefined as EventFilter | undefined,
  batchEvents: 50,
  batchWaitMs: 5000,
  maxStoredEvents: 10_000,
  maxStoredBytes: 10_000_000,
  maxStoredDays: 30,
  allowedParameters: [] as readonly string[],
  deniedProperties: [] as readonly string[],
  plugins: [] as readonly Plugin[],
};

/** What values must look like, by option: tells whether one is right, names itself in messages, and may make something else of it, adding to `faults` what is wrong in it. `isFree`: of whatever type it is. */
export type Patterns = Record<string, { test(value: never): boolean; read?(value: never, faults: string[]): unknown; toString(): string; isFree?: boolean }>;

/** What a text must look like, and how messages say it: to people, with an example. */
export const like = (pattern: RegExp, words: string): Patterns[string] => ({ test: (text: string) => pattern.test(text), toString: () => words });

/** What an option must be that takes one of these words. */
export const oneOf = (...words: string[]): Patterns[string] => ({ test: (text: string) => words.includes(text), toString: () => words.join(' or ') });

/** Headers that `fetch` takes. */
const HEADERS = {
  test(value: Record<string, string>): boolean {
    try {
      return !!new Headers(value);
    } catch {
      // Where tests run, there may be no `fetch` and none of its parts.
      return typeof Headers !== 'function';
    }
  },
  toString: () => 'HTTP headers by name',
};

/** Names, none of them empty. */
const NAMES = {
  test: (names: readonly unknown[]) => names.every((name) => name && typeof name === 'string'),
  toString: () => 'a list of names',
};

/** What the options of one collector must look like. */
const ofEach: Patterns = {
  // With a scheme, or a path on this host; a user name in it would make `fetch` throw.
  collector: like(/^(https?:\/)?\/[^\s@]+$/i, 'an http(s) address such as "https://collect.example/events", or a path such as "/events"'),
  format: { test: ({ encode }: Format) => typeof encode === 'function', toString: () => 'a format of waymark/formats' },
  headers: HEADERS,
  credentials: oneOf('omit', 'include', 'same-origin'),
};
const NOTHING: Patterns[string] = { test: () => false, toString: () => 'nothing beside "collectors"' };

/** Several collectors. */
const COLLECTORS: Patterns[string] = {
  test: () => true,
  toString: () => 'a list of addresses and collectors',
  read(given: readonly unknown[], faults): Collector[] {
    const taken: string[] = [];
    return given.map((each, index) => {
      const path = `collectors[${index}]`;
      const one = checkOptions(typeof each === 'string' ? { collector: each } : Object(each), { ...single, events: [] as readonly string[], consent: '', name: '' }, { ...ofEach, events: EVENTS, consent: CONSENT }, faults, `${path}.`);
      for (const mark of faults.length ? [] : [whereOf(one), one.name]) {
        if (taken.includes(mark)) faults.push(`option "${path}" takes an address and a name of its own, got ${show(mark)}`);
        if (mark) taken.push(mark);
      }
      return one;
    });
  },
};
const EVENTS = { test: (names: readonly unknown[]) => names.every((name) => /^!?[\w*]+$/.test(`${name}`)), toString: () => 'names of events, "view_*", "!engagement"' };
const CONSENT = like(/^(analytics|marketing)?$/, 'analytics or marketing');

/** What the core's options must look like, beside their type. */
export const corePatterns: Patterns = {
  ...ofEach,
  collectors: COLLECTORS,
  allowedParameters: NAMES,
  deniedProperties: NAMES,
  consent: { isFree: true, test: (given: unknown) => !!readStatement(given), toString: () => TAKES_CONSENT },
  globalPrivacyControl: oneOf('marketing', 'all', 'ignore'),
  identity: oneOf('visitor', 'none'),
  beforeSend: { isFree: true, test: (given: unknown) => given === undefined || typeof given === 'function', toString: () => 'a function' },
};

/** What options take that have nothing more to say, by the type of their default. */
const TYPES: Readonly<Record<string, string>> = { string: 'a text', number: 'a number above 0', boolean: 'true or false' };

/** Finds the name that an unknown one was probably meant to be. */
type Guess = (typo: string, names: readonly string[]) => string | undefined;

/**
 * Returns the options as given, or their defaults.
 *
 * @param faults gets what is wrong: the option, what it takes and what it got
 * @param path what the names of the options begin with in messages; default: nothing
 */
function checkOptions<Defaults extends object>(given: Partial<Record<keyof Defaults, unknown>>, defaults: Defaults, patterns: Patterns, faults: string[], path = '', guess?: Guess): Defaults {
  // Own properties only: what a script has put on `Object.prototype` is no option.
  const ownOf = <Fields extends object>(fields: Fields) => ({ __proto__: null, ...fields });
  const [options, own, pattern]: [Record<string, unknown>, Record<string, unknown>, Patterns] = [ownOf(defaults), ownOf(given), ownOf(patterns) as never];
  const { collectors } = own;
  for (const name of Object.keys({ ...defaults, ...given })) {
    const byDefault = options[name];
    const type = typeof byDefault;
    const value = own[name] ?? byDefault;
    // What is said of each of several is not said of all.
    const isOfEach = name in single && Array.isArray(collectors) && collectors.length > 0;
    const takes = isOfEach ? NOTHING : pattern[name];
    const isOfType = takes?.isFree ?? (typeof value === type && Array.isArray(value) === Array.isArray(byDefault));
    const isRight = isOfEach ? value === byDefault : isOfType && (type !== 'number' || Number(value) > 0) && (takes ?? /^/).test(value as never);
    if (isRight) options[name] = takes?.read ? takes.read(value as never, faults) : value;
    else if (name in options) faults.push(`option "${path}${name}" takes ${takes ?? TYPES[type] ?? (Array.isArray(byDefault) ? 'a list' : 'an object')}, got ${show(value)}`);
    else {
      const meant = guess?.(name, Object.keys(defaults));
      faults.push(`there is no option "${path}${name}"${meant ? `: did you mean "${meant}"?` : ''}`);
    }
  }
  return options as Defaults;
}

/**
 * Returns the options as given, or their defaults.
 *
 * @param defaults every option there is
 * @param patterns what values must look like, beside their type
 * @param guess finds what an option that there is not was meant to be; default: nobody guesses
 * @throws TypeError that names every wrong option, what it takes and what it got
 */
export function resolveOptions<Defaults extends object>(given: Partial<Record<keyof Defaults, unknown>>, defaults: Defaults, patterns: Patterns, guess?: Guess): Defaults {
  const faults: string[] = [];
  const options = checkOptions(given, defaults, patterns, faults, '', guess);
  if (faults.length) throw new TypeError(`waymark: ${faults.join('; ')}`);
  return options;
}
