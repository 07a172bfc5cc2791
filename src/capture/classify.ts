import { cut } from '../util/cut.js';
import { readUrl } from '../util/url.js';
import { BOT } from './bots.js';
import { HANDING_BACK, MEDIUMS, OWNERS, PHRASES, SOURCES, TABLE } from './networks.js';
import type { ShareToken } from './share-token.js';

/** How an arrival came to the shop. */
export type Channel =
  | 'paid_social' | 'organic_social' | 'messaging' | 'influencer' | 'affiliate' | 'shared_link'
  | 'paid_search' | 'organic_search' | 'ai_assistant' | 'email' | 'sms' | 'push'
  | 'display' | 'paid_other' | 'offline' | 'referral' | 'internal' | 'other' | 'direct';

/**
 * What a network is: it says the channel of its visits. `internal` are hosts that hand a visitor back, such as payment providers; `none`
 * takes hosts out of the network that they would be of.
 */
export type Category =
  | 'social' | 'video' | 'forum' | 'publishing' | 'linkinbio' | 'messaging' | 'search' | 'ai' | 'email' | 'ads' | 'affiliate' | 'shopping'
  | 'reviews' | 'internal' | 'none';

/** What a network is known by, as far as there is something. The category's default is `social`. */
export interface Network {
  category?: Category;
  /**
   * Hosts with their subdomains; `=my.example` is that host only, `my.{cc}` com and any country's ending, `my.example/go` the pages there
   * whose path begins with these one or two parts.
   */
  hosts?: readonly string[];
  /** Names in utm_source beside the id. */
  aliases?: readonly string[];
  /** Names in utm_source that say that the link is an ad. `my_ads` says so by itself. */
  adAliases?: readonly string[];
  /** Packages of its Android apps. */
  apps?: readonly string[];
  /** Marks of its in-app browser in the user agent, case included. */
  tokens?: readonly string[];
  /** Its click ids: whether only ads bear them. */
  clickIds?: Readonly<Record<string, boolean>>;
  /** Whether the id is a name in utm_source. Default: true. */
  named?: boolean;
}

/** Networks by id: `{ mynet: { category: 'social', hosts: ['my.example'] } }`. A text stands for the host of a social network: `{ mynet: 'my.example' }`. */
export type Networks = Readonly<Record<string, Network | string>>;

/** What is known of the first page of a visit. What is missing or no text counts as empty. */
export interface LandingInput {
  /** Address of the page as the browser had it first, query and fragment included. */
  url?: string;
  /** `document.referrer`. Default: none. */
  referrer?: string;
  /** `navigator.userAgent`: tells the app whose in-app browser this is. Default: none. */
  userAgent?: string;
  /** Hosts of the shop besides the page's own; subdomains are included. Default: none. */
  internalHosts?: readonly string[] | undefined;
  /** Networks to know beside the built-in ones. What they share with one of those is theirs. Default: none. */
  networks?: Networks | undefined;
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
  /**
   * The known click ids of the address, those that decided nothing too: values as written, at most 300 characters. The tracker leaves out those of
   * e-mail tools, which say who was written to.
   */
  clickIds: Record<string, string>;
  /** The app in whose browser the page is, and the mark of it in the user agent; null when it is none that we know. Decides only where all else is missing. */
  inApp: { network: string; evidence: string } | null;
  /** The evidence that decided; null when there was none. `click_id` is any parameter that a network adds by itself. */
  by: 'referrer' | 'utm' | 'click_id' | 'in_app' | 'token' | null;
  /**
   * `high`: a host, a name or a parameter says it. `medium`: an in-app browser, a click id that free links bear too, or a word in utm_medium
   * that only hints. `low`: nothing that we know says it (`direct`, `other`).
   */
  confidence: 'high' | 'medium' | 'low';
  /** The share whose link it was; `by` is `token` then. */
  share?: ShareToken;
}

/** A network as the index has it. */
interface Entry {
  network: string;
  category: string;
}

/** What is looked up: hosts as they are, apps behind `/`, names behind `:`, names for ads behind `$`. */
interface Index {
  words: Map<string, Entry>;
  tokens: [token: string, entry: Entry][];
  /** By parameter in lower case. */
  clicks: Map<string, Entry & { param: string; isAd: boolean }>;
  /** Hosts that hand a visitor back, beside those among the words. */
  back: RegExp;
}

/** Characters of each text that are looked at. Our choice: more than any browser sends. */
const MAX_LENGTH = 100_000;
/** Characters of a value that are kept: what `batch.schema.json` allows. */
const MAX_VALUE = 300;
/** Labels of a host that are looked at, from its end. Our choice: no host of a network has more. */
const MAX_LABELS = 8;
/** A value that says nothing: empty, a placeholder such as (not set), or an ad macro that nobody filled in. */
const UNUSABLE = /^(\(none\)|\(not set\)|\(direct\)|null|undefined|\{.*\}|\[.*\]|__.*__|%%.*%%|)$/i;
/** The ending of a host that is one of a country. */
const COUNTRY = /\.(com|cat|(com?\.)?[a-z]{2})$/;

