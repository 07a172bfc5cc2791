import type { Plugin } from '../plugin.js';

/** What `identity` adds to the tracker. */
export interface IdentityMethods {
  /** Says who the visitor is, by the shop's own id of 1 to 256 characters, from now on. Tracks `identify` with the traits. */
  identify(userId: string, traits?: Record<string, unknown>): void;
  /** Forgets the visitor, the session, the journey and the cart: what follows is somebody else's. */
  reset(): void;
}

/** Lets the shop say who the visitor is, and that it is somebody else from now on. */
export const identity = (): Plugin<IdentityMethods> => ({ emit, isAnonymous, memory, queue, record, reject, report, safe, settles, known }) => ({
  identify: safe((userId, traits) => {
    // It would tell one visitor from another.
    if (isAnonymous) return report('identity_none', 'identify is passed over');
    if (typeof userId !== 'string' || !/^[^]{1,256}$/.test(userId)) {
      return reject('user_id', '1-256 characters', userId);
    }
    known((profile) => {
      profile.userId = userId;
    });
    record('identify', { traits });
  }),
  reset: safe(() =>
    known((profile) => {
      settles.forEach((settle) => settle(profile));
      memory.renew();
      queue.save();
      emit('reset', undefined);
    }),
  ),
});
