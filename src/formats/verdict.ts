import type { Verdict } from './format.js';

/** Returns what an answer says that names no event: all of them are confirmed. */
export const accepted = (): Verdict => ({ refused: {}, retry: [], arrived: [] });

/** Returns what an answer says that refuses these events, all for one reason, and confirms the others. */
export const refuse = (ids: readonly string[], reason: string): Verdict => ({ refused: Object.fromEntries(ids.map((id) => [id, reason])), retry: [], arrived: [] });

/** Returns what an answer says by name; nothing where it is no JSON, or no object. */
export function readFields(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Returns what is in a list, and nothing of anything else: some servers write an empty list as `null`. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.filter(Boolean) : []);

/**
 * Reads the lists that Waymark's own collector answers with: `refused` (`id`, `reason`; an id alone will do), `retry`, `arrived`. Each that is not there is
 * empty, whatever the others are.
 */
export function readLists(body: string): Verdict {
  const { refused, retry, arrived } = readFields(body);
  const reasons = listOf(refused).map((entry) => [Object(entry).id ?? entry, `${Object(entry).reason as string}`]);
  return { refused: Object.fromEntries(reasons) as Record<string, string>, retry: listOf(retry) as string[], arrived: listOf(arrived) as string[] };
}

/**
 * Returns what an answer says that tells how many events were refused, but not which: so many are, the first ones, with a reason that says so. The
 * numbers are right, and nothing is sent again of which most has arrived.
 *
 * @param count anything; what is no number above 0 refuses none
 */
export function refuseSome(ids: readonly string[], count: unknown, reason: string): Verdict {
  const some = Number(count) > 0 ? ids.slice(0, Number(count)) : [];
  const told = some.length < ids.length ? `one of ${some.length} among ${ids.length} events, the answer does not say which: ${reason}` : reason;
  return refuse(some, told);
}