const CHANNELS: Record<string, string> = { messaging: 'messaging', search: 'organic_search', ai: 'ai_assistant', email: 'email', ads: 'display', affiliate: 'affiliate', shopping: 'referral', reviews: 'referral' };
/** The channel of a visit from a network that nobody paid for. */
const channelOf = ({ category }: Entry) => CHANNELS[category] ?? 'organic_social';

/** Returns the networks of the compact table, and `more`. */
function createIndex(more: Networks): Index {
  const index: Index = { words: new Map(), tokens: [], clicks: new Map(), back: readBack() };
  const add = (entry: Entry, word: string) => {
    const param = word.slice(0, -1);
    if (/^~/.test(word)) index.tokens.push([word.slice(1), entry]);
    else if (/[=?]$/.test(word)) index.clicks.set(param.toLowerCase(), { ...entry, param, isAd: param + '=' === word });
    else index.words.set(/[.:/$]/.test(word) ? word : ':' + word, entry);
  };
  let category = '';
  for (const line of TABLE.split('\n')) {
    const [first = '', id = '', ...words] = line.split(' ');
    if (first) category = first;
    else {
      const network = id.replace('!', '');
      for (const word of [id, ...words]) if (word[0] !== '!') add({ network, category }, word.replace(/^\./, network + '.').replace(/\+/g, ' '));
    }
  }
  for (const [network, given] of Object.entries(more)) {
    const facts: Network = typeof given === 'string' ? { hosts: [given] } : (given ?? {});
    const entry = { network, category: facts.category ?? 'social' };
    const addAll = (mark: string, words: readonly string[] = []) => words.forEach((word) => add(entry, mark + (mark === '~' ? word : word.toLowerCase())));
    addAll('', facts.hosts?.map((host) => host.replace('{cc}', '*')));
    addAll(':', facts.named === false ? [] : [network]);
    addAll(':', facts.aliases);
    addAll('$', facts.adAliases);
    addAll('/', facts.apps);
    addAll('~', facts.tokens);
    for (const [param, isAd] of Object.entries(facts.clickIds ?? {})) add(entry, param + (isAd ? '=' : '?'));
  }
  return index;
}

const NONE: Networks = {};
let indexed: Networks | undefined;
let index: Index;

/** Returns `value` as far as it is looked at; an empty text where it is none. */
const readText = (value: unknown) => (typeof value === 'string' ? cut(value, MAX_LENGTH) : '');

/** Returns the host of an address without `www.` and last dot; empty where it has none. */
const readHost = (url: URL | undefined) => url?.hostname.replace(/^www\.|\.$/g, '') ?? '';

/** Whether a host is this one or below it: whole labels, so notfacebook.com is not within facebook.com. */
const isWithin = (host: string, parent: string) => `.${host}`.endsWith(`.${parent}`);

/**
 * Returns what hosts that hand a visitor back match: payment and sign-in by the first part of their name (`login.bank.com`), domains that end in
 * pay or payments, and those of a name, whatever their ending (`mercadopago.com.br`).
 */
const readBack = () =>
  RegExp(
    `(^(pay(ments?)?|checkout|(log|sign)-?(in|on)|sso|k?o?auth|accounts?|passport|3-?ds(ecure)?|acs)\\d*\\.[^.]+|(^|\\.)([a-z\\d-]*pay(ments?)?|${HANDING_BACK.replace(/ /g, '|')}))(\\.(com?|net|org|or|ne))?\\.[a-z]{2,5}$`,
  );

/** Hosts that people read their mail on, whoever provides it. */
const WEBMAIL = /^((e|web)?mail\d*[a-z]?\d*|messagerie|poczta|zimbra|roundcube)\.[^.]+(\.com?)?\.[a-z]+$/;
/** What may stand before a host that is known for itself alone. */
const SAME = /^(www\d|m|mobile|touch|static|cdn|img|images?)\./;

/** Whether a user agent has a mark: where it begins with a letter, not within a word. */
const hasToken = (agent: string, token: string) => agent.split(token).slice(0, -1).some((before) => !/[a-z\d]$/i.test(before) || !/^[a-z]/i.test(token));

