import type { Verdict } from './format.js';

/** Returns what an answer says that names no event: all of them are confirmed. */
export const accepted = (): Verdict => ({ refused: {}, retry: [], arrived: [] });

/** Returns what an answer says that refuses these events, all for one reason, and confirms the others. */
export const refuse = (ids: readonly string[], reason: string): Verdict => ({ refused: Object.fromEntries(ids.map((id) => [id, reason])), retry: [], arrived: [] });

/** Reads JSON; undefined where it is none. */
export function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Reads the lists that Waymark's own collector answers with: `refused` (`id`, `reason`), `retry`, `arrived`. Without them all is confirmed. */
export function readLists(body: string): Verdict {
  try {
    const { refused = [], retry = [], arrived = [] } = JSON.parse(body) as { refused?: { id: string; reason: string }[]; retry?: string[]; arrived?: string[] };
    return { refused: Object.fromEntries(refused.map(({ id, reason }) => [id, `${reason}`])), retry: [...retry], arrived: [...arrived] };
  } catch {
    // No body, or no such lists in it: the status says enough.
    return accepted();
  }
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
