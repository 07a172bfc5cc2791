import type { Format } from './format.js';
import { waymarkFormat } from './waymark.js';

/** The formats that the script tag has: `data-format` takes their names. */
export const formatsByName: Readonly<Record<string, Format>> = { waymark: waymarkFormat };
