/** Longest text kept of one string, in UTF-16 units. Our choice: a product description fits, a pasted file does not. */
const MAX_TEXT = 1024;

/**
 * Writes an object of plain data as JSON text. Never throws. Texts are cut at a bound; functions, symbols, BigInt, DOM nodes, maps
 * and numbers that are not finite are left out; so is a property that throws, holds a cycle, or makes the whole too long. A
 * date becomes ISO 8601.
 *
 * @param room most UTF-16 units; default: no bound
 * @param lost gets the name of each property of which something was left out or cut
 */
export function toJson(value: object, lost: string[] = [], room = Infinity): string {
  const parts = Object.keys(value).map((name) => {
    function keep(this: Record<string, unknown>, key: string, value: unknown): unknown {
      // Old versions of Prototype.js put a wrong `toJSON` on `Array.prototype`.
      const part = Array.isArray(this[key]) ? this[key] : value;
      const isLong = typeof part === 'string' && part.length > MAX_TEXT;
      if (!isLong && (Number.isFinite(part) || /(String|Boolean|Null|Undefined|Array|Object)]$/.test({}.toString.call(part)))) return part;
      lost.push(name);
      return isLong ? part.slice(0, MAX_TEXT) : undefined;
    }
    try {
      const json = JSON.stringify((value as Record<string, unknown>)[name], keep);
      room -= `${json}`.length;
      if (room > 0) return json && `${JSON.stringify(name)}:${json}`;
    } catch {
      // A getter, a cycle, an invalid date.
    }
    lost.push(name);
    return '';
  });
  return `{${parts.filter(Boolean)}}`;
}
