// Paste this into Settings > Customer events > Add custom pixel, and change the two addresses.
const WAYMARK = 'https://cdn.shop.example/waymark.shopify.min.js';
const COLLECTOR = 'https://collect.shop.example/v1/events';

import(WAYMARK).then(({ startPixel }) => {
  const tracker = startPixel({ analytics, init, browser, collector: COLLECTOR });
  tracker.on('problem', ({ code, message }) => console.warn('waymark', code, message));
});
