import { isHidden } from '../browser/of-document.js';
import type { Plugin } from '../plugin.js';

/** Shortest body that is compressed, in UTF-16 units: five events. Below it, less than a kilobyte is saved for a millisecond of the main thread (`npm run bench -- gzip`). */
const MIN_LENGTH = 2000;

/**
 * Compresses requests with gzip while the page is visible: on the way out there is no time for it. The content type stays as it is, so that no browser
 * asks first: the collector tells by the first two bytes, 1f 8b. One that does not look for them must not be sent any.
 */
export const compression = (): Plugin => (tools) => {
  tools.pack = async (body) => {
    if (body.length < MIN_LENGTH || isHidden()) return undefined;
    try {
      const packed = await new Response(new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
      const [first, second] = new Uint8Array(packed);
      // Wrong output has been seen (PostHog, 2026).
      return first === 0x1f && second === 0x8b ? packed : undefined;
    } catch {
      // An old browser.
      return undefined;
    }
  };
};
