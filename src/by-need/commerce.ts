/** Keeps the cart and counts orders, for the first draft that needs it. */
export { commerce } from '../commerce/commerce.js';
