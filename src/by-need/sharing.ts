import type { Plugin } from '../plugin.js';
import { sharing } from '../sources/share.js';

/** Shares links. */
export const plugins = (): Plugin[] => [sharing()];
