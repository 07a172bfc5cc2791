import type { Plugin } from '../plugin.js';
import { webVitals } from '../sources/web-vitals.js';

/** Measures how fast the page loads and answers. */
export const plugins = (): Plugin[] => [webVitals()];
