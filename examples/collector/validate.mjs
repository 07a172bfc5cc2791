import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { MAX_DEPTH, completeEvent, nestsDeeper, ownerOf } from './event.mjs';
import { cut } from './values.mjs';

/**
 * What became of one posted body. With `error` nothing can be stored. Otherwise `events` are complete and good, `refused` says what is
 * wrong with the others, and `owner` is whose the totals of the batch are (`ownerOf`), where that can be read.
 *
 * `event` of a refusal has what its sequence number is told by; null where that cannot be read. `time` is as it came, if it did.
 *
 * @typedef {{ visitor?: { id: string, user_id?: string }, tab: string, seq: number }} Numbered
 * @typedef {{ id: string | null, reason: string, time?: string, event: Numbered | null }} Refusal
 * @typedef {{ error: string } | { error?: undefined, batch: any, events: any[], refused: Refusal[], owner?: string }} Verdict
 */

/** The schema that Waymark publishes as `waymark/schema.json`. */
const SCHEMA = new URL('../../src/formats/batch.schema.json', import.meta.url);

/**
 * Longest JSON of a context, in characters. Our choice: twice what Waymark's longest addresses, titles and campaigns come to. A context is
 * stored with each of its events, so a long one would make a small body fill the disk.
 */
export const MAX_CONTEXT = 16_384;

/**
 * A function that tells good events from bad ones. It never throws, whatever it is given, and what it costs grows with the body's length alone.
 *
 * @returns {(body: unknown) => Verdict}
 */
export function createValidator() {
  // Each check ends at the first error: to gather all, Ajv takes a minute for a body that is nothing but errors.
  const ajv = new Ajv2020({ verbose: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8'));
  ajv.addSchema(schema);
  const partOf = (pointer) => ajv.getSchema(`${schema.$id}#/${pointer}`);
  const { contexts, events } = schema.properties;
  const unread = { contexts: { ...contexts, items: {} }, events: { ...events, items: {} } };
  const isBatch = ajv.compile({ ...schema, $id: `${schema.$id}:envelope`, properties: { ...schema.properties, ...unread } });
  const isContext = partOf('$defs/context');
  const isEvent = partOf('$defs/event');
  const isVisitor = partOf('$defs/context/properties/visitor');
  const isTab = partOf('$defs/context/properties/tab');
  const isSeq = partOf('$defs/event/properties/seq');

  /** Whether it can be read whose the events of a context are. */
  const hasOwner = (context) => (context?.visitor === undefined ? isTab(context?.tab) : isVisitor(context.visitor));

  /** What is wrong with a value, told with its place; undefined where nothing is. */
  const problemOf = (matches, value, place) => (matches(value) ? undefined : describe(matches.errors[0], place));

  function problemOfContext(context, index) {
    const problem = problemOf(isContext, context, `/contexts/${index}`);
    if (problem) return problem;
    if (nestsDeeper(context)) return `/contexts/${index} must not nest deeper than ${MAX_DEPTH} levels`;
    const { length } = JSON.stringify(context);
    if (length > MAX_CONTEXT) return `/contexts/${index} must be at most ${MAX_CONTEXT} characters of JSON, got ${length}`;
  }

  return function validate(body) {
    const error = problemOf(isBatch, body, '');
    if (error) return { error };

    const ofContexts = body.contexts.map(problemOfContext);
    const problemOfEvent = (event, index) =>
      problemOf(isEvent, event, `/events/${index}`) ?? ofContexts[event.context] ?? beyondSchema(event, index, body.contexts);
    const numbered = (event) => {
      // As a key, an array would be made a text, and a deep one exhausts the stack.
      const context = Number.isInteger(event?.context) ? body.contexts[event.context] : undefined;
      const isKnown = hasOwner(context) && isTab(context.tab) && isSeq(event.seq);
      return isKnown ? { visitor: context.visitor, tab: context.tab, seq: event.seq } : null;
    };

    const good = [];
    const refused = [];
    body.events.forEach((event, index) => {
      const reason = problemOfEvent(event, index);
      if (!reason) good.push(completeEvent(body.contexts[event.context], event));
      else refused.push({ id: textOf(event?.id), reason, time: textOf(event?.time) ?? undefined, event: numbered(event) });
    });
    // The totals are of the visitor who is there now: after a reset, that is the last one in the batch.
    const last = body.contexts.at(-1);
    return { batch: body, events: good, refused, owner: hasOwner(last) ? ownerOf(last) : undefined };
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

const textOf = (value) => (typeof value === 'string' ? value : null);

/** A schema error as a sentence that names the place, what it takes and what it got. */
function describe({ instancePath, keyword, params, message, data }, place) {
  const path = place + instancePath;
  if (keyword === 'required') return `${path}/${params.missingProperty} is required, got nothing`;
  const takes =
    keyword === 'const' ? `must be ${show(params.allowedValue)}`
    : keyword === 'enum' ? `must be one of ${params.allowedValues.map(show).join(', ')}`
    : message;
  return `${path || 'the body'} ${takes}, got ${show(data)}`;
}

/** A value as short JSON for a message. Objects are named, not shown: they may be large. */
function show(value) {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const json = JSON.stringify(value);
  return json.length > 60 ? `${cut(json, 60)}...` : json;
}
