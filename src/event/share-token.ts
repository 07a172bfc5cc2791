import type { URL as Url } from '../dom.js';

/** The mark that a shared link bears. It says nothing of the person: a random number, and a count. */
export interface ShareToken {
  /** 12 random hex digits, another for every share. */
  token: string;
  /** How many people passed it on, from 1 to 20: 1 where whoever shared it had not come by a share. */
  depth: number;
}

/** Query parameter of shared links. */
export const SHARE_PARAMETER = 'wm';
/** Greatest depth told; a longer chain stays there, so that nobody can make up a huge one. Our choice. */
export const MAX_DEPTH = 20;

/** Returns the mark that an address bears; undefined where it bears none, or what cannot be one. Never throws. */
export function readToken(address: Url | undefined): ShareToken | undefined {
  const [, token, depth] = /^([\da-f]{12})-([1-9]\d?)$/.exec(address?.searchParams.get(SHARE_PARAMETER) ?? '') ?? [];
  return token ? { token, depth: Math.min(MAX_DEPTH, Number(depth)) } : undefined;
}
