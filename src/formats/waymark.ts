import { writeJson } from '../util/json.js';
import type { Format } from './format.js';
import { readLists } from './verdict.js';

/** Waymark's own format: what `batch.schema.json` describes. What events share is written once, as their context. */
export const waymarkFormat: Format = {
  type: 'text/plain;charset=UTF-8',
  receipts: true,
  encode(rows, { id, attempt, time, durable, dropped, unsure }) {
    const texts = [...new Set(rows.map(({ context }) => context))];
    const events = rows.map(({ context, event }) => ({ context: texts.indexOf(context), ...JSON.parse(event) }) as { context: number; journey?: object });
    // Where a visitor stands changes now and then, and is the longest of what most events say. It is shared where two say the same and each says something: else
    // an event would be given a step that it has not.
    const contexts = texts.map((text, at) => {
      const those = events.filter(({ context }) => context === at);
      const steps = those.map(({ journey }) => (journey ? JSON.stringify(journey) : ''));
      const shared = !steps.includes('') && steps.find((step, index) => steps.indexOf(step) < index);
      const context = JSON.parse(text) as { journey?: unknown };
      if (shared) context.journey = JSON.parse(shared);
      those.forEach((event, index) => steps[index] === shared && delete event.journey);
      return context;
    });
    return writeJson({ schema: 'waymark/1', batch_id: id, sent_at: new Date(time).toISOString(), attempt, durable, dropped, unsure: unsure.length ? unsure : undefined, contexts, events });
  },
  read: ({ body }) => readLists(body),
};
