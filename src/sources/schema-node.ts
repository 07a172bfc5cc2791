import type { Fields } from '../commerce/item.js';
import { cut } from '../util/cut.js';
import { decodeEntities } from '../util/entities.js';

/** How far lists, graphs and main entities may lie in each other. Our choice. */
const MAX_DEPTH = 6;
/** Longest text that is kept, in characters. Our choice. */
const MAX_TEXT = 500;
/** A day, in milliseconds: what a date without its time may be off. */
export const DAY_MS = 24 * 3600_000;

/** A value of a thing of schema.org's that says something. */
export type Plain = string | number;

const isObject = (value: unknown): value is Fields => Object(value) === value;

/**
 * Returns a value, or the first of several, as a text or a number; of an object, its name. Undefined where it says nothing. Templates write entities into
 * scripts, where they mean nothing.
 */
export function plain(value: unknown): Plain | undefined {
  const [first] = [value].flat();
  const said = isObject(first) ? (first.name ?? first['@value']) : first;
  return typeof said === 'number'
    ? said
    : (typeof said === 'string' && decodeEntities(cut(said.trim(), MAX_TEXT))) || undefined;
}

/** Returns the objects in lists, and those in some fields of theirs. */
export const within = (value: unknown, inner: readonly string[] = [], depth = MAX_DEPTH): Fields[] =>
  Array.isArray(value)
    ? value.flatMap((each) => (depth ? within(each, inner, depth - 1) : []))
    : isObject(value)
      ? [value, ...inner.flatMap((name) => (depth ? within(value[name], inner, depth - 1) : []))]
      : [];

/** Returns what a thing, or the first of several that says it, says in the first of some fields, whose names are parted by spaces. */
export const oneOf = (given: unknown, names: string): Plain | undefined =>
  within(given)
    .flatMap((node) => names.split(' ').map((name) => plain(node[name])))
    .find((said) => said !== undefined);

/** Returns a number where a text is one, as schema.org writes them; else what it was, for the rule that all prices go by. */
export const numeric = (said: Plain | undefined): Plain | undefined =>
  Number.isFinite(Number(said)) ? Number(said) : said;

/** Returns whether one of a thing's types is of this kind. */
export const isA = (node: Fields, kind: RegExp): boolean =>
  [node['@type']].flat().some((type) => kind.test(`${plain(type)}`));
