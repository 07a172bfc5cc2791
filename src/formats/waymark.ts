import { toJson } from '../util/json.js';
import type { Format } from './format.js';

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
    const envelope = { schema: 'waymark/1', batch_id: id, sent_at: new Date(time), attempt, durable, dropped, unsure: unsure.length ? unsure : undefined };
    return `${toJson(envelope).slice(0, -1)},"contexts":[${[...contexts.keys()]}],"events":[${events}]}`;
  },
  read({ body }) {
    try {
      const { refused = [], retry = [], arrived = [] } = JSON.parse(body) as { refused?: { id: string; reason: string }[]; retry?: string[]; arrived?: string[] };
      return { refused: Object.fromEntries(refused.map(({ id, reason }) => [id, `${reason}`])), retry: [...retry], arrived: [...arrived] };
    } catch {
      // No body, or no such lists in it: the status says enough.
      return { refused: {}, retry: [], arrived: [] };
    }
  },
};
