import type { Plugin } from '../plugin.js';
import { wrong } from '../util/show.js';

/** What `identity` adds to the tracker. */
export interface IdentityMethods {
  /** Says who the visitor is, by the shop's own id of 1 to 256 characters, from now on. Tracks `identify` with the traits. */
  identify(userId: string, traits?: Record<string, unknown>): void;
}

/** What `identity` remembers of a visitor. */
interface IdentityState {
  userId: string;
}

/** Lets the shop say who the visitor is. */
export const identity = (): Plugin<IdentityState, IdentityMethods> => ({
  name: 'identity',
  process(draft, state, { id }) {
    const { name, context, properties } = draft;
    if (name === '~identify') return { state: properties as unknown as IdentityState };
    return state && { drafts: [{ ...draft, context: { ...context, visitor: { id, user_id: state.userId } } }] };
  },
  methods: ({ guard, report, track, tracker }) => ({
    identify: guard((userId, traits) => {
      // It would tell one visitor from another.
      if (tracker.isAnonymous) return report('identity_none', 'identify is passed over');
      if (typeof userId !== 'string' || !/^[^]{1,256}$/.test(userId))
        return report(...wrong('user_id', '1-256 characters', userId));
      track('~identify', { userId }, { context: {}, session: 'ignore' });
      track('identify', { traits });
    }),
  }),
});
