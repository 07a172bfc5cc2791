import { readUrl } from '../util/url.js';
import type { ShareToken } from './share-token.js';
import { MEDIUMS, NETWORKS, PASS_THROUGH, type Channel } from './networks.js';

export type { Channel } from './networks.js';

/** What is known of the first page of a visit. What is missing or no text counts as empty. */
export interface LandingInput {
  /** Address of the page, query included. */
  url?: string;
  /** `document.referrer`. Default: none. */
  referrer?: string;
  /** `navigator.userAgent`. Not looked at yet. */
  userAgent?: string;
  /** Hosts of the shop besides the page's own; subdomains are included. Default: none. */
  internalHosts?: readonly string[] | undefined;
}

/** The campaign parameters: `name` is utm_campaign, the others bear their own name. Values as written, at most 300 characters. */
export interface Campaign {
  source?: string;
  medium?: string;
  name?: string;
  term?: string;
  content?: string;
  id?: string;
}

/** Where a visit came from. */
export interface Landing {
  channel: Channel;
  /** Id of the network; null when it is none that we know. */
  network: string | null;
  /** Whether somebody paid for the click; null when that cannot be known. */
  paid: boolean | null;
  /** undefined when the address has no campaign parameter. */
  campaign: Campaign | undefined;
  /** The evidence; null when there was none. */
  by: 'referrer' | 'utm' | 'click_id' | 'in_app' | 'token' | null;
  /** The share whose link it was; `by` is `token` then. */
  share?: ShareToken;
}

/** Characters of a campaign value that are kept: what `batch.schema.json` allows. */
const MAX_VALUE = 300;
/** Campaign parameters that are kept. Our choice: GA4 knows nine. */
const MAX_TAGS = 9;

/** Returns the host of an address without `www.`; empty where it has none. */
const readHost = (address: unknown) => readUrl(address)?.hostname.replace(/^www\./, '') ?? '';

/** Whether a host is this one or below it: whole labels, so notfacebook.com is not within facebook.com. */
const isWithin = (host: string, parent: string) => `.${host}`.endsWith(`.${parent}`);

/** A network, and the channel of a visit from there where nobody paid. */
interface Origin {
  channel: string;
  network: string;
}

/** Returns the network of a host, or of a name in utm_source. */
function findNetwork(name: string): Origin | undefined {
  // Google and Pinterest have hosts under each country's ending.
  const host = name.replace(/\b(google|pinterest)(\.com?)?\.[a-z]{2}$/, '$1.com');
  let channel = '';
  for (const entry of NETWORKS.split(' ')) {
    const [word = '', network = word.split('.')[0]!] = entry.split('=');
    if (!/[.=]/.test(entry)) channel = entry;
    else if (isWithin(host, word) || network === name) return { channel, network };
  }
  return undefined;
}

/**
 * Tells where a visit came from: campaign parameters first, then the referrer. Never throws. Click ids alone are not looked at
 * yet: Facebook's is on free links too, and all travel along when a link is copied.
 */
export function classifyLanding(input: LandingInput): Landing {
  const { url, referrer, internalHosts = [] } = input ?? {};
  const page = readHost(url);
  const host = readHost(referrer);
  const isInternal = host && (isWithin(page, host) || [page, ...PASS_THROUGH, ...internalHosts].some((own) => own && isWithin(host, own)));
  // The shop itself, localhost and machine addresses say nothing of where the visit came from.
  const outside = !isInternal && /\.\D[^.]*$/.test(host) ? host : '';

  const tags = [...(readUrl(url)?.searchParams ?? [])].filter(([key, value]) => /^utm_/i.test(key) && value).slice(0, MAX_TAGS);
  const campaign: Campaign = Object.fromEntries(
    tags.map(([key, value]) => [key.slice(4).toLowerCase().replace('campaign', 'name'), value.slice(0, MAX_VALUE)]),
  );
  const { source = '', medium = '' } = campaign;
  const mediums = medium.toLowerCase().split(/[\W_]+/);
  const named = findNetwork(source.toLowerCase());
  const network = named ?? findNetwork(outside);
  const [word, tagged = word] = MEDIUMS.split(' ').map((entry) => entry.split('=')).find(([word]) => mediums.includes(word!)) ?? [];
  // "social", "organic" and the like leave it to the network to say which channel it is.
  const specific = /organic|messaging/.test(`${tagged}`) ? undefined : tagged;
  const isPaid = !specific && /\b(cp[acmv]|ppc|ads?)\b|paid/.test(`${mediums}`);

  const unknown = isPaid ? 'paid_other' : outside ? 'referral' : tags.length ? 'other' : isInternal ? 'internal' : 'direct';
  const channel = specific ?? network?.channel ?? tagged ?? unknown;
  return {
    channel: (isPaid ? channel.replace('messaging', 'organic_social').replace('organic', 'paid') : channel) as Channel,
    network: network?.network ?? null,
    paid: isPaid || channel === 'display',
    campaign: tags.length ? campaign : undefined,
    by: isPaid || specific || named || (tags.length && !network) ? 'utm' : outside || isInternal ? 'referrer' : null,
  };
}
