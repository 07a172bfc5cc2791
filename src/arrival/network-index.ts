import type { Network, Networks } from './landing-types.js';
import { HANDING_BACK, PHRASES, TABLE } from './networks.js';

/** A network as the index has it. */
export interface Entry {
  network: string;
  category: string;
}

/** What is looked up: hosts as they are, apps behind `/`, names behind `:`, names for ads behind `$`. */
export interface Index {
  words: Map<string, Entry>;
  tokens: [token: string, entry: Entry][];
  /** By parameter in lower case. */
  clicks: Map<string, Entry & { param: string; isAd: boolean }>;
}

/** Labels of a host that are looked at, from its end. Our choice: no host of a network has more. */
const MAX_LABELS = 8;
/** The ending of a host that is one of a country. */
const COUNTRY = /\.(com|cat|(com?\.)?[a-z]{2})$/;
/** What may stand before a host that is known for itself alone. */
const SAME = /^(www\d|m|mobile|touch|static|cdn|img|images?)\./;

/** Returns the words of a network, as the table writes them. */
function wordsOf(id: string, given: Network | string): string[] {
  const facts: Network = typeof given === 'string' ? { hosts: [given] } : (given ?? {});
  const { hosts = [], aliases = [], adAliases = [], apps = [], tokens = [], clickIds = {}, named = true } = facts;
  const lower = [
    ...hosts.map((host) => host.replace('{cc}', '*')),
    ...(named ? [id, ...aliases] : aliases).map((name) => ':' + name),
    ...adAliases.map((name) => '$' + name),
    ...apps.map((name) => '/' + name),
  ].map((word) => word.toLowerCase());
  const clicks = Object.entries(clickIds).map(([param, isAd]) => param + (isAd ? '=' : '?'));
  return [...lower, ...tokens.map((token) => '~' + token), ...clicks];
}

/** Returns the networks of the compact table, and `more`. */
function createIndex(more: Networks): Index {
  const index: Index = { words: new Map(), tokens: [], clicks: new Map() };
  const add = (entry: Entry, word: string) => {
    const param = word.slice(0, -1);
    if (word[0] === '~') index.tokens.push([word.slice(1), entry]);
    else if (/[=?]$/.test(word)) index.clicks.set(param.toLowerCase(), { ...entry, param, isAd: word.endsWith('=') });
    else index.words.set(/[.:/$]/.test(word) ? word : ':' + word, entry);
  };
  let category = '';
  for (const line of TABLE.split('\n')) {
    const [first = '', id = '', ...words] = line.split(' ');
    category = first || category;
    const network = id.replace('!', '');
    if (network === id && id) words.push(id);
    for (const word of words) add({ network, category }, word.replace(/^\./, network + '.').replace(/\+/g, ' '));
  }
  for (const [network, given] of Object.entries(more)) {
    const { category: own = 'social' } = Object(given) as Network;
    for (const word of wordsOf(network, given)) add({ network, category: own }, word);
  }
  return index;
}

const NONE: Networks = {};
let indexed: Networks | undefined;
let index: Index;

/** Returns the networks that are known: those of the table, and `more`. What was asked for last is kept. */
export function openIndex(more: Networks = NONE): Index {
  if (indexed !== more) {
    index = createIndex(more);
    indexed = more;
  }
  return index;
}

/** Returns the network of a host or an app; the longest entry counts. */
export function findHost({ words }: Index, host: string, path = ''): Entry | undefined {
  const [, one = '', two = ''] = /^(\/[^/]+)?(\/[^/]+)?/.exec(path)!;
  const labels = host.split('.');
  for (let start = Math.max(0, labels.length - MAX_LABELS); start < labels.length - 1; start++) {
    const name = labels.slice(start).join('.');
    for (const entry of [name, name.replace(COUNTRY, '.*')]) {
      const keys = [entry + one + two, entry + one, entry, name === host.replace(SAME, '') && '=' + entry];
      const found = keys.map((key) => words.get(`${key}`)).find(Boolean);
      if (found) return found.category === 'none' ? undefined : found;
    }
  }
  return undefined;
}

/** Returns the network that a name in utm_source is of, written as its host or as its alias, also in parts (`Tik Tok`). */
export function findSource(all: Index, name: string): Entry | undefined {
  const found =
    all.words.get(':' + name) ??
    all.words.get(':' + name.replace(/[\s_-]+/g, '')) ??
    findHost(all, name.replace(/^(https?:\/\/)?(www\.)?|\/.*$/g, ''));
  return found?.category === 'internal' ? undefined : found;
}

/** Whether a name says by itself which network it is, whatever follows. */
export const isPhrase = (name: string): boolean => PHRASES.split(' ').includes(name);

/**
 * Whether a host hands a visitor back: payment and sign-in by the first part of its name (`login.bank.com`), a domain that ends in
 * pay or payments, and one of a name, whatever its ending (`mercadopago.com.br`).
 */
export const handsBack = (host: string): boolean =>
  RegExp(
    `(^(pay(ments?)?|checkout|(log|sign)-?(in|on)|sso|k?o?auth|accounts?|passport|3-?ds(ecure)?|acs)\\d*\\.[^.]+|(^|\\.)([a-z\\d-]*pay(ments?)?|${HANDING_BACK.replace(/ /g, '|')}))(\\.(com?|net|org|or|ne))?\\.[a-z]{2,5}$`,
  ).test(host);

/** Returns the mark of an app in a user agent, and whose it is. A mark that begins with a letter does not stand within a word. */
export const findApp = ({ tokens }: Index, agent: string): [token: string, entry: Entry] | undefined =>
  tokens.find(([token]) =>
    agent
      .split(token)
      .slice(0, -1)
      .some((before) => !/[a-z\d]$/i.test(before) || !/^[a-z]/i.test(token)),
  );
