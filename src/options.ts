import { whereOf, type Collector } from './delivery/collectors.js';
import { readStatement, type ConsentState, type Denies, type Statement } from './consent/consent.js';
import type { EventFilter } from './privacy/filters.js';
import { waymarkFormat } from './formats/waymark.js';
import type { Plugin } from './plugin.js';
import type { Format } from './formats/format.js';
import { MAX_MS } from './util/run-later.js';
import { show } from './util/show.js';
import type { Fault } from './option-words.js';
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
  format: waymarkFormat,
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

/**
 * What values of an option are right, beside their type: a text that fits a pattern, or what a function says yes to; what it throws at is wrong. Of a
 * list, each entry. Without a rule, an option takes all that is of its default's type.
 */
export type Rule = RegExp | ((value: never) => unknown);

/** Rules by option. */
export type OptionRules = Readonly<Record<string, Rule>>;

/** Loads what says it in full: which values a wrong option takes, with an example. */
export type LoadWords = () => Promise<Pick<typeof import('./option-words.js'), 'explain'>>;

/** Names, none of them empty. */
const NAMES = /./;

/** Rules for one collector. */
const oneRules: OptionRules = {
  // With a scheme, or a path on this host; a user name in it would make `fetch` throw.
  collector: /^(https?:\/)?\/[^\s@]+$/i,
  format: ({ encode }: Format) => typeof encode === 'function',
  // Where tests run, there may be no `fetch` and none of its parts.
  headers: (headers: Record<string, string>) => typeof Headers !== 'function' || new Headers(headers),
  credentials: /^(omit|include|same-origin)$/,
};

/** Rules for the core's options. */
export const coreRules: OptionRules = {
  ...oneRules,
  key: /\S/,
  consent: readStatement,
  globalPrivacyControl: /^(marketing|all|ignore)$/,
  identity: /^(visitor|none)$/,
  batchWaitMs: (ms: number) => ms <= MAX_MS,
  allowedParameters: NAMES,
  deniedProperties: NAMES,
  plugins: (plugin: Plugin) => typeof plugin === 'object' && typeof plugin.name === 'string',
};

/** The type of a value, where a list is no object. Where there is none, neither by default, there may be a function. */
const kindOf = (value: unknown = () => {}): string => (Array.isArray(value) ? 'list' : typeof value);

/** Tells whether an option takes this value. */
function isRight(value: unknown, byDefault: unknown, rule?: Rule): boolean {
  try {
    return (
      // Consent is given as a text or an object.
      (rule === readStatement || kindOf(value) === kindOf(byDefault)) &&
      (typeof value !== 'number' || value > 0) &&
      (!rule ||
        [value]
          .flat()
          .every((each) => (typeof rule === 'function' ? rule(each as never) : (each as string).match(rule))))
    );
  } catch {
    return false;
  }
}

/**
 * Returns the options as given, or their defaults.
 *
 * @param faults gets what is wrong
 * @param path what the names of the options begin with in faults; default: nothing
 */
function checkOptions<Defaults extends object>(
  given: object & { collectors?: unknown },
  defaults: Defaults,
  rules: OptionRules,
  faults: Fault[],
  path = '',
): Defaults {
  // Without a prototype: what every object has, and what a script has put on `Object.prototype`, is no option.
  const options: Record<string, unknown> = { __proto__: null, ...defaults };
  const isSeveral = Array.isArray(given.collectors) && given.collectors.length;
  for (const [name, own] of Object.entries({ collector: '', ...given })) {
    const byDefault = options[name];
    const value = own ?? byDefault;
    // What is said of each of several is not said of all.
    if (isSeveral && name in single ? value === byDefault : name in options && isRight(value, byDefault, rules[name]))
      options[name] = value;
    else faults.push([path + name, value]);
  }
  return options as Defaults;
}

/** Returns several collectors with their defaults: an address alone is one. No two may have the same address, or name. */
function checkCollectors(given: readonly (Partial<Collector> | string)[], faults: Fault[]): Collector[] {
  const taken: unknown[] = [];
  return given.map((each, index) => {
    const path = `collectors[${index}]`;
    const one: Collector = checkOptions(
      typeof each === 'string' ? { collector: each } : (Object(each) as object),
      { ...single, events: [], consent: '', name: '' },
      { ...oneRules, events: /^!?[\w*]+$/, consent: /^(analytics|marketing)?$/ },
      faults,
      `${path}.`,
    );
    for (const mark of faults.length ? [] : [whereOf(one), one.name]) {
      if (mark && taken.includes(mark)) faults.push([path, mark]);
      taken.push(mark);
    }
    return one;
  });
}

/**
 * Returns the options as given, or their defaults. Of wrong ones, the whole sentence follows in the console, once its words have been loaded.
 *
 * @param defaults every option there is
 * @param rules what values are right, beside their type
 * @param load loads the words; where they do not come, the error has said what matters
 * @throws TypeError that names every wrong option and what it got
 */
export function resolveOptions<Defaults extends { collectors: readonly Collector[] }>(
  given: object,
  defaults: Defaults,
  rules: OptionRules,
  load: LoadWords,
): Defaults {
  const faults: Fault[] = [];
  const options = checkOptions(given, defaults, rules, faults);
  options.collectors = checkCollectors(options.collectors, faults);
  if (!faults.length) return options;
  load().then(
    ({ explain }) => console.error(explain(faults, given, defaults)),
    () => {},
  );
  throw new TypeError(`waymark: ${faults.map(([option, got]) => `option ${option}: ${show(got)}`).join('; ')}`);
}
