import type { URL as Url } from '../dom.js';
import type { ShareToken } from '../event/share-token.js';
import { editQuery } from '../util/edit-query.js';
import { randomHex } from '../util/id.js';
import { LINK_PARAMETER } from '../util/url.js';
import { MAX_DEPTH, SHARE_PARAMETER } from './share-token.js';

/** Returns the mark of a new share, by somebody who came by `parent`, if by any. */
export const createToken = (parent?: ShareToken): ShareToken => ({
  token: randomHex(12),
  depth: Math.min(MAX_DEPTH, (parent?.depth ?? 0) + 1),
});

/** Returns the link that is shared: the address with the mark, if there is one, and without what told of its own arrival (`utm_…`, click ids) or of the visitor; the rest as it is written. */
export function markLink(address: Url, mark?: ShareToken): string {
  const isOut = (name: string) =>
    [SHARE_PARAMETER, LINK_PARAMETER].includes(name) || /^utm_|cl(ic)?k?_?id$|^igsh|^[gw]braid$/i.test(name);
  return editQuery(address.href, isOut, mark && `${SHARE_PARAMETER}=${mark.token}-${mark.depth}`);
}
