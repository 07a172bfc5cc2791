import type { Plugin, DraftOptions } from './plugin.js';
import { createDraft, type Data, type Draft } from './event/draft.js';
import { inOrder, processDraft } from './pipeline.js';
import { timeId } from './util/id.js';
import { createRecord, type VisitorRecord } from './visitor/record.js';

/** What comes of events, without a page. */
export interface Trial {
  /** What is remembered of the visitor: `record.state` has what each plugin does, by its name. */
  record: VisitorRecord;
  /** Takes an event through the plugins. Returns what comes of it: none, one or several. What a plugin throws is thrown. */
  track(name: string, properties?: Data, options?: DraftOptions): Draft[];
}

/**
 * Takes events through the `process` of plugins as a tracker does, without a page, a store or a collector: for tests of plugins.
 *
 * @param mayMarket whether the visitor has agreed to marketing; default: true
 */
export function tryPlugins(plugins: readonly Plugin[], mayMarket = true): Trial {
  const record = createRecord();
  const sorted = [...plugins].sort(inOrder);
  return {
    record,
    track(name, properties = {}, { context = {}, id, time, ...options } = {}) {
      const now = time ?? Date.now();
      const draft = createDraft({
        id: id ?? timeId(now),
        name,
        time: now,
        properties: structuredClone(properties),
        context,
        ...options,
      });
      const { drafts, state, last } = processDraft(sorted, draft, record, mayMarket, (_, error) => {
        throw error;
      });
      Object.assign(record, { state, last });
      return drafts;
    },
  };
}
