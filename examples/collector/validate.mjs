import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { MAX_DEPTH, completeEvent, nestsDeeper } from './event.mjs';

/**
 * What became of one posted body. With `error` nothing may be stored; `refused` then lists the events that are to blame,
 * where that is known. Otherwise `events` are complete and good, and `refused` says what is wrong with the others.
 *
 * @typedef {{ id: string | null, reason: string }} Refusal
 * @typedef {{ error: string, refused?: Refusal[] } | { error?: undefined, batch: any, events: any[], refused: Refusal[] }} Verdict
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
    const batchProblems = problems.filter(({ path }) => !/^\/events\/\d/.test(path));
    if (batchProblems.length > 0) return refuseBatch(body, batchProblems);

    const reasons = firstReasons(problems);
    const events = [];
    const refused = [];
    body.events.forEach((event, index) => {
      const reason = reasons.get(index) ?? beyondSchema(event, index, body.contexts);
      if (reason) refused.push({ id: idOf(event), reason });
      else events.push(completeEvent(body.contexts[event.context], event));
    });
    return { batch: body, events, refused };
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

/** A batch that cannot be read as a whole. Where only contexts are bad, the events that use them are named. */
function refuseBatch(body, problems) {
  const error = problems.slice(0, 3).map(({ text }) => text).join('; ');
  const badContexts = new Map();
  for (const { path, text } of problems) {
    const index = /^\/contexts\/(\d+)/.exec(path)?.[1];
    if (index === undefined) return { error };
    if (!badContexts.has(Number(index))) badContexts.set(Number(index), text);
  }
  if (!Array.isArray(body.events)) return { error };
  const refused = body.events
    .filter((event) => badContexts.has(event?.context))
    .map((event) => ({ id: idOf(event), reason: badContexts.get(event.context) }));
  return refused.length > 0 ? { error, refused } : { error };
}

function firstReasons(problems) {
  const reasons = new Map();
  for (const { path, text } of problems) {
    const index = Number(path.split('/')[2]);
    if (!reasons.has(index)) reasons.set(index, text);
  }
  return reasons;
}

const idOf = (event) => (typeof event?.id === 'string' ? event.id : null);

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
