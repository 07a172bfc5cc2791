import type { URL as Url } from '../dom.js';
import { randomHex } from '../util/id.js';
import { editQuery, LINK_PARAMETER } from '../util/url.js';

/** The mark that a shared link bears. It says nothing of the person: a random number, and a count. */
export interface ShareToken {
  /** 12 random hex digits, another for every share. */
  token: string;
  /** How many people passed it on, from 1 to 20: 1 where whoever shared it had not come by a share. */
  depth: number;
}

/** Query parameter of shared links. */
const PARAMETER = 'wm';
/** Greatest depth told; a longer chain stays there, so that nobody can make up a huge one. Our choice. */
const MAX_DEPTH = 20;

/** Returns the mark of a new share, by somebody who came by `parent`, if by any. */
export const createToken = (parent?: ShareToken): ShareToken => ({
  token: randomHex(12),
  depth: Math.min(MAX_DEPTH, (parent?.depth ?? 0) + 1),
});

/** Returns the mark that an address bears; undefined where it bears none, or what cannot be one. Never throws. */
export function readToken(address: Url | undefined): ShareToken | undefined {
  const [, token, depth] = /^([\da-f]{12})-([1-9]\d?)$/.exec(address?.searchParams.get(PARAMETER) ?? '') ?? [];
  return token ? { token, depth: Math.min(MAX_DEPTH, Number(depth)) } : undefined;
}

/** Returns the link that is shared: the address with the mark, if there is one, and without what told of its own arrival (`utm_…`, click ids) or of the visitor; the rest as it is written. */
export function markLink(address: Url, mark?: ShareToken): string {
  const isOut = (name: string) => [PARAMETER, LINK_PARAMETER].includes(name) || /^utm_|cl(ic)?k?_?id$|^igsh|^[gw]braid$/i.test(name);
  return editQuery(address.href, isOut, mark && `${PARAMETER}=${mark.token}-${mark.depth}`);
}
