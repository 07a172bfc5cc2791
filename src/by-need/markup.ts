import type { Plugin } from '../plugin.js';
import { productMarkup } from '../sources/markup.js';

/** Reads the product, or the order, that a page's markup describes. */
export const plugins = (): Plugin[] => [productMarkup()];
