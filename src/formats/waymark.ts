import { toJson } from '../util/json.js';
import type { Format } from './format.js';
import { readLists } from './verdict.js';

/** Plain values and names, without braces in them: then a step ends where it seems to, whatever a shop has made of it. */
const FLAT = '(?:"[^"{}\\\\]*"|[^"{}])*';
/** How an event with its place in the journey begins; that is found where it has at most one object in it, its stages in other models. */
const STEP = RegExp(`^{"id":"[^"]*","name":"\\w+","time":"[^"]*"(,"journey":({${FLAT}({${FLAT}}${FLAT})?})?)?`);

/** Waymark's own format: what `batch.schema.json` describes. What events share is written once, as their context. */
export const waymarkFormat: Format = {
  type: 'text/plain;charset=UTF-8',
  receipts: true,
  encode(rows, { id, attempt, time, durable, dropped, unsure }) {
    const steps = rows.map(({ event }) => STEP.exec(event)?.[1] ?? '');
    const contexts = [...new Set(rows.map(({ context }) => context))];
    // Where a visitor stands changes now and then, and is the longest of what most events say. It is shared where two say the same and each says something: else
    // an event would be given a step that it has not.
    const shared = contexts.map((context) => {
      const those = steps.filter((_, index) => rows[index]!.context === context);
      return (!those.includes('') && those.find((step, index) => /}$/.test(step) && those.indexOf(step) < index)) || '';
    });
    const events = rows.map(({ context, event }, index) => {
      const at = contexts.indexOf(context);
      const step = steps[index]!;
      return `{"context":${at},${(step === shared[at] ? event.replace(step, '') : event).slice(1)}`;
    });
    const envelope = { schema: 'waymark/1', batch_id: id, sent_at: new Date(time).toISOString(), attempt, durable, dropped, unsure: unsure.length ? unsure : undefined };
    return `${toJson(envelope).slice(0, -1)},"contexts":[${contexts.map((context, at) => context.slice(0, -1) + shared[at] + '}')}],"events":[${events}]}`;
  },
  read: ({ body }) => readLists(body),
};
