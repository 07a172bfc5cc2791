import { commerceOf } from '../commerce/state.js';
import type { DropOut, LastSeen } from '../event/drop-out.js';
import type { Plugin } from '../plugin.js';
import { plainUrl } from '../privacy/marketing.js';

export type { DropOut, LastSeen } from '../event/drop-out.js';

/** Has the first event of a session say where the one before ended, as `previous`. Needs `sessions`, and goes after all that it tells of. */
export const dropOuts = (): Plugin<LastSeen | undefined> => ({
  name: 'dropOuts',
  state: { withoutMarketing: (seen) => ({ ...seen!, page: plainUrl(seen!.page) }) },
  process(draft, before, visitor) {
    const { context, fields, name, time } = draft;
    const { session, page } = context;
    if (name.startsWith('~') || !session) return undefined;
    const { cart } = commerceOf(visitor);
    const { stage } = Object(fields?.journey) as { stage?: string };
    const { id } = session;
    const state = { session: id, stage, page: page?.url, time, cart_value: cart?.value, currency: cart?.currency };
    if (!before || before.session === id) return { state };
    const { time: last, ...where } = before;
    const previous: DropOut = { ...where, seconds: Math.round((time - last) / 1000) };
    return { state, drafts: [{ ...draft, fields: { ...fields, previous } }] };
  },
});
