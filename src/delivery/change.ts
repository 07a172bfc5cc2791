import type { DropCause } from '../outbox/bounds.js';
import type { StoredEvent } from '../outbox/stored-event.js';
import type { Health } from './health.js';

/** Why events are kept. */
export interface KeptReason {
  /** That of the problem, as in README; or `under_way`, `consent_required`. */
  code: string;
  /** What happened, and at which collector. */
  message: string;
}

/** One batch, and what is known as its answer comes. */
export interface Sending {
  events: readonly StoredEvent[];
  /** Id of the batch. */
  batch: string;
  health: Health;
  /** Milliseconds since 1970, and a number in [0, 1): parameters so that tests are exact. */
  now: number;
  random: number;
  /** Whether the collector has taken something since this tab began to send. */
  hasTaken: boolean;
}

/** What follows from what came of a batch. */
export interface Change {
  health: Health;
  /** Ids of events that the collector has. */
  delivered: readonly string[];
  /** Events that it never takes, and why. */
  refused: readonly (readonly [id: string, reason: string])[];
  /** Why those are dropped, where the collector has not said so itself in an answer that took others. */
  cause?: DropCause;
  /** Why something is kept. */
  trouble?: KeptReason | undefined;
  /** Whether the collector is to be left alone. */
  isHeld: boolean;
}

/** Returns the ids of the events that wait no more. */
export const settledBy = ({ delivered, refused }: Change): string[] => [...delivered, ...refused.map(([id]) => id)];
