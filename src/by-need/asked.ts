import { compression } from '../delivery/compression.js';
import type { allDefaults } from '../first.js';
import type { Plugin } from '../plugin.js';
import { dataExport } from '../privacy/export.js';
import { frustration } from '../sources/frustration.js';
import { stageAttribute } from '../journey/stage-attribute.js';
import { linking } from '../visitor/link.js';

/** Takes over the visitor whom a link from another domain of the shop's names: before all else, and so by itself. */
export { linked } from '../visitor/link.js';

const nameOf = (model?: string | { name: string }) => (typeof model === 'string' ? model : model?.name);

/** Does what few pages have a use for: what an option, or a call of `exportData`, asks for. */
export const plugins = (options: typeof allDefaults): Plugin[] => [
  ...(options.gzip ? [compression()] : []),
  ...(options.linkDomains.length ? [linking(options.linkDomains)] : []),
  ...(options.frustration ? [frustration()] : []),
  ...(options.stageAttribute ? [stageAttribute(nameOf(options.models[0]))] : []),
  dataExport(options.key),
];
