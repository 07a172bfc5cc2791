import { readEvidence } from '../arrival/evidence.js';
import type { Arrivals } from '../arrival/arrivals.js';
import type { readPatterns } from '../sources/page-stage.js';
import { changeCart } from '../commerce/cart.js';
import { withItems } from '../commerce/changes.js';
import type { Item } from '../commerce/item.js';
import { commerceOf, type CommerceState } from '../commerce/state.js';
import type { DraftOptions, PluginApi, TrackerView } from '../plugin.js';
import { cleanText, staysIn } from '../privacy/redact.js';
import { hashId, hashTimeId } from '../util/hash-id.js';
import { timeId } from '../util/id.js';
import { readUrl } from '../util/url.js';
import { reviveRecord } from '../visitor/record.js';
import { dig, readShopifyEvent, type ShopifyReading } from './shopify-event.js';
import type { ShopifyOptions } from './shopify-options.js';
import type { ShopifyPage } from './shopify-page.js';

/** What hears the shop's events needs beside what every plugin is given. */
export interface ShopifyListening extends Pick<ShopifyOptions, 'analytics' | 'init' | 'browser'> {
  arrivals: Arrivals;
  page: ShopifyPage;
  /** Stages of page views by their paths. */
  rules: ReturnType<typeof readPatterns>;
  /** Hosts of the shop's own. */
  internalHosts: readonly string[];
}

/** Where the profile lies in the shop's `localStorage`. */
const KEY = 'waymark-shopify';
/** Longest wait for the shop's storage, in milliseconds. Our choice: it answers by messages between frames, in a few. */
const STORAGE_MS = 1000;
/** Longest wait for the classifier, in milliseconds. Our choice: a file from a folder that has just given another. */
const CLASSIFIER_MS = 3000;
/** Event ids remembered, to know those told again. Our choice: no page has as many. */
const MAX_SEEN = 1000;

/** Returns what `work` resolves with; undefined if that takes longer. */
const within = <Value>(work: Promise<Value>, ms: number): Promise<Value | undefined> =>
  Promise.race([work, new Promise<undefined>((resolve) => setTimeout(resolve, ms))]);

/** Returns time and id that an event has by Shopify's own. An arrival comes before what was seen on arriving. */
const marksOf = ({ time, source }: ShopifyReading, name: string): DraftOptions =>
  time
    ? {
        by: 'shopify',
        time,
        id: source ? hashTimeId(`${source} ${name}`, time, /landing/.test(name) ? 0 : 1) : timeId(time),
      }
    : { by: 'shopify' };

/**
 * Takes over the cart that an event shows: Shopify is who knows it.
 *
 * @param isMissing whether only where no cart is known
 */
function keepCart(
  tracker: TrackerView,
  { items = [], value, currency }: { items?: Item[]; value?: number; currency?: string },
  isMissing: boolean,
): void {
  tracker.known((record) => {
    const state = commerceOf(record);
    if (isMissing && state.cart) return;
    const { added, removed } = changeCart(state.cart?.items ?? [], items, 1, true);
    const cart = added.length || removed.length ? withItems(state.cart, items, currency) : state.cart;
    record.state.commerce = {
      ...state,
      cart: cart && value !== undefined ? { ...cart, value } : cart,
    } satisfies CommerceState;
  });
}

/** Resolves with what the shop's storage kept; with nothing where it does not answer. */
async function recall(browser: NonNullable<ShopifyOptions['browser']>): Promise<unknown> {
  try {
    return JSON.parse(`${(await within(browser.localStorage.getItem(KEY), STORAGE_MS)) as string}`) as unknown;
  } catch {
    // Refused, or not ours: the visitor begins anew.
    return undefined;
  }
}

/** Tells the tracker what the shop tells a custom pixel, each event once. */
export function listenToShopify(
  { guard, track, tracker }: PluginApi,
  { analytics, init, browser, arrivals, page, rules, internalHosts }: ShopifyListening,
): void {
  const stays = staysIn(tracker.options);
  const seen = new Set<string>();
  let client: string | undefined;

  /** Takes Shopify's word for who the visitor is, and what was kept of them. */
  function meet(id: string, stored: unknown): void {
    client = id;
    const visitor = hashId(`client ${id}`);
    tracker.known((record) => {
      record.id = visitor;
      // Of another visitor's, nothing.
      if (dig(stored, 'id') === visitor) Object.assign(record, reviveRecord(stored, record));
    });
  }

  /** Tracks how the visit began, as `landings` does. */
  function land(reading: ShopifyReading): void {
    const { url, referrer, userAgent } = reading.page;
    const visit = { url, referrer, userAgent, internalHosts };
    const evidence = readEvidence(visit);
    const classifier = arrivals.classifier();
    const arrival = classifier ? classifier.readArrival(visit, cleanText, evidence.shared) : evidence.arrival;
    if (!arrival) return;
    const { name, properties } = arrival;
    const { channel, share } = properties;
    if (channel === 'internal') return;
    if (share) tracker.known(({ state }) => void (state.landings = { ...(state.landings as object), parent: share }));
    track(name, properties, { ...marksOf(reading, name), session: channel === 'direct' ? 'start' : undefined });
  }

  /** Returns whether an event was told before; notes it if not. */
  function isRepeat(source: string | undefined): boolean {
    if (!source) return false;
    if (seen.has(source)) return true;
    seen.add(source);
    if (seen.size > MAX_SEEN) seen.delete([...seen][0]!);
    return false;
  }

  function tell(reading: ShopifyReading, stored: unknown): void {
    const { name, properties, source } = reading;
    if (isRepeat(source)) return;
    if (reading.client && reading.client !== client) meet(reading.client, stored);
    if (page.turn(reading, stays)) land(reading);
    const cart = properties as { items?: Item[]; value?: number; currency?: string };
    if (/^view_cart$|checkout|_info$/.test(name)) keepCart(tracker, cart, false);
    // What this page has not seen put in could not be taken out.
    if (name === 'remove_from_cart') keepCart(tracker, { ...cart, value: undefined }, true);
    const path = name === 'page_view' ? (readUrl(reading.page.url)?.pathname ?? '') : undefined;
    const stage = path === undefined ? undefined : rules.find((rule) => rule.path.test(path))?.stage;
    track(name, properties, { ...marksOf(reading, name), stage });
  }

  let recalled: Promise<unknown[]> | undefined;
  const hear = guard((event: unknown, stored?: unknown) => {
    const reading = readShopifyEvent(event, dig(init, 'context'));
    if (!reading) return;
    tell(reading, stored);
    if (browser)
      tracker.known((record) => void browser.localStorage.setItem(KEY, JSON.stringify(record)).catch(() => {}));
  });
  analytics.subscribe('all_standard_events', (event) => {
    if (!browser && arrivals.classifier()) return hear(event);
    recalled ??= Promise.all([
      browser && recall(browser),
      within(
        arrivals.load().catch(() => {}),
        CLASSIFIER_MS,
      ),
    ]);
    void recalled.then(([stored]) => hear(event, stored));
  });
}
