import { whereOf, type Collector } from './delivery/collectors.js';
import type { Format } from './formats/format.js';
import { waymarkFormat } from './formats/waymark.js';
import type { Plugin } from './plugin.js';
import { show } from './util/show.js';

/** One of several collectors. Everything but `collector` has a default. */
export interface CollectorOptions {
  /** Where its batches are posted: an http(s) URL, or a path on the shop's own host such as `/events`. With the format's path, another one than any other's. */
  collector: string;
  /** How its batches are written. Default: `waymarkFormat`. */
  format?: Format | string | undefined;
  /** More headers of every request to it. Default: none. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Whether requests to it bear cookies: `omit`, `same-origin` or `include`. Default: `omit`. */
  credentials?: RequestCredentials | undefined;
  /** Names of the events that it gets, `*` is any text; those that begin with `!` it does not get: `['purchase', 'view_*']`, `['!engagement']`. Default: all. */
  events?: readonly string[] | undefined;
  /** Kind of consent that the visitor must have given for it to get an event; events that bear no consent it gets. Default: none is looked at. */
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
  /** How batches are written; the script tag knows some formats by name. Default: `waymarkFormat`. */
  format?: Format | string | undefined;
  /**
   * More headers of every request. Any makes the browser ask the collector first (a CORS preflight), which a page that is left may not live to see.
   * Default: none.
   */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Whether requests bear cookies, as in `fetch`: `omit`, `same-origin` or `include`. Default: `omit`. */
  credentials?: RequestCredentials | undefined;
  /** Most events kept for a collector that cannot be reached, above 0; those worth least go first, then the oldest. Default: 10,000, days of a busy visitor. */
  maxStoredEvents?: number | undefined;
  /** Most bytes that they take, above 0. Default: 10,000,000: browsers give a site that much without asking. */
  maxStoredBytes?: number | undefined;
  /** Most days that an event is kept while the collector fails, above 0. Default: 30; later nobody acts on it. */
  maxStoredDays?: number | undefined;
  /** Most events of one batch, above 0. Default: 50. */
  batchEvents?: number | undefined;
  /** How long an event waits for others, in milliseconds. A purchase never waits. Default: 5000. */
  batchWaitMs?: number | undefined;
  /**
   * What the tracker can do beside the core, in this order: `pages()` of `waymark/capture`; `sessions()` and `identity()` of
   * `waymark/core`; `stages()` and `dropOuts()` of `waymark/journey`; `commerce()`, `feelings()`, `sharing()`, `landings()`,
   * `pageViews()`, `clicks()`, `frustration()`, `dataLayer()` and `productMarkup()` of `waymark/capture`; the shop's own. Default: none.
   */
  plugins?: readonly Plugin[] | undefined;
}

/** Options with the collector, or the collectors, that there must be. */
export type WithCollector<Given extends CoreOptions> = Given & ({ collector: string } | { collectors: readonly (CollectorOptions | string)[] });

/** Options of one collector. */
const single = {
  collector: '',
  format: waymarkFormat as Format,
  headers: {} as Readonly<Record<string, string>>,
  credentials: 'omit' as RequestCredentials,
};

/** Options by name: each with its default, whose type is the type it takes. Numbers are above 0. */
export const coreDefaults = {
  ...single,
  key: 'main',
  collectors: [] as readonly Collector[],
  batchEvents: 50,
  batchWaitMs: 5000,
  maxStoredEvents: 10_000,
  maxStoredBytes: 10_000_000,
  maxStoredDays: 30,
  plugins: [] as readonly Plugin[],
};

/** What values must look like, by option: tells whether one is right, names itself in messages, and may make something else of it. */
export type Patterns = Record<string, { test(value: never): boolean; read?(value: never, patterns: Patterns): unknown; toString(): string }>;

/** Returns what the option `format` takes: a format, or the name of one of these. */
export const namedFormats = (formats: Readonly<Record<string, Format>>): Patterns => ({
  format: {
    test: (value: unknown) => Object.keys(formats).includes(value as string) || typeof (Object(value) as Format).encode === 'function',
    read: (value: Format | string) => (typeof value === 'string' ? formats[value] : value),
    toString: () => `a format or ${Object.keys(formats).join(', ')}`,
  },
});

/** Several collectors. */
const COLLECTORS = {
  test: Array.isArray,
  toString: () => 'a list of collectors',
  read(given: readonly unknown[], patterns: Patterns): Collector[] {
    const defaults = { ...single, events: [] as readonly string[], consent: '', name: '' };
    const taken: string[] = [];
    return given.map((each, index) => {
      const path = `collectors[${index}]`;
      const one = resolveOptions(typeof each === 'string' ? { collector: each } : Object(each), defaults, { ...patterns, events: EVENTS, consent: CONSENT }, `${path}.`);
      for (const mark of [whereOf(one), one.name]) {
        if (taken.includes(mark)) throw new TypeError(`waymark: option "${path}" takes an address and a name of its own, got ${show(mark)}`);
        if (mark) taken.push(mark);
      }
      return one;
    });
  },
};
const EVENTS = { test: (names: readonly unknown[]) => names.every((name) => /^!?[\w*]+$/.test(`${name}`)), toString: () => 'names of events, "view_*", "!engagement"' };
const CONSENT = /^(analytics|marketing)?$/;

/** Headers that `fetch` takes. */
const HEADERS = {
  test(value: Record<string, string>): boolean {
    try {
      return !!new Headers(value);
    } catch {
      return false;
    }
  },
  toString: () => 'HTTP headers by name',
};

/** What the core's texts must look like. */
export const corePatterns: Patterns = {
  .../* @__PURE__ */ namedFormats({ waymark: waymarkFormat }),
  collectors: COLLECTORS,
  // With a scheme, or a path on this host; a user name in it would make `fetch` throw.
  collector: /^(https?:\/)?\/[^\s@]+$/i,
  headers: HEADERS,
  credentials: /^(omit|include|same-origin)$/,
};

/**
 * Returns the options as given, or their defaults.
 *
 * @param defaults every option there is
 * @param patterns what texts must look like
 * @param path what the names of the options begin with in messages; default: nothing
 * @throws TypeError that names the option, what it takes and what it got
 */
export function resolveOptions<Defaults extends object>(given: Partial<Record<keyof Defaults, unknown>>, defaults: Defaults, patterns: Patterns, path = ''): Defaults {
  const options = { ...defaults } as Record<string, unknown>;
  const { collectors } = Object(given) as CoreOptions;
  const hasSeveral = Array.isArray(collectors) && collectors.length > 0;
  for (const name of Object.keys({ ...defaults, ...given })) {
    const pattern = patterns[name];
    const byDefault = options[name];
    const value = given?.[name as keyof Defaults] ?? byDefault;
    const isType = typeof value === typeof byDefault && Array.isArray(value) === Array.isArray(byDefault) && !(typeof value === 'number' && !(value > 0));
    // What is said of each of several is not said of all.
    const isEach = hasSeveral && name in single;
    const isRight = isEach ? value === byDefault : (isType || pattern?.read) && (pattern ?? /^/).test(value as never);
    if (!isRight) {
      const takes = isEach ? 'nothing beside "collectors"' : (pattern ?? typeof byDefault);
      throw new TypeError(`waymark: ${name in defaults ? '' : 'unknown '}option "${path}${name}" takes ${takes}, got ${show(value)}`);
    }
    options[name] = pattern?.read ? pattern.read(value as never, patterns) : value;
  }
  return options as Defaults;
}
