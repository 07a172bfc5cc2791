import type { Consent } from './consent/consent.js';
import type { TrackedEvent } from './event/event.js';
import type { Step } from './journey/journey.js';
import type { DropCause } from './outbox/bounds.js';
import type { ProblemCode } from './problems.js';

/** Something that did not go as the shop meant it. Nothing is thrown: this is how the shop learns of it. */
export interface Problem {
  /** What it is: README says more of each. */
  code: ProblemCode;
  /** What was taken, what was got, and what became of it. */
  message: string;
}

/** What `on` can listen to. */
export interface TrackerEvents {
  /** The visitor's stage changed. */
  stage: Step & { event: string };
  /** An event was tracked; it is in the queue. */
  event: TrackedEvent;
  /** A collector, by its name or else its address, has confirmed these events. */
  delivered: { ids: string[]; collector: string };
  /** Events that will never arrive at these collectors; `unanswered`: nobody said in time whether they may be kept. */
  dropped: { cause: DropCause | 'unanswered'; count: number; collectors: string[] };
  /** What holds has changed. */
  consent: Consent;
  /** The visitor was forgotten by `reset`. */
  reset: void;
  problem: Problem;
}
