import { cartWatch } from '../commerce/cart-watch.js';
import type { allDefaults } from '../first.js';
import type { Plugin } from '../plugin.js';

/** Watches over the cart. */
export const plugins = ({ cartIdleMinutes, key }: typeof allDefaults): Plugin[] => [cartWatch(cartIdleMinutes, key)];
