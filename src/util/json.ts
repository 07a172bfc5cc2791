import { cut } from './cut.js';

/** Longest text kept of one string, in UTF-16 units. Our choice: a product description fits, a pasted file does not. */
const MAX_TEXT = 1024;
/** Longest list of `items`, in UTF-16 units of JSON. Our choice: thousands of lines; what is more is no cart. */
const MAX_ITEMS = 1_000_000;

/** Returns the kind of a value, also of one that lies about its constructor: `Object`, `Array`, `HTMLDivElement` … */
const kindOf = (value: unknown): string => ({}).toString.call(value).slice(8, -1);

/**
 * Writes an object of plain data as JSON text. Never throws. Texts are cut at a bound; functions, symbols, BigInt, DOM nodes and maps
 * are left out; so is a property that throws, holds a cycle, or makes the whole too long; numbers that are not finite become null.
 *
 * @param value anything; what is no object makes an empty one
 * @param lost gets the name of each property of which something was left out or cut, and what became of it
 * @param room most UTF-16 units, beside those of `items`, an order's lines, which have room of their own; default: no bound
 */
export function toJson(value: unknown, lost: string[] = [], room = Infinity): string {
  const parts: string[] = [];
  try {
    if (kindOf(value) !== 'Object') throw value;
    for (const name of Object.keys(value as object)) add(value as Record<string, unknown>, name);
  } catch {
    lost.push('properties: no plain data');
  }

  function add(parent: Record<string, unknown>, name: string): void {
    try {
      const value = parent[name];
      const json = JSON.stringify(value, keeper(name));
      const part = `${JSON.stringify(name)}:${json}`;
      const isLines = name === 'items';
      if (part.length > (isLines ? MAX_ITEMS : room)) lost.push(`${name}: too long, left out`);
      else if (json) {
        if (!isLines) room -= part.length;
        parts.push(part);
      }
    } catch {
      // A getter, a cycle.
      lost.push(`${name}: no plain data`);
    }
  }

  /** Returns what keeps of a property what is plain data. */
  function keeper(name: string) {
    return function keep(this: Record<string, unknown>, key: string, written: unknown): unknown {
      // Old versions of Prototype.js put a wrong `toJSON` on `Array.prototype`.
      const part = Array.isArray(this[key]) ? this[key] : written;
      const isLong = typeof part === 'string' && part.length > MAX_TEXT;
      if (!isLong && (part == null || /^(String|Number|Boolean|Array|Object)$/.test(kindOf(part)))) return part;
      lost.push(name + (isLong ? `: cut at ${MAX_TEXT} characters` : ': no plain data'));
      return isLong ? cut(part, MAX_TEXT) : undefined;
    };
  }

  return `{${parts}}`;
}

/**
 * Writes an object that is plain data already as JSON text, as it is stored and sent: what `toJson` does, but fast, unless the page has an old Prototype.js.
 * Half a pair of surrogates, which strict parsers refuse, becomes U+FFFD.
 */
export const writeJson = (value: object): string =>
  ('toJSON' in [] ? toJson(value) : JSON.stringify(value)).replace(/\\\\|\\ud[89a-f]../g, (part) => (part[1] === 'u' ? '\ufffd' : part));
