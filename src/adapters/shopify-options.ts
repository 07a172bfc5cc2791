/** What `shopifyEvents` takes: the first three as a pixel finds them, as its globals. */
export interface ShopifyOptions {
  /** Tells the shop's events. */
  analytics: { subscribe(name: string, listener: (event: unknown) => void): unknown };
  /** The page when it loaded, and the shop. Default: none. */
  init?: unknown;
  /**
   * Reaches the storage of the shop's own pages, where the frame has none. With it, the visitor's session, journey, cart and orders are
   * kept from page to page, in `localStorage`. Default: none, and they begin anew with every page.
   */
  browser?:
    | {
        localStorage: { getItem(key: string): Promise<unknown>; setItem(key: string, value: string): Promise<unknown> };
      }
    | undefined;
  /** Currency where an event names none, as ISO 4217. Default: the shop's. */
  currency?: string | undefined;
  /** Stages by path, for page views: `{ '/blogs/*': 'awareness' }`. Default: none. */
  pageStages?: Readonly<Record<string, string>> | undefined;
  /** More hosts of the shop's own: coming from them is no arrival. Default: those that `init` names. */
  internalHosts?: readonly string[] | undefined;
}
