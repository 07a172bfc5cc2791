import { BOT } from '../sources/bots.js';
import { cut } from '../util/cut.js';
import { readUrl } from '../util/url.js';
import type { LandingInput } from './landing-types.js';
import {
  findApp,
  findHost,
  findSource,
  handsBack,
  isPhrase,
  openIndex,
  type Entry,
  type Index,
} from './network-index.js';
import { MEDIUMS, OWNERS, SOURCES } from './networks.js';

/** Characters of each text that are looked at. Our choice: more than any browser sends. */
const MAX_LENGTH = 100_000;
/** Characters of a value that are kept: what `batch.schema.json` allows. */
const MAX_VALUE = 300;
/** A value that says nothing: empty, a placeholder such as (not set), or an ad macro that nobody filled in. */
const UNUSABLE = /^(\(none\)|\(not set\)|\(direct\)|null|undefined|\{.*\}|\[.*\]|__.*__|%%.*%%|)$/i;
/** Hosts that people read their mail on, whoever provides it. */
const WEBMAIL = /^((e|web)?mail\d*[a-z]?\d*|messagerie|poczta|zimbra|roundcube)\.[^.]+(\.com?)?\.[a-z]+$/;

/** Returns `value` as far as it is looked at; an empty text where it is none. */
const readText = (value: unknown) => (typeof value === 'string' ? cut(value, MAX_LENGTH) : '');

/** Returns the host of an address of the web without `www.` and last dot; empty where it has none. */
const readHost = (url: URL | undefined) =>
  url && /^http/.test(url.protocol) ? url.hostname.replace(/^www\.|\.$/g, '') : '';

/** Whether a host is this one or below it: whole labels, so notfacebook.com is not within facebook.com. */
const isWithin = (host: string, parent: string) => !!parent && `.${host}`.endsWith(`.${parent}`);

/** Returns the hosts of the shop that an option names. */
const readOwn = (hosts: unknown): string[] =>
  (Array.isArray(hosts) ? hosts : []).map((name) =>
    readText(name)
      .toLowerCase()
      .replace(/^www\./, ''),
  );

/** Returns the network of a host; of webmail, the category alone. */
const findOrigin = (index: Index, host: string, path?: string): Entry | undefined =>
  findHost(index, host, path) ?? (WEBMAIL.test(host) ? { network: '', category: 'email' } : undefined);

/** What the referrer says. */
function readReferrer(index: Index, page: string, { referrer, internalHosts }: LandingInput) {
  const text = readText(referrer).trim();
  // An app is written like a host.
  const from = readUrl(text.replace(/^android-app:/i, 'https:'));
  const host = readHost(from);
  const app = /^android/i.test(text) ? index.words.get('/' + host) : undefined;
  const origin = app ?? findOrigin(index, host, from?.pathname);
  const isOwn = isWithin(page, host) || [page, ...readOwn(internalHosts)].some((name) => isWithin(host, name));
  const isBack = origin?.category === 'internal' || (handsBack(host) && !index.words.has(host));
  const isInternal = isOwn || isBack;
  // The shop itself, localhost and machine addresses say nothing of where the visit came from.
  const isOutside = !isInternal && /\.\D[^.]*$/.test(host);
  return { isInternal, isOutside, referring: isOutside ? origin : undefined };
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

/** Returns the campaign parameters that there are. */
function readTags(parameters: Map<string, string>): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const tag of ['source', 'medium', 'campaign', 'term', 'content', 'id']) {
    const value = parameters.get('utm_' + tag);
    if (value) tags[tag.replace('campaign', 'name')] = value;
  }
  return tags;
}

/** Whether two networks are of one owner. */
const isSameOwner = (one: string, other: string) =>
  one === other || OWNERS.split('|').some((owned) => [one, other].every((id) => ` ${owned} `.includes(` ${id} `)));

