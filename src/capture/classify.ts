import { findOrigin, PASS_THROUGH } from './networks.js';
import type { Channel, Origin } from './networks.js';

export type { Channel } from './networks.js';

/** What is known of the first page of a visit. What is missing or no text counts as empty. */
export interface LandingInput {
  /** Address of the page, query and fragment included. */
  url?: string;
  /** `document.referrer`. Default: none. */
  referrer?: string;
  /** `navigator.userAgent`: tells the app whose in-app browser this is. Default: none. */
  userAgent?: string;
  /** Hosts of the shop besides the page's own, in lower case, without `www.`; subdomains are included. Default: none. */
  internalHosts?: readonly string[];
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
  /** The known click ids of the address by lower-case parameter, values as written; also those that decided nothing. */
  clickIds: Record<string, string>;
  /** The evidence; null when there was none. `token`, a Waymark share link, is for the share source to say. */
  by: 'referrer' | 'utm' | 'click_id' | 'in_app' | 'token' | null;
}

/** Characters of each text that are looked at. Our choice: an honest address is shorter. */
const MAX_LENGTH = 4096;

/** Characters of a campaign value that are kept: what `batch.schema.json` allows. */
const MAX_VALUE = 300;

/** A value that says nothing: empty, a placeholder such as (not set), or an ad macro that nobody filled in. */
const UNUSABLE = /^([([{].*[)\]}]|(__|%%).*\2|null|undefined)?$/;

/** Click ids that free links carry too: they never tell that a visit was paid. */
const FREE_CLICK_ID = /^(fbclid|igsh|epik)/;

/** A text, as far as it is looked at; empty for any other value. */
function readText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_LENGTH) : '';
}

/** Host of an address in lower case, without `www.` and last dot; empty when it has none. */
function readHost(address: unknown): string {
  try {
    return new URL(readText(address)).hostname.replace(/^www\.|\.$/g, '');
  } catch {
    // No address, so no host: the usual case of a visit without referrer.
    return '';
  }
}

/** Whether a host is this one or below it: whole labels, so notfacebook.com is not within facebook.com. */
function isWithin(host: string, parent: string): boolean {
  return ('.' + host).endsWith('.' + parent);
}

/** The network of a host; the first line of the table that has the host or one above it. */
function findHost(host: string): Origin | undefined {
  // "=." goes before the host so that a word can hold it as the first label and thereby match the whole host only.
  const exact = '=.' + host;
  const anyCountry = exact.replace(/\.(com|(com?\.)?..)$/, '.*');
  return findOrigin((word) => word.includes('.') && (isWithin(exact, word) || isWithin(anyCountry, word)));
}

/** The network that a utm_source names, by name or by host. */
function findSource(name: string): Origin | undefined {
  return findOrigin((word, network) => network && word === name) || findHost(name);
}

/**
 * Tells where a visit came from: campaign parameters first, then the referrer, then click ids, then the in-app browser.
 * Never throws.
 *
 * A click id of ads never decides when it came along in a link copied to a social network, chat or mail; one that free links
 * carry too (Facebook's fbclid) never means paid, and only counts when there is no referrer.
 */
export function classifyLanding(input: LandingInput): Landing {
  const { url, referrer, userAgent, internalHosts } = input || {};

  const page = readHost(url);
  const host = readHost(referrer);
  const own = PASS_THROUGH.split(' ').concat(page, internalHosts as string[]);
  const internal = host && (isWithin(page, host) || own.some((parent) => isWithin(host, readText(parent))));
  // The shop itself, localhost and machine addresses say nothing of where the visit came from.
  const outside = !internal && /\.\D[^.]*$/.test(host);
  const from = outside ? findHost(host) : undefined;

  let campaign: Campaign | undefined;
  let clickIds: Record<string, string> = {};
  let adClick: Origin | undefined;
  let freeClick: Origin | undefined;
  // Mistakes of link builders are read as meant: a second "?", tags behind "#", "&amp;". The first usable value of a name wins.
  new URLSearchParams(readText(url).replace(/[?#]/g, '&')).forEach((written, name) => {
    const value = written.trim();
    const key = name.toLowerCase().replace('amp;', '');
    if (UNUSABLE.test(value)) return;
    const field = /^utm_(source|medium|campaign|term|content|id)$/.exec(key);
    if (field) campaign = { [field[1]!.replace('campaign', 'name')]: value.slice(0, MAX_VALUE), ...campaign };
    const click = findOrigin((word) => word === key + '=');
    if (!click) return;
    clickIds = { [key]: value, ...clickIds };
    if (FREE_CLICK_ID.test(key)) freeClick = freeClick || click;
    else if (!from || !/social|mess|email/.test(from.channel) || from.words.includes(key + '=')) adClick = adClick || click;
  });

  const name = (campaign?.source || '').toLowerCase();
  const named = findSource(name);
  // "fb_ads" is Facebook and paid; only when the whole is no name: "threads" is.
  const source = named || findSource(name.replace(/[_\W]?ads?$/, ''));
  // Words of the medium stand between underscores; without a medium, a source such as "newsletter" takes its place.
  const medium = `_${campaign?.medium?.toLowerCase().replace(/\W+/g, '_').replace(/no[nt]_paid/, '') || name}_`;
  const channel = findOrigin((word, network) => !network && medium.includes(`_${word}_`))?.channel || '';
  const paidTag = named !== source || /paid|display/.test(channel);
  const network = source || from || adClick || (outside ? undefined : freeClick);
  const agent = readText(userAgent).toLowerCase();
  const app = findOrigin((word) => word[0] === '~' && agent.includes(word.slice(1).replace('+', ' ')));

  /** @param paid as the evidence says; left out, as the channel says */
  function land(channel: string, by: Landing['by'], origin?: Origin, paid?: boolean | null): Landing {
    return {
      channel: (paid ? channel.replace('messaging', 'organic_social').replace('organic', 'paid') : channel) as Channel,
      network: origin?.network || null,
      paid: paid !== undefined ? paid : /^(aff|inf|ai)/.test(channel) ? null : channel === 'display',
      campaign,
      clickIds,
      by,
    };
  }

  // The evidence in order of its weight; the first that there is decides.
  if (channel && !/paid|display|organic|messaging|referral/.test(channel)) {
    return land(channel, 'utm', source || (/^(sh|ai)/.test(channel) ? from : undefined));
  }
  if (paidTag || adClick) {
    const banner = channel === 'display' && medium !== '_cpm_';
    const where = /social|search/.exec(medium);
    return land(network && !(banner && /search/.test(network.channel)) ? network.channel : where ? 'paid_' + where[0] : channel,
      paidTag ? 'utm' : 'click_id', network, true);
  }
  return internal && !campaign && !freeClick ? land('internal', 'referrer')
    : source ? land(source.channel, 'utm', source)
    : channel && !(channel === 'referral' && from) ? land(channel, 'utm', network?.channel === channel ? network : undefined)
    : from ? land(from.channel, 'referrer', from)
    : network ? land(network.channel, 'click_id', network, null)
    : outside ? land('referral', 'referrer')
    : campaign ? land('other', 'utm')
    : app && !/bot|crawl|spider|preview/.test(agent) ? land(app.channel, 'in_app', app)
    : land('direct', null);
}
