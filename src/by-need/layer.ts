import type { allDefaults } from '../first.js';
import { openLayer } from '../platform/pushes.js';
import type { Plugin } from '../plugin.js';
import { pushedEvents } from '../sources/data-layer.js';

/** Reads what the page says to Google's tags. */
export const plugins = ({ dataLayer }: typeof allDefaults): Plugin[] =>
  dataLayer ? [pushedEvents((stops) => openLayer(dataLayer, stops))] : [];
