import { hex, uuid } from './id.js';

/** Returns 30 hex digits that follow from `text`: four 32-bit FNV-1a sums, each from a basis of its own and stirred at the end. Hides nothing. */
function hashText(text: string): string {
  return [0, 1, 2, 3]
    .map((turn) => {
      let sum = 0x811c9dc5 + turn * 0x9e3779b9;
      for (const letter of text) sum = Math.imul(sum ^ letter.codePointAt(0)!, 0x01000193);
      // Without it, texts that end alike make sums that are alike.
      sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
      sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
      return hex((sum ^ (sum >>> 16)) >>> 0, 8);
    })
    .join('')
    .slice(0, 30);
}

/** Returns the UUID (version 4 in its looks) that follows from `text`: the same text always makes the same id. */
export const hashId = (text: string): string => uuid(4, hashText(text));

/**
 * Returns the UUIDv7 that follows from `text` and `time`: the same event, told twice, has the same id.
 *
 * @param time milliseconds since 1970
 * @param place where the id sorts within its millisecond, 0 to 4095
 */
export const hashTimeId = (text: string, time: number, place: number): string => uuid(7, hex(time, 12) + hex(place, 3) + hashText(text).slice(0, 15));
