import { findOrigin, PASS_THROUGH, type Channel, type Origin } from './networks.js';

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
}

/** Characters of a campaign value that are kept: what `batch.schema.json` allows. */
const MAX_VALUE = 300;

/** Reads an address; one without a host where it is none. */
function readUrl(address: unknown): { hostname: string; searchParams: URLSearchParams } {
  try {
    return new URL(address as string);
  } catch {
    return { hostname: '', searchParams: new URLSearchParams() };
  }
}

/** Whether a host is this one or below it: whole labels, so notfacebook.com is not within facebook.com. */
const isWithin = (host: string, parent: string) => `.${host}`.endsWith(`.${parent}`);

/** Returns a host under .com for those of Google and Pinterest under a country's ending. */
const worldwide = (host: string) => host.replace(/\b(google|pinterest)(\.com?)?\.[a-z]{2}$/, '$1.com');

/**
 * Tells where a visit came from: campaign parameters first, then the referrer. Never throws. Click ids alone are not looked at
 * yet: Facebook's is on free links too, and all travel along when a link is copied.
 */
export function classifyLanding(input: LandingInput): Landing {
  const { url, referrer, internalHosts = [] } = input ?? {};
  const { hostname: page, searchParams } = readUrl(url);
  const host = readUrl(referrer).hostname.replace(/^www\./, '');
  const isInternal = host && [page, ...PASS_THROUGH, ...internalHosts].some((own) => own && (isWithin(host, own) || isWithin(page, host)));
  // The shop itself, localhost and machine addresses say nothing of where the visit came from.
  const outside = !isInternal && /\.\D[^.]*$/.test(host) ? host : '';
  const findNetwork = (name: string) =>
    findOrigin(({ network, words }) => network && words.some((word) => word === name || (word.includes('.') && isWithin(worldwide(name), word))));

  let campaign: Campaign | undefined;
  searchParams.forEach((value, key) => {
    const field = /^utm_(source|medium|campaign|term|content|id)$/i.exec(key)?.[1]?.toLowerCase().replace('campaign', 'name');
    if (field && value) campaign = { [field]: value.slice(0, MAX_VALUE), ...campaign };
  });
  const { source = '', medium = '' } = campaign ?? {};
  const tags = medium.toLowerCase().split(/[\W_]+/);
  const named = findNetwork(source.toLowerCase());
  const from = findNetwork(outside);
  const tagged = findOrigin(({ network, words }) => !network && words.some((word) => tags.includes(word)))?.channel;
  const isPaid = /\b(cp[acmv]|ppc|ads?)\b|paid/.test(`${tags}`);

  const land = (channel: string, by: Landing['by'], origin?: Origin): Landing => ({
    channel: (isPaid ? channel.replace('messaging', 'organic_social').replace('organic', 'paid') : channel) as Channel,
    network: origin?.network ?? null,
    paid: isPaid || channel === 'display',
    campaign,
    by,
  });
  const network = named ?? from;
  if (isPaid) return land(network?.channel ?? 'paid_other', 'utm', network);
  if (tagged && !/organic|messaging/.test(tagged)) return land(tagged, 'utm', network);
  if (isInternal && !campaign) return land('internal', 'referrer');
  if (network) return land(network.channel, named ? 'utm' : 'referrer', network);
  if (campaign) return land(tagged ?? (outside ? 'referral' : 'other'), 'utm');
  return outside ? land('referral', 'referrer') : land('direct', null);
}
