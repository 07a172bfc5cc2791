import type { URL as Url } from '../dom.js';
import { readToken } from '../event/share-token.js';
import { plainUrl } from '../privacy/marketing.js';
import { cleanText } from '../privacy/redact.js';
import { readUrl } from '../util/url.js';
import type { Arrival } from './arrival.js';
import type { LandingInput } from './classify.js';

/** How the user agents of browsers end, or one that is not told. An app's own browser says more: a name of its own. */
const PLAIN_BROWSER = /(^|(Safari|Firefox|Edg\w*|OPR|Mobile)\/[\w.]+)$/;

const DIRECT = { channel: 'direct', paid: false } as const;
const UNCLASSIFIED = { channel: 'other', paid: null, classified: false } as const;
/** What the link of a share says of an arrival, before all other evidence. */
const SHARED = { channel: 'shared_link', paid: false, by: 'token', confidence: 'high', classified: undefined } as const;

/** What is there at once to tell an arrival by. */
export interface Evidence {
  /** Whether the classifier could say more of this page than what is here. */
  isClue: boolean;
  /** What can be said of the arrival without it; undefined for who comes from a host of the shop's own, without a campaign or click id. */
  arrival?: Arrival | undefined;
  /** What the share says whose link it was. */
  shared?: Partial<Arrival['properties']> | undefined;
}

/** Returns the campaign of an address, as its parameters spell it; undefined where there is none. */
function readCampaign(page: Url | undefined): object | undefined {
  const tags = [...(page?.searchParams ?? [])].flatMap(([name, value]) =>
    /^utm_/.test(name) && value ? [[name.slice(4).replace('campaign', 'name'), cleanText(value)]] : [],
  );
  return tags[0] && (Object.fromEntries(tags) as object);
}

/** Whether a host is one of the shop's own, or below one. */
const isWithin = (host: string | undefined, own: readonly (string | undefined)[]) =>
  own.some((each) => each && `.${host}`.endsWith(`.${each.toLowerCase().replace(/^www\./, '')}`));

const hasQuery = (url: string) => /[?#].*=/.test(url);
/** Whether an address has a campaign, a click id or a share. Of the shop's own links, only such tell of an arrival: others have queries for filters and searches. */
const hasTags = (url: string) => /utm_/.test(url) || plainUrl(url) !== url;

/** Returns what can be said of an arrival without the classifier. */
function tell(page: Url | undefined, isClue: boolean, hasReferrer: boolean): Omit<Evidence, 'isClue'> {
  const campaign = readCampaign(page);
  const share = readToken(page);
  const shared = share && { ...SHARED, share };
  const properties: Arrival['properties'] = {
    network: null,
    campaign,
    by: campaign ? 'utm' : hasReferrer ? 'referrer' : null,
    confidence: 'low',
    ...(isClue ? UNCLASSIFIED : DIRECT),
    ...shared,
  };
  return { shared, arrival: { name: share ? 'social_landing' : 'landing', properties } };
}

/** Tells an arrival by the share whose link it was, or else its campaign; a foreign referrer, any other query or the name of an app is a clue for the classifier. */
export function readEvidence({ url = '', referrer, userAgent = '', internalHosts = [] }: LandingInput): Evidence {
  const page = readUrl(url);
  const from = readUrl(referrer)?.hostname;
  const isOwn = isWithin(from, [page?.hostname, ...internalHosts]);
  const isTagged = (isOwn ? hasTags : hasQuery)(url);
  const isClue = isTagged || !!(from && !isOwn) || !PLAIN_BROWSER.test(userAgent);
  if (isOwn && !isTagged) return { isClue };
  return { isClue, ...tell(page, isClue, !!from) };
}
