// What the pages of `vendors.test.ts` run: the vendor's own library and Waymark, told the same things.
import { init, track } from '@plausible-analytics/tracker';
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled';
import { AnalyticsBrowser } from '@segment/analytics-next';
import { SnowplowEcommercePlugin, trackAddToCart, trackProductView, trackRefund, trackTransaction } from '@snowplow/browser-plugin-snowplow-ecommerce';
import { flushBuffer, newTracker, setUserId, trackPageView } from '@snowplow/browser-tracker';
import posthog from 'posthog-js';
import { createTracker } from '../../dist/index.js';
import * as formats from '../../dist/formats/index.js';

const { origin } = location;

/** Tells Waymark, whose events go to `/ours` and what the format adds to that. Each page has a visitor of its own. */
async function waymark(format) {
  const key = location.pathname.slice(1);
  const tracker = createTracker({ key, collector: `${origin}/ours${format.path}`, format, batchEvents: format.maxEvents ?? 50, batchWaitMs: 50, webVitals: false, engagement: false, currency: 'EUR' });
  await new Promise((resolve) => tracker.on('event', ({ name }) => name === 'page_view' && resolve()));
  tracker.identify('customer-7', { plan: 'gold' });
  const item = { item_id: 'A1', item_name: 'Mug', item_category: 'Kitchen', item_brand: 'Acme', price: 12.5, quantity: 2 };
  tracker.track('view_item', { items: [{ ...item, quantity: 1 }], value: 12.5 });
  tracker.cart.add(item);
  tracker.purchase({ transaction_id: 'T-1', value: 25, currency: 'EUR', tax: 4, shipping: 3, items: [item] });
  tracker.refund({ transaction_id: 'T-1', value: 25, currency: 'EUR' });
  return tracker.flush();
}

const product = { product_id: 'A1', sku: 'A1', name: 'Mug', category: 'Kitchen', brand: 'Acme', price: 12.5 };

window.run = {
  async posthog() {
    posthog.init('phc_test', {
      api_host: `${origin}/theirs`,
      disable_compression: true,
      request_batching: false,
      advanced_disable_flags: true,
      disable_external_dependency_loading: true,
      disable_session_recording: true,
      disable_surveys: true,
      autocapture: false,
      capture_pageview: false,
      capture_pageleave: false,
      opt_out_useragent_filter: true,
      person_profiles: 'identified_only',
    });
    posthog.capture('$pageview');
    posthog.identify('customer-7', { plan: 'gold' });
    posthog.capture('purchase', { transaction_id: 'T-1', revenue: 25, currency: 'EUR' });
    await waymark(formats.posthog({ apiKey: 'phc_test' }));
  },
  async segment() {
    const cdnSettings = { integrations: { 'Segment.io': { apiKey: 'key', apiHost: `${location.host}/theirs/v1`, protocol: 'http' } } };
    const analytics = AnalyticsBrowser.load({ writeKey: 'key', cdnSettings });
    await analytics.page();
    await analytics.identify('customer-7', { plan: 'gold' });
    await analytics.track('Product Added', { ...product, quantity: 2 });
    await analytics.track('Order Completed', { order_id: 'T-1', total: 25, revenue: 25, tax: 4, shipping: 3, currency: 'EUR', products: [{ ...product, quantity: 2 }] });
    await waymark(formats.segment({ writeKey: 'key' }));
  },
  async rudderstack() {
    const source = { id: 'source', name: 'Shop', writeKey: 'key', enabled: true, workspaceId: 'workspace', config: { statsCollection: {} }, destinations: [] };
    const analytics = new RudderAnalytics();
    analytics.load('key', `${origin}/theirs`, {
      getSourceConfig: () => ({ source }),
      useBeacon: true,
      beaconQueueOptions: { flushQueueInterval: 300, maxItems: 1 },
      sessions: { autoTrack: true },
    });
    await new Promise((resolve) => analytics.ready(resolve));
    analytics.page();
    analytics.identify('customer-7', { plan: 'gold' });
    analytics.track('Order Completed', { order_id: 'T-1', total: 25, revenue: 25, tax: 4, shipping: 3, currency: 'EUR', products: [{ ...product, quantity: 2 }] });
    await waymark(formats.segment({ writeKey: 'key', vendor: 'rudderstack' }));
  },
  async plausible() {
    init({ domain: 'shop.example', endpoint: `${origin}/theirs/api/event`, captureOnLocalhost: true, autoCapturePageviews: false, logging: false });
    track('pageview', {});
    track('purchase', { props: { transaction_id: 'T-1' }, revenue: { currency: 'EUR', amount: 25 } });
    track('landing', { interactive: false });
    await waymark(formats.plausible({ domain: 'shop.example' }));
  },
  async snowplow() {
    newTracker('sp', `${origin}/theirs`, { appId: 'shop', plugins: [SnowplowEcommercePlugin()], bufferSize: 1, eventMethod: 'post', contexts: { webPage: true } });
    trackPageView();
    setUserId('customer-7');
    const item = { id: 'A1', name: 'Mug', category: 'Kitchen', brand: 'Acme', price: 12.5, quantity: 2, currency: 'EUR' };
    trackProductView({ ...item, quantity: 1 });
    trackAddToCart({ total_value: 25, currency: 'EUR', products: [item] });
    trackTransaction({ transaction_id: 'T-1', revenue: 25, currency: 'EUR', payment_method: 'unknown', total_quantity: 2, tax: 4, shipping: 3, products: [item] });
    trackRefund({ transaction_id: 'T-1', refund_amount: 25, currency: 'EUR' });
    flushBuffer();
    await waymark(formats.snowplow({ appId: 'shop' }));
  },

};