/** Returns the network of a host or an app; the longest entry counts. */
function findHost(host: string, path = ''): Entry | undefined {
  const [, one = '', two = ''] = /^(\/[^/]+)?(\/[^/]+)?/.exec(path)!;
  const labels = host.split('.');
  for (let start = Math.max(0, labels.length - MAX_LABELS); start < labels.length - 1; start++) {
    const name = labels.slice(start).join('.');
    for (const entry of [name, name.replace(COUNTRY, '.*')]) {
      const keys = [entry + one + two, entry + one, entry, name === host.replace(SAME, '') && '=' + entry];
      const found = keys.map((key) => index.words.get(`${key}`)).find(Boolean);
      if (found) return found.category === 'none' ? undefined : found;
    }
  }
  return undefined;
}

/** Returns the network that a name in utm_source is of, written as its host or as its alias, also in parts (`Tik Tok`). */
function findSource(name: string): Entry | undefined {
  const found = index.words.get(':' + name) ?? index.words.get(':' + name.replace(/[\s_-]+/g, '')) ?? findHost(name.replace(/^(https?:\/\/)?(www\.)?|\/.*$/g, ''));
  return found?.category === 'internal' ? undefined : found;
}

/** Returns the usable parameters of an address, by name in lower case; in the fragment, only campaign parameters count. */
function readParameters(address: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const hash = `${address}#`.indexOf('#');
  const read = (text: string, names: RegExp) => {
    for (const pair of text.split(/[?&#]/)) {
      const [name = '', value = ''] = [...new URLSearchParams(pair)][0] ?? [];
      const key = name.toLowerCase().replace(/^amp;/, '');
      // As it is written, too: %%CAMPAIGN%% does not survive the decoding.
      const isUsable = ![value.trim(), pair.slice(pair.indexOf('=') + 1)].some((text) => UNUSABLE.test(text));
      if (isUsable && names.test(key) && !parameters.has(key)) parameters.set(key, cut(value.trim(), MAX_VALUE));
    }
  };
  read(address.slice(0, hash).replace(/^[^?]*/, ''), /^/);
  read(address.slice(hash + 1), /^utm_/);
  return parameters;
}

/** Returns the names, which are words too, of the lines with a word that `has` says yes to. */
const findClasses = (lines: string, has: (word: string) => boolean) => lines.split('\n').map((line) => line.split(' ')).filter((words) => words.some(has)).map(([name]) => name!);

/**
 * Like `classifyLanding`, with the big networks alone.
 *
 * @param withEmail whether the click ids of e-mail tools are told; default: false
 */
export function classify(input: LandingInput, withEmail = false): Landing {
  const { url, referrer, userAgent, internalHosts, networks }: LandingInput = input ?? {};
  const more = networks ?? NONE;
  if (indexed !== more) {
    index = createIndex(more);
    indexed = more;
  }
  const address = readText(url);
  const page = readHost(readUrl(address));
  // An app is written like a host.
  const from = readUrl(readText(referrer).trim().replace(/^android-app:/i, 'https:'));
  const host = from && /^http/.test(from.protocol) ? readHost(from) : '';
  const own = [page, ...(Array.isArray(internalHosts) ? internalHosts : []).map((name) => readText(name).toLowerCase().replace(/^www\./, ''))];
  const origin = /^\s*android/i.test(`${readText(referrer)}`) && index.words.get('/' + host) || findHost(host, from?.pathname) || (WEBMAIL.test(host) ? { network: '', category: 'email' } : undefined);
  const isInternal = !!host && (isWithin(page, host) || own.some((name) => name && isWithin(host, name)) || origin?.category === 'internal' || (index.back.test(host) && !index.words.has(host)));
  // The shop itself, localhost and machine addresses say nothing of where the visit came from.
  const isOutside = !isInternal && /\.\D[^.]*$/.test(host);
  const referring = isOutside ? origin : undefined;

  const parameters = readParameters(address);
  const tags: Record<string, string> = {};
  for (const tag of ['source', 'medium', 'campaign', 'term', 'content', 'id']) {
    const value = parameters.get('utm_' + tag);
    if (value) tags[tag.replace('campaign', 'name')] = value;
  }
  const { source = '', medium = '', name = '' } = tags;
  const isTagged = [...parameters.keys()].some((key) => /^utm_\w+$/.test(key));

  const clickIds: Record<string, string> = {};
  const clicks = [...parameters].flatMap(([key, value]) => {
    const click = index.clicks.get(key);
    if (click && (withEmail || click.category !== 'email')) clickIds[click.param] = value;
    return click ?? [];
  });
  const isSameOwner = (one: string, other: string) => one === other || OWNERS.split('|').some((owned) => [one, other].every((id) => ` ${owned} `.includes(` ${id} `)));
  // Copied along with a link that was passed on.
  const isStale = ({ network }: Entry) => !!referring && /^(soc|mes|for|vid|ema)/.test(referring.category) && !isSameOwner(network, referring.network);
  const adClick = clicks.find((click) => click.isAd && !isStale(click));
  const affiliateClick = clicks.find(({ category }) => category === 'affiliate');
  const emailClick = clicks.find(({ category }) => category === 'email');
  const freeClick = clicks.find((click) => !click.isAd && click.category !== 'email');

  const framed = (text: string) => `-${text.toLowerCase().replace(/[\s\-_.+/|:]+/g, '-')}-`;
  const word = source.toLowerCase();
  const adName = word.replace(/[\W_]?ads?$/, '');
  const exact = word ? findSource(word) : ['ref', 'source', 'via'].map((key) => findSource((parameters.get(key) ?? '').toLowerCase())).find(Boolean);
  const ad = exact || !word ? undefined : (index.words.get('$' + word) ?? (adName !== word ? findSource(adName) : undefined));
  // A name of several words, which is no address: what follows the network says what `utm_medium` should.
  const [, first = '', rest = ''] = /^([a-z]+)[\s\-_+|:]+([^./]+)$/.exec(word) ?? [];
  const named = exact ?? ad ?? (PHRASES.split(' ').includes(first) ? findSource(first) : undefined);

  const words = framed(medium || (named ? rest : '')).replace(/-no[nt]-paid(?=-)/, '');
  const hints = findClasses(MEDIUMS, (entry) => RegExp(`-${entry}s?-`).test(words));
  const classes = medium
    ? hints
    : /email|newsletter/.test(word)
      ? ['email']
      : rest && named
        ? hints.filter((name) => !/^(off|sha|ai)/.test(name))
        : findClasses(SOURCES, (entry) => framed(word) === `-${entry}-`);
  const isPaid = classes.includes('paid');
  const isBanner = classes.includes('display');

  const agent = readText(userAgent);
  const [evidence, app] = (BOT.test(agent) ? undefined : index.tokens.find(([token]) => hasToken(agent, token))) ?? [];

  /** @param paid as the evidence says; left out, as the channel says */
  const land = (channel: string, by: Landing['by'], origin?: Entry, paid?: boolean | null, isHint?: boolean): Landing => ({
    channel: channel as Channel,
    network: origin?.network || null,
    paid: paid !== undefined ? paid : /^(aff|inf|ai)/.test(channel) ? null : /^(display|paid)/.test(channel),
    campaign: Object.keys(tags).length ? tags : undefined,
    clickIds,
    inApp: app ? { network: app.network, evidence: evidence! } : null,
    by,
    confidence: !by || channel === 'other' ? 'low' : isHint ? 'medium' : 'high',
  });

  // The evidence in order of its weight: the first that there is decides.
  const decided = classes.find((name) => !/^(paid|display|messaging|referral)$|organic/.test(name));
  if (decided) return land(decided, 'utm', named ?? (/^(shared|ai)/.test(decided) ? referring : undefined), decided === 'ai_assistant' && isPaid ? true : undefined);
  if (affiliateClick) return land('affiliate', 'click_id', affiliateClick);

  if (isPaid || isBanner || ad || adClick) {
    const network = named ?? referring ?? adClick ?? (isOutside ? undefined : freeClick);
    const shown = isBanner || (clickIds.dclid && !isPaid);
    const channel =
      shown && (!network || network.category === 'search')
        ? 'display'
        : network
          ? channelOf(network).replace('messaging', 'organic_social').replace('organic', 'paid').replace('referral', 'paid_other')
          : classes.includes('organic_social') || /social/.test(words)
            ? 'paid_social'
            : /-(paid)?(search|se[ma])-/.test(words)
              ? 'paid_search'
              : /-cpm-/.test(words)
                ? 'display'
                : 'paid_other';
    return land(channel, isPaid || isBanner || ad ? 'utm' : 'click_id', network, true);
  }

  if (isInternal && !source && !medium && !name && !clicks.length) return land('internal', 'referrer');
  const free = isOutside || named ? undefined : freeClick;
  const [hint] = classes;
  if (hint && !named) {
    if (hint === 'referral') return referring ? land(channelOf(referring), 'referrer', referring) : land(hint, 'utm', undefined, undefined, true);
    const network = referring ?? free;
    return land(hint, 'utm', network && channelOf(network) === hint ? network : undefined, undefined, true);
  }
  if (named) return land(channelOf(named), 'utm', named);
  if (referring) return land(channelOf(referring), 'referrer', referring);
  if (emailClick) return land('email', 'click_id');
  if (free) return land(channelOf(free), 'click_id', free, null, true);
  if (/^(timeline|singlemessage|groupmessage)$/.test(parameters.get('from') ?? '') && parameters.has('isappinstalled')) {
    return land('messaging', 'click_id', { network: 'wechat', category: 'messaging' });
  }
  if (isOutside) return land('referral', 'referrer');
  if (isTagged) return land('other', 'utm');
  if (app) return land(channelOf(app), 'in_app', app, undefined, true);
  return land('direct', null);
}
