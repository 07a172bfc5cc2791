import type { allDefaults } from '../first.js';
import type { Plugin } from '../plugin.js';
import { forms } from '../sources/forms.js';
import { outgoing } from '../sources/outgoing.js';

/** Tracks where people go from a page: links to somebody, and forms that make them a subscriber or a customer. */
export const plugins = (options: typeof allDefaults): Plugin[] => [
  ...(options.outgoing ? [outgoing()] : []),
  ...(options.forms ? [forms()] : []),
];
