import { toJson } from '../util/json.js';
import type { Format } from './format.js';
import { readLists } from './verdict.js';

/** Waymark's own format: what `batch.schema.json` describes. What events share is written once, as their context. */
export const waymarkFormat: Format = {
  type: 'text/plain;charset=UTF-8',
  receipts: true,
  encode(rows, { id, attempt, time, durable, dropped, unsure }) {
    const contexts = new Map<string, number>();
    const events = rows.map(({ context, event }) => {
      if (!contexts.has(context)) contexts.set(context, contexts.size);
      return `{"context":${contexts.get(context)},${event.slice(1)}`;
    });
    const envelope = { schema: 'waymark/1', batch_id: id, sent_at: new Date(time).toISOString(), attempt, durable, dropped, unsure: unsure.length ? unsure : undefined };
    return `${toJson(envelope).slice(0, -1)},"contexts":[${[...contexts.keys()]}],"events":[${events}]}`;
  },
  read: ({ body }) => readLists(body),
};
