/**
 * Attribution: how much of a conversion each touchpoint of its path is credited with. Every function returns one weight per
 * touchpoint, in the path's order; they are 0 or more and sum to 1, but for an empty path, which has none.
 */

/** What attribution looks at of a touchpoint. */
export interface Credited {
  channel: string;
  /** ISO 8601, or milliseconds since 1970. Only `timeDecay` reads it. */
  time?: string | number;
}

/** A path to a conversion, oldest touchpoint first: `journey.path` of the event. */
export type Path = readonly Credited[];

/** Returns the weights in proportion to these numbers; equal ones where they sum to nothing. */
function share(numbers: number[]): number[] {
  const sum = numbers.reduce((total, number) => total + number, 0);
  return numbers.map((number) => (sum ? number / sum : 1 / numbers.length));
}

/** Returns all of the credit at one place. */
const allAt = (path: Path, place: number): number[] => path.map((_, index) => (index === place ? 1 : 0));

/** All credit to the first touchpoint: what made the shop known. */
export const firstTouch = (path: Path): number[] => allAt(path, 0);

/** All credit to the last touchpoint: what came right before. */
export const lastTouch = (path: Path): number[] => allAt(path, path.length - 1);

/** All credit to the last touchpoint that was not direct; to the last where all were. */
export function lastNonDirectTouch(path: Path): number[] {
  const place = path.map(({ channel }) => channel !== 'direct').lastIndexOf(true);
  return allAt(path, place < 0 ? path.length - 1 : place);
}

/** The same credit to every touchpoint. */
export const linear = (path: Path): number[] => share(path.map(() => 1));

/**
 * Most credit to both ends, the rest in equal parts to those between. Of two touchpoints each gets its share of the ends; one gets all.
 *
 * @param ends the part of the first and that of the last, each 0 or more, together at most 1; default: 0.4 and 0.4, the usual U
 * @throws RangeError for other parts
 */
export function positionBased(path: Path, [first, last]: readonly [first: number, last: number] = [0.4, 0.4]): number[] {
  // Sums of decimal fractions can be a hair too big: 0.7 + 0.3 is not, 0.1 + 0.2 is.
  if (!(first >= 0 && last >= 0 && first + last <= 1 + 1e-9)) throw new RangeError(`positionBased takes parts of 0 or more that sum to at most 1, got ${first}, ${last}`);
  const between = Math.max(0, 1 - first - last) / (path.length - 2);
  const end = path.length - 1;
  return share(path.map((_, index) => (end === 0 ? 1 : index === 0 ? first : index === end ? last : between)));
}

/**
 * The more credit, the nearer the touchpoint is to the conversion: half as much for each half-life before it.
 *
 * @param at when the conversion was, ISO 8601 or milliseconds since 1970; default: the time of the last touchpoint
 * @param halfLifeDays in days, above 0; default: 7, as in Universal Analytics
 * @throws RangeError for another half-life, or a time that is none
 */
export function timeDecay(path: Path, at?: string | number, halfLifeDays = 7): number[] {
  if (!(halfLifeDays > 0)) throw new RangeError(`timeDecay takes a half-life above 0 days, got ${halfLifeDays}`);
  const times = path.map(({ time }) => Number(new Date(time ?? NaN)));
  const end = at === undefined ? Math.max(...times) : Number(new Date(at));
  if (![end, ...times].every(Number.isFinite) && path.length) throw new RangeError('timeDecay takes touchpoints and a conversion with a time');
  const ages = times.map((time) => Math.max(0, end - time) / (halfLifeDays * 24 * 3_600_000));
  // Counted from the youngest: after many half-lives all would be nothing.
  const youngest = Math.min(...ages);
  return share(ages.map((age) => 0.5 ** (age - youngest)));
}
