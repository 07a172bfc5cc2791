/** What came back of one request. */
export interface Answer {
  /** HTTP status; 0 when no answer came (offline, blocked, refused by CORS, too late). */
  status: number;
  /** Whether it is the collector that speaks: no redirect, no page of HTML as shops and proxies give, no service worker. */
  isOwn: boolean;
  body: string;
  /** Returns a header of the answer, as far as the browser shows it. */
  header?(name: string): string | null;
  /** Whether a service worker of the page's has answered, which may have passed on what the collector said. */
  isWorker?: boolean;
  /** Where it was asked for. */
  url?: string;
  /** Whether it is a page of HTML. */
  isHtml?: boolean;
  /** Whether it took too long. */
  isLate?: boolean;
  /** Whether nobody has looked at the body: a script that has replaced `fetch` may have made another request of it. */
  isDropped?: boolean;
  /** The origin that the page's content security policy does not let requests go to. */
  blockedBy?: string | undefined;
}

/**
 * What is to be done with a batch. `read`: the collector has it, and its answer may say more of single events. `wait`: unknown, try again.
 * `hold`: the same, but somebody has to mend something first. `shrink`: too many bytes. `split`: something in it is not taken.
 */
export type Action = (typeof ACTIONS)[number];
export const ACTIONS = ['read', 'wait', 'hold', 'shrink', 'split'] as const;
