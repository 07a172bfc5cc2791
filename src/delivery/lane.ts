import type { DropCause } from '../outbox/bounds.js';
import type { Outbox } from '../outbox/outbox.js';
import type { StoredEvent } from '../outbox/stored-event.js';
import type { VisitorRecord } from '../visitor/record.js';
import type { Destination } from './destination.js';

/** What one collector has: what waits for it, and what takes it there. */
export interface Lane {
  /** What it is called. */
  name: string;
  /** Whether an event is for it. */
  wants(event: StoredEvent): boolean;
  outbox: Outbox;
  destination: Destination;
  /** Counts and tells events that will never arrive there. */
  drop(cause: DropCause | 'unanswered', count: number): void;
  /** For the first one, as the visitor is read: sets aside what waits for others that the pages before had. Settles when nothing of another's is left here. */
  begin(known: VisitorRecord): Promise<void>;
}
