import type { Format } from './formats/format.js';
import type { Listeners } from './listeners.js';
import { inOrder } from './pipeline.js';
import type { Plugin, PluginApi } from './plugin.js';
import { inTime } from './util/in-time.js';
import type { VisitorRecord } from './visitor/record.js';

/** Longest wait for the rest of a plugin, in milliseconds. Our choice: a file from where another one has just come. */
const PART_MS = 10_000;

/** The plugins of a tracker. */
export interface Plugins {
  /** In the order in which they see a draft. */
  all: Plugin[];
  /** Adds some that come later. */
  add(more: readonly Plugin[]): void;
  /** Loads the rest of a plugin. Settles when it is there, or is not to come. */
  load(plugin: Plugin): Promise<void>;
  /** Changes what each remembers where it is not a draft that changes it; what that throws is reported, and what is remembered forgotten. */
  change(record: VisitorRecord, by: (state: NonNullable<Plugin['state']>, own: unknown, name: string) => unknown): void;
}

/** Returns what adds to events what a format needs of the moment in which they are tracked; it may have to be loaded first. */
const ofFormat = (format: Format): Plugin => ({
  name: 'format',
  process(draft, _, visitor) {
    const fields = format.enrich?.(draft, visitor);
    return fields && { drafts: [{ ...draft, fields: { ...draft.fields, ...fields } }] };
  },
});

/** Returns the plugins of a tracker, with what its formats need. */
export function createPlugins(
  given: readonly Plugin[],
  formats: readonly Format[],
  { guard, report }: Listeners,
): Plugins {
  const all: Plugin[] = [];
  function add(more: readonly Plugin[]): void {
    // Without a prototype: what a page has put on that of all objects is none of its parts.
    all.push(...more.map((plugin) => ({ __proto__: null, ...plugin }) as unknown as Plugin));
    all.sort(inOrder);
  }
  add([...given, ...formats.map(ofFormat)]);
  return {
    all,
    add,
    async load(plugin) {
      try {
        Object.assign(plugin, await inTime(plugin.load!(), PART_MS));
      } catch (error) {
        report('more_failed', `${plugin.name}: ${error as string}`);
      }
      delete plugin.load;
    },
    change(record, by) {
      for (const { name, state } of all) {
        if (!state) continue;
        const own = record.state[name];
        // What is remembered may be what it stumbles over.
        delete record.state[name];
        guard(() => {
          const next = by(state, own, name);
          if (next !== undefined) record.state[name] = next;
        })();
      }
    },
  };
}

/** Returns the methods that plugins bring. A method that is there already is reported, and stays as it is. */
export function methodsOf(
  plugins: readonly Plugin[],
  api: PluginApi,
  { guard, report }: Listeners,
  there: object = {},
): object {
  const all = {};
  for (const { name, methods } of plugins) {
    guard(() => {
      const own = methods?.(api) ?? {};
      const taken = Object.keys(own).find((method) => method in there || method in all);
      if (taken) report('internal_error', `plugin ${name}: there is a method ${taken} already`);
      else Object.assign(all, own);
    })();
  }
  return all;
}

/** Has plugins watch the page. */
export function startAll(plugins: readonly Plugin[], api: PluginApi, { guard }: Listeners): void {
  for (const { start } of plugins) guard(() => start?.(api))();
}
