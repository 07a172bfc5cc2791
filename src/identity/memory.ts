import { createProfile, reviveProfile, type Profile } from './profile.js';

/** The visitor as this page knows it, and the work that waits until it does. */
export interface Memory {
  /** Returns the profile; undefined until something is known. */
  profile(): Profile | undefined;
  /** Returns the profile if it may be stored: one made up at page end must not take the place of the true one. */
  toStore(): Profile | undefined;
  /** Runs `work` with an up-to-date profile: now, or after a look into the store. In order. */
  known(work: (profile: Profile) => void): void;
  /** Another tab may change the profile from now on: look before it is used again. */
  suspect(): void;
  /** Runs what waits with what is known now, or as a new visitor: the page may end before the store answers. */
  settle(): void;
  /** Begins a new visitor. */
  renew(): void;
}

/**
 * Returns the memory of the visitor. It reads the store when it is first used, and again after `suspect`.
 *
 * @param load reads the profile from the store; undefined where there is none
 */
export function createMemory(load: (revive: (stored: unknown) => Profile) => Promise<Profile | undefined>): Memory {
  let profile: Profile | undefined;
  let isMadeUp = false;
  let isFresh = false;
  let isLoading = false;
  let wasSettled = false;
  let waiting: ((profile: Profile) => void)[] = [];

  function run(): void {
    isFresh = true;
    const works = waiting;
    waiting = [];
    for (const work of works) work(profile!);
  }

  async function read(): Promise<void> {
    isLoading = true;
    const loaded = await load((stored) => reviveProfile(stored, Date.now()));
    // What the page did at a presumed end is newer than what was read before, unless it did it as a made-up visitor.
    if (loaded && (!wasSettled || isMadeUp)) profile = loaded;
    profile ??= createProfile(Date.now());
    isLoading = isMadeUp = wasSettled = false;
    run();
  }

  return {
    profile: () => profile,
    toStore: () => (isMadeUp ? undefined : profile),
    known(work) {
      if (isFresh && profile) return work(profile);
      waiting.push(work);
      if (!isLoading) void read();
    },
    suspect() {
      isFresh = false;
    },
    settle() {
      if (!waiting.length) return;
      wasSettled = true;
      isMadeUp ||= !profile;
      profile ??= createProfile(Date.now());
      run();
    },
    renew() {
      profile = { ...createProfile(Date.now()), dropped: profile?.dropped ?? {} };
    },
  };
}
