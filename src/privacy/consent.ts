/** What a visitor can be asked about: that the visit is measured; that it is tied to advertising (click ids, campaigns, shared links). */
export type Purpose = 'analytics' | 'marketing';

/** What holds for a purpose. `required`: nobody has answered yet. */
export type ConsentState = 'granted' | 'denied' | 'required';

/** What somebody says of the purposes; of one that is absent they say nothing. */
export type Statement = { [Each in Purpose]?: ConsentState | undefined };

/**
 * Who can say something, the first that does being believed: a call of the shop's, a consent platform by the IAB's TCF, Google's consent mode, the
 * option. `gpc` and `dnt` are the browser's own signals, which stand above all of them.
 */
export type ConsentSource = 'call' | 'tcf' | 'google' | 'option' | 'gpc' | 'dnt';

/** What holds now, and by whose word. */
export interface Consent {
  analytics: ConsentState;
  marketing: ConsentState;
  /** Who decided on each. */
  by: { [Each in Purpose]: ConsentSource };
  /** The browser sends Global Privacy Control, whether or not it is obeyed. */
  gpc?: true;
  /** The browser says Do Not Track, whether or not it is obeyed. */
  dnt?: true;
}

/** What can be said, in words. */
export const TAKES_CONSENT = 'granted, denied or required, for both or as { analytics, marketing }';

/** What a browser's own signal denies. */
export type Denies = 'marketing' | 'all' | 'ignore';

/** Events that wait in memory for an answer. Our choice: more than most people do before they answer; a few hundred kilobytes at most. */
const MAX_WAITING = 200;
/** Longest wait for an answer, in milliseconds. Our choice: as long as a session lasts without a sign of life. */
const MAX_WAIT_MS = 30 * 60_000;

const PURPOSES: readonly Purpose[] = ['analytics', 'marketing'];
const STATES: readonly unknown[] = ['granted', 'denied', 'required'] satisfies ConsentState[];
/** Those who are asked, in order. */
const SOURCES: readonly ConsentSource[] = ['call', 'tcf', 'google', 'option'];

/**
 * Reads what an option or a call says: one word for both purposes, or one for each, as an object.
 *
 * @returns undefined for anything else
 */
export function readStatement(given: unknown): Statement | undefined {
  const said = typeof given === 'string' ? { analytics: given, marketing: given } : Object(given);
  const entries = Object.entries(said).filter(([, state]) => state !== undefined);
  const isRight = entries.length && entries.every(([purpose, state]) => PURPOSES.includes(purpose as Purpose) && STATES.includes(state));
  return isRight ? Object.fromEntries(entries) : undefined;
}

/** What the gate is made of. */
export interface ConsentParts {
  /** What holds until somebody says otherwise. */
  option: Statement;
  /** What Global Privacy Control, and Do Not Track, deny. */
  gpc: Denies;
  dnt: Denies;
  /** Told when what holds has changed. */
  onChange(now: Consent, before: Consent): void;
  /** Told that events may be kept and sent from now on, before what waits is let through. */
  onOpen(): void;
  /** Told how many events will never arrive, since nobody answered in time. */
  onExpired(count: number): void;
}

/** Lets through what is allowed, holds what may be allowed yet, and drops what is not. */
export interface ConsentGate {
  now(): Consent;
  /** Whether events may be kept and sent. */
  isOpen(): boolean;
  /** Takes note of what somebody says; what they said before of a purpose that they do not name stays. */
  say(source: ConsentSource, statement: Statement): void;
  /** What was granted may have been taken back meanwhile, where this page could not hear it: whoever said so has to say it anew. */
  doubt(): void;
  /** Runs `work` now, or in order once it is allowed, or never. `isEvent`: only so many wait, and for so long. */
  run(work: () => void, isEvent?: boolean): void;
  /** Returns how many events wait for an answer. */
  waiting(): number;
  /** Begins to let through: those who are asked have been. */
  start(): void;
  /** Holds everything until `start`. */
  pause(): void;
}

/** Returns the gate. Until `start`, everything waits. */
export function createConsent({ option, gpc, dnt, onChange, onOpen, onExpired }: ConsentParts): ConsentGate {
  const said: { [Each in ConsentSource]?: Statement } = { option: { ...option } };
  let isReady = false;
  let wasOpen = false;
  let held: { at: number; work: () => void; isEvent: boolean | undefined }[] = [];

  function decide(): Consent {
    const by = {} as Consent['by'];
    const { globalPrivacyControl, doNotTrack } = Object(globalThis.navigator) as Navigator & { globalPrivacyControl?: boolean };
    // A purpose that the option leaves out is not allowed.
    const consent = { by } as Consent;
    for (const purpose of PURPOSES) {
      by[purpose] = SOURCES.find((source) => said[source]?.[purpose]) ?? 'option';
      consent[purpose] = said[by[purpose]]?.[purpose] ?? 'denied';
    }
    for (const [signal, isOn, denies] of [['gpc', globalPrivacyControl, gpc], ['dnt', doNotTrack === '1', dnt]] as const) {
      if (!isOn) continue;
      consent[signal] = true;
      for (const purpose of PURPOSES) {
        if (denies !== 'all' && denies !== purpose) continue;
        consent[purpose] = 'denied';
        by[purpose] = signal;
      }
    }
    return consent;
  }

  /** Takes over what holds now. */
  function update(): void {
    const before = consent;
    const next = decide();
    // The same object as long as nothing changes: it goes with every event.
    if (JSON.stringify(next) === JSON.stringify(before)) return;
    consent = next;
    onChange(next, before);
    flow();
  }

  let consent = decide();
  const isOpen = () => isReady && consent.analytics === 'granted';

  function expire(events: typeof held): void {
    if (events.length) onExpired(events.length);
    held = held.filter((each) => !events.includes(each));
  }

  function flow(): void {
    if (consent.analytics === 'denied') held = [];
    if (isOpen()) expire(held.filter(({ at, isEvent }) => isEvent && Date.now() - at > MAX_WAIT_MS));
    if (!wasOpen && isOpen()) onOpen();
    wasOpen = isOpen();
    // One of them may say something itself, or have a listener that does.
    while (isOpen() && held.length) held.shift()!.work();
  }

  return {
    now: () => consent,
    isOpen,
    say(source, statement) {
      said[source] = { ...said[source], ...statement };
      update();
    },
    doubt() {
      for (const statement of Object.values(said)) for (const purpose of PURPOSES) if (statement[purpose] === 'granted') statement[purpose] = 'required';
      update();
    },
    run(work, isEvent) {
      // What waits goes first, also where one of those asks for more.
      if (isOpen() && !held.length) return work();
      if (isReady && consent.analytics === 'denied') return;
      // A page may have a broken clock: what is no event must do without.
      held.push({ at: isEvent ? Date.now() : 0, work, isEvent });
      const events = held.filter((each) => each.isEvent);
      if (!isOpen() && events.length > MAX_WAITING) expire(events.slice(0, 1));
    },
    waiting: () => held.filter(({ isEvent }) => isEvent).length,
    start() {
      isReady = true;
      flow();
    },
    pause() {
      isReady = wasOpen = false;
    },
  };
}
