/** A sealed event as it lies in the outbox: JSON that never changes. */
export interface StoredEvent {
  id: string;
  /** What the event shares with others, as JSON. */
  context: string;
  /** The event itself, as JSON. */
  event: string;
}

/** The events of one write, which lie under one key: that of the first. A row only shrinks. */
export type StoredRow = readonly StoredEvent[];

/** Returns what of a stored value are events: none of anything that is not ours. */
export const eventsIn = (value: unknown): StoredEvent[] =>
  Array.isArray(value)
    ? (value as (StoredEvent | null)[]).filter(
        (each): each is StoredEvent =>
          !!each && [each.id, each.context, each.event].every((text) => typeof text === 'string'),
      )
    : [];

/** Returns the ids of events. */
export const idsOf = (events: readonly StoredEvent[]): string[] => events.map(({ id }) => id);

/** Returns the length of an event, in UTF-16 units, which is about bytes. */
export const lengthOf = ({ context, event }: StoredEvent): number => context.length + event.length;
