import type { Format } from './formats/format.js';
import type { Listeners } from './listeners.js';
import { inOrder } from './pipeline.js';
import type { Plugin, PluginApi } from './plugin.js';
import type { VisitorRecord } from './visitor/record.js';

/** The plugins of a tracker. */
export interface Plugins {
  /** In the order in which they see a draft. */
  all: Plugin[];
  /** Adds some that come later. */
  add(more: readonly Plugin[]): void;
  /** Changes what each remembers where it is not a draft that changes it; what that throws is reported, and what is remembered forgotten. */
  change(record: VisitorRecord, by: (state: NonNullable<Plugin['state']>, own: unknown, name: string) => unknown): void;
}

/** Returns a plugin without a prototype: what a page has put on that of all objects is none of its parts. */
const ownOf = (plugin: Plugin): Plugin => ({ __proto__: null, ...plugin }) as never;

/** Returns what adds to events what a format needs of the moment in which they are tracked; it may have to be loaded first. */
const ofFormat = (format: Format): Plugin => ({
  name: 'format',
  process(draft, _, visitor) {
    const fields = format.enrich?.(draft, visitor);
    return fields && { drafts: [{ ...draft, fields: { ...draft.fields, ...fields } }] };
  },
});

/** Returns the plugins of a tracker, with what its formats need. */
export function createPlugins(given: readonly Plugin[], formats: readonly Format[], report: Listeners['report']): Plugins {
  const all: Plugin[] = [];
  function add(more: readonly Plugin[]): void {
    all.push(...more.map(ownOf));
    all.sort(inOrder);
  }
  add([...given, ...formats.map(ofFormat)]);
  return {
    all,
    add,
    change(record, by) {
      for (const { name, state } of all) {
        if (!state) continue;
        try {
          const next = by(state, record.state[name], name);
          if (next !== record.state[name]) record.state[name] = next;
        } catch (error) {
          delete record.state[name];
          report('internal_error', `${name}: ${error as string}`);
        }
      }
    },
  };
}

/** Returns the methods that plugins bring. A method that is there already is reported, and stays as it is. */
export function methodsOf(plugins: readonly Plugin[], api: PluginApi, { guard, report }: Listeners, there: object = {}): object {
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
