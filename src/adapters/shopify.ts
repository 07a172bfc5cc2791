export { readShopifyEvent, type ShopifyReading } from './shopify-event.js';
export { shopifyEvents, type ShopifyOptions } from './shopify-events.js';
export { startPixel, type PixelOptions } from './shopify-pixel.js';
