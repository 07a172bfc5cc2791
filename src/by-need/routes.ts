import type { allDefaults } from '../first.js';
import type { Plugin } from '../plugin.js';
import { routes } from '../sources/routes.js';

/** Keeps the pages of a single-page application apart. */
export const plugins = ({ pageViews }: typeof allDefaults): Plugin[] => [routes(pageViews)];