/** What the click ids say. */
function readClicks(index: Index, parameters: Map<string, string>, referring: Entry | undefined, withEmail: boolean) {
  const clickIds: Record<string, string> = {};
  const clicks = [...parameters].flatMap(([key, value]) => {
    const click = index.clicks.get(key);
    if (click && (withEmail || click.category !== 'email')) clickIds[click.param] = value;
    return click ?? [];
  });
  // Copied along with a link that was passed on.
  const isStale = ({ network }: Entry) =>
    !!referring && /^(soc|mes|for|vid|ema)/.test(referring.category) && !isSameOwner(network, referring.network);
  return {
    clickIds,
    hasClick: clicks.length > 0,
    adClick: clicks.find((click) => click.isAd && !isStale(click)),
    affiliateClick: clicks.find(({ category }) => category === 'affiliate'),
    emailClick: clicks.find(({ category }) => category === 'email'),
    freeClick: clicks.find((click) => !click.isAd && click.category !== 'email'),
  };
}

/** Returns a text as its words, each between hyphens. */
const framed = (text: string) => `-${text.toLowerCase().replace(/[\s\-_.+/|:]+/g, '-')}-`;

/** Returns the names, which are words too, of the lines with a word that `has` says yes to. */
const findClasses = (lines: string, has: (word: string) => boolean): string[] =>
  lines
    .split('\n')
    .map((line) => line.split(' '))
    .filter((words) => words.some(has))
    .map(([name]) => name!);

/** What `utm_source` says of the network, and how much of it says what `utm_medium` should. */
function readSource(index: Index, word: string, parameters: Map<string, string>) {
  if (!word) {
    const others = ['ref', 'source', 'via'].map((key) => (parameters.get(key) ?? '').toLowerCase());
    return { rest: '', named: others.map((name) => findSource(index, name)).find(Boolean) };
  }
  const exact = findSource(index, word);
  const adName = word.replace(/[\W_]?ads?$/, '');
  const ad = exact
    ? undefined
    : (index.words.get('$' + word) ?? (adName !== word ? findSource(index, adName) : undefined));
  // A name of several words, which is no address: what follows the network says what `utm_medium` should.
  const [, first = '', rest = ''] = /^([a-z]+)[\s\-_+|:]+([^./]+)$/.exec(word) ?? [];
  const named = exact ?? ad ?? (isPhrase(first) ? findSource(index, first) : undefined);
  return { ad, named, rest: named ? rest : '' };
}

/** What the words of `utm_medium` mean, or those that stand for it: the first class decides. */
function readClasses(medium: string, word: string, rest: string): { words: string; classes: string[] } {
  const words = framed(medium || rest).replace(/-no[nt]-paid(?=-)/, '');
  const hints = findClasses(MEDIUMS, (entry) => RegExp(`-${entry}s?-`).test(words));
  if (medium) return { words, classes: hints };
  if (/email|newsletter/.test(word)) return { words, classes: ['email'] };
  return {
    words,
    classes: rest
      ? hints.filter((name) => !/^(off|sha|ai)/.test(name))
      : findClasses(SOURCES, (entry) => framed(word) === `-${entry}-`),
  };
}

/**
 * Returns all that an arrival is told by.
 *
 * @param withEmail whether the click ids of e-mail tools are told
 */
export function readClues(input: LandingInput, withEmail: boolean) {
  const index = openIndex(input.networks);
  const address = readText(input.url);
  const parameters = readParameters(address);
  const tags = readTags(parameters);
  const { source = '', medium = '' } = tags;
  const word = source.toLowerCase();
  const referrer = readReferrer(index, readHost(readUrl(address)), input);
  const origin = readSource(index, word, parameters);
  const agent = readText(input.userAgent);
  return {
    ...referrer,
    ...readClicks(index, parameters, referrer.referring, withEmail),
    ...origin,
    ...readClasses(medium, word, origin.rest),
    tags,
    isTagged: [...parameters.keys()].some((key) => /^utm_\w+$/.test(key)),
    isChat:
      /^(timeline|singlemessage|groupmessage)$/.test(parameters.get('from') ?? '') && parameters.has('isappinstalled'),
    app: BOT.test(agent) ? undefined : findApp(index, agent),
  };
}

/** All that an arrival is told by. */
export type Clues = ReturnType<typeof readClues>;
