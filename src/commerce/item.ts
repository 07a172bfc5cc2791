import type { Data } from '../event/draft.js';

export type { Item } from '../event/item.js';

/** Properties as the shop gave them, copied. */
export type Fields = Data;

/** Told what is wrong: what it is, what it takes, and what it got. */
export type Reject = (what: string, takes: unknown, got: unknown) => void;

/** What is known of the shop. */
export interface Shop {
  /** Returns a currency, where it is one; else that of the shop. */
  currencyOf(given?: unknown): string | undefined;
  reject: Reject;
}
