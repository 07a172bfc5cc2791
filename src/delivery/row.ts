/** One event as it is kept. */
export interface Row {
  id: string;
  /** What the event shares with others, as JSON. */
  context: string;
  /** The event itself, as JSON. */
  event: string;
}

/** Whether something that was stored is a row. */
export const isRow = (row: Row | null): boolean => [row?.id, row?.context, row?.event].every((text) => typeof text === 'string');
