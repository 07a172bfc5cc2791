import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { MAX_DEPTH, completeEvent, nestsDeeper } from './event.mjs';

/**
 * What became of one posted body. With `error` nothing can be stored. Otherwise `events` are complete and good, `refused` says what is
 * wrong with the others, and `visitor` is the id to which the totals of the batch belong, where it can be read.
 *
 * `event` of a refusal has what its sequence number is told by; null where that cannot be read. `time` is as it came, if it did.
 *
 * @typedef {{ visitor: { id: string, user_id?: string }, tab: string, seq: number }} Numbered
 * @typedef {{ id: string | null, reason: string, time?: string, event: Numbered | null }} Refusal
 * @typedef {{ error: string } | { error?: undefined, batch: any, events: any[], refused: Refusal[], visitor?: string }} Verdict
 */

/** The schema that Waymark publishes as `waymark/schema.json`. */
const SCHEMA = new URL('../../src/formats/batch.schema.json', import.meta.url);

/**
 * A function that tells good events from bad ones. It never throws, whatever it is given.
 *
 * @returns {(body: unknown) => Verdict}
 */
export function createValidator() {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const matches = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')));

  return function validate(body) {
    const problems = matches(body) ? [] : matches.errors.map(describe);
    const ofBatch = problems.filter(({ path }) => !/^\/(events|contexts)\/\d/.test(path));
    if (ofBatch.length > 0) return { error: ofBatch.slice(0, 3).map(({ text }) => text).join('; ') };

    const reasons = { events: firstReasons(problems, 'events'), contexts: firstReasons(problems, 'contexts') };
    const broken = new Set(problems.map(({ path }) => path.split('/').slice(0, 4).join('/')));
    const isWhole = (place, ...members) => !broken.has(place) && members.every((member) => !broken.has(`${place}/${member}`));
    const numbered = (event, index) => {
      const isKnown = isWhole(`/events/${index}`, 'context', 'seq') && isWhole(`/contexts/${event.context}`, 'visitor', 'tab');
      const context = isKnown && body.contexts[event.context];
      return context ? { visitor: context.visitor, tab: context.tab, seq: event.seq } : null;
    };

    const events = [];
    const refused = [];
    body.events.forEach((event, index) => {
      const reason = reasons.events.get(index) ?? reasons.contexts.get(event.context) ?? beyondSchema(event, index, body.contexts);
      if (!reason) events.push(completeEvent(body.contexts[event.context], event));
      else refused.push({ id: textOf(event?.id), reason, time: textOf(event?.time) ?? undefined, event: numbered(event, index) });
    });
    // The totals are of the visitor who is there now: after a reset, that is the last one in the batch.
    const last = body.contexts.length - 1;
    return { batch: body, events, refused, visitor: isWhole(`/contexts/${last}`, 'visitor') ? body.contexts[last].visitor.id : undefined };
  };
}

/** What the schema cannot say about an event that it accepts. */
function beyondSchema(event, index, contexts) {
  if (event.context >= contexts.length) {
    return `/events/${index}/context must be an index into contexts (${contexts.length} of them), got ${event.context}`;
  }
  if (nestsDeeper(completeEvent(contexts[event.context], event))) {
    return `/events/${index} must not nest deeper than ${MAX_DEPTH} levels`;
  }
}

/** The first problem of each entry of a list, by its index. */
function firstReasons(problems, list) {
  const reasons = new Map();
  for (const { path, text } of problems) {
    const [, name, index] = path.split('/');
    if (name === list && !reasons.has(Number(index))) reasons.set(Number(index), text);
  }
  return reasons;
}

const textOf = (value) => (typeof value === 'string' ? value : null);

/** Where a schema error is, and a sentence that names the place, what it takes and what it got. */
function describe({ instancePath, keyword, params, message, data }) {
  if (keyword === 'required') {
    const path = `${instancePath}/${params.missingProperty}`;
    return { path, text: `${path} is required, got nothing` };
  }
  const takes =
    keyword === 'const' ? `must be ${show(params.allowedValue)}`
    : keyword === 'enum' ? `must be one of ${params.allowedValues.map(show).join(', ')}`
    : message;
  return { path: instancePath, text: `${instancePath || 'the body'} ${takes}, got ${show(data)}` };
}

/** A value as short JSON for a message. Objects are named, not shown: they may be large. */
function show(value) {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}...` : json;
}
