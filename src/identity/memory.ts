import { createProfile, type Profile } from './profile.js';

/** The visitor as this page knows it, and the work that waits until it does. */
export interface Memory {
  /** Returns the profile; undefined until something is known. */
  profile(): Profile | undefined;
  /**
   * Returns a profile that must not take the place of the true one: made up, because the page ended before the store had answered, or old, of a page that has just
   * come back.
   */
  madeUp(): Profile | undefined;
  /** Runs `work` with an up-to-date profile: now, or after a look into the store. In order. */
  known(work: (profile: Profile) => void): void;
  /** Another tab may change the profile from now on: look before it is used again. */
  suspect(): void;
  /** Runs what waits with what is known, or as a new visitor: the page may end before the store answers. */
  settle(): void;
  /** The page was away: what it knows, and what it was reading, is old. It may be used, but not stored, until the store has been asked again. */
  age(): void;
  /** Begins a new visitor. */
  renew(): void;
  /** Forgets the visitor, and what waits; the store is asked again when somebody is needed. */
  forget(): void;
}

/**
 * Returns the memory of the visitor. It reads the store when it is first used, and again after `suspect`.
 *
 * @param load reads the profile from the store; undefined where there is none
 * @param newcomer returns who the visitor is if the store does not know; always the same
 * @param isHidden whether the person is in another tab, which may change the profile all the time
 */
export function createMemory(load: () => Promise<Profile | undefined>, newcomer: () => Profile, isHidden: () => boolean): Memory {
  let profile: Profile | undefined;
  let isFresh = false;
  let isLoading = false;
  let wasSettled = false;
  /** Whether the store has ever told who it is. */
  let isTrue = false;
  let madeUp: Profile | undefined;
  let waiting: ((profile: Profile) => void)[] = [];
  let isRunning = false;
  /** How many times all was forgotten, or became old: what was asked before that is of no use. */
  let era = 0;

  function run(): void {
    // A store that was too slow to say who it is, is asked again.
    isFresh = !madeUp && !isHidden();
    isRunning = true;
    // What it asks for itself comes after what has waited longer. One of them may forget everything.
    while (profile && waiting.length) waiting.shift()!(profile);
    isRunning = false;
    if (waiting.length && !isLoading) void read();
  }

  async function read(): Promise<void> {
    isLoading = true;
    const before = era;
    // Nothing of it may reach the page as a rejection that nobody handles.
    const loaded = await load().catch(() => undefined);
    if (before !== era) return;
    isTrue ||= !!loaded;
    // What the page did at a presumed end is newer than what was read before, unless it did it as a made-up visitor.
    if (!wasSettled || madeUp) profile = loaded ?? profile ?? newcomer();
    // Whoever the store knows, once it answers, is not to be written over by somebody that it was too slow to know.
    madeUp = isTrue ? undefined : profile;
    isLoading = wasSettled = false;
    run();
  }

  return {
    profile: () => profile,
    madeUp: () => madeUp,
    known(work) {
      if (isFresh && profile && !isRunning) return work(profile);
      waiting.push(work);
      if (!isLoading && !isRunning) void read();
    },
    suspect() {
      isFresh = false;
    },
    settle() {
      if (waiting.length) {
        profile ??= madeUp = newcomer();
        wasSettled = isLoading;
        run();
      }
      // A look that is under way when the page is left would keep it out of the back/forward cache.
      isFresh = true;
    },
    age() {
      era++;
      isFresh = isLoading = wasSettled = false;
      madeUp = profile;
    },
    renew() {
      profile = createProfile();
      madeUp = undefined;
      isTrue = true;
    },
    forget() {
      era++;
      profile = madeUp = undefined;
      isFresh = isLoading = wasSettled = isTrue = false;
      waiting = [];
    },
  };
}
