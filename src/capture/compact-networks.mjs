import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Makes `networks.ts` (for the script, compact) and `all-networks.ts` (in full) of `social-sources.json`. `npm run build` runs it; a
 * test checks that both files are what it returns.
 */

const here = new URL('.', import.meta.url);
const facts = JSON.parse(readFileSync(new URL('social-sources.json', here), 'utf8'));

/** Ends a country's name of a host: any, or a closed list. */
const COUNTRY = '.{cc}';

/** Returns the hosts of a network, link shims included, those left out that another of them covers. */
function hostsOf(id, { hosts = [], shims = [] }) {
  const endings = facts.countryEndings[id];
  const all = [...hosts, ...shims].flatMap((host) => (endings && host.endsWith(COUNTRY) ? endings.map((ending) => host.replace('{cc}', ending)) : host));
  const covers = (host, other) => host !== other && !host.startsWith('=') && (`.${other}`.endsWith(`.${host}`) || `.${other}`.includes(`.${host}/`));
  return all.filter((host) => !all.some((other) => covers(other, host)));
}

/** Whether a name in utm_source is found by the network's hosts: `facebook.com`, `m.facebook.com`. */
const isHost = (name, hosts) => hosts.some((host) => `.${name}`.endsWith(`.${host.replace('=', '')}`) || (host.endsWith(COUNTRY) && name.startsWith(host.replace(/=|\{cc\}/g, ''))));

/** Returns a network as `Network` of `classify.ts` has it, without what follows from the rest. */
function readNetwork(id, network) {
  const { category, apps, tokens, aliases: names = [], adAliases: ads = [] } = network;
  const hosts = hostsOf(id, network);
  const known = new Set([id, ...names]);
  const aliases = names.filter((name) => name !== id && !isHost(name, hosts));
  const adAliases = ads.filter((name) => !known.has(name.replace(/[\W_]?ads?$/, '')));
  // The same click id may be several networks': it names one.
  const clickIds = Object.entries(network.clickIds ?? {}).filter(([param]) => (facts.clickIdNetwork[param] ?? id) === id);
  const full = { category, hosts, apps, tokens, clickIds: Object.fromEntries(clickIds.map(([param, paid]) => [param, paid === true])), aliases, adAliases };
  if (names.length && !names.includes(id)) full.named = false;
  return Object.fromEntries(Object.entries(full).filter(([, value]) => value === false || typeof value === 'string' || (value && Object.keys(value).length)));
}

const networks = Object.entries(facts.networks).map(([id, network]) => [id, readNetwork(id, network)]);

/** Most hosts and names that the script has of a network: what is left out is rare. Our choice, by size. */
const MAX_WORDS = { detailed: 6, other: 2 };

/** Most other names in utm_source that the script has of a network. */
const MAX_NAMES = 4;

const { script } = facts;

/** Returns one line of the compact table. */
function compactLine(id, { hosts = [], apps = [], clickIds = {}, aliases = [], adAliases = [], named = true }) {
  /** Whether a name is found by its first word: `instagram_bio`. */
  const isPhrase = (name) => script.phrases.some((first) => (first === id || aliases.includes(first)) && /^[ _-]/.test(name.slice(first.length)) && name.startsWith(first));
  const isDetailed = script.detailed.includes(id);
  const max = id === 'pinterest' ? Infinity : isDetailed ? MAX_WORDS.detailed : MAX_WORDS.other;
  const short = (host) => host.replace(COUNTRY, '.*').replace(new RegExp(`^${id}(?=\\.)`), '');
  const words = [
    ...hosts.filter((host) => !host.includes('/')).slice(0, max).map(short),
    ...(isDetailed ? [...aliases.filter((name) => !isPhrase(name)).map((name) => (name.includes('.') ? `:${name}` : name)), ...adAliases.map((name) => `$${name}`)].slice(0, MAX_NAMES) : []),
    ...Object.entries(clickIds).map(([param, paid]) => param + (paid ? '=' : '?')),
    ...(script.tokens[id] ?? []).map((token) => `~${token}`),
    ...(isDetailed ? apps.slice(0, 1).map((name) => `/${name}`) : []),
  ];
  return [named ? id : `!${id}`, ...words.map((word) => word.replace(/ /g, '+'))].join(' ');
}

const inScript = networks.filter(([id, { category }]) => script.categories.includes(category) || script.networks.includes(id));
// Those without tokens may stand anywhere: by category.
const rank = ([id, { category }]) => (script.tokens[id] ? 0 : 1 + Object.keys(facts.categoryChannel).indexOf(category));
const groups = [];
for (const [id, network] of inScript.sort((a, b) => rank(a) - rank(b))) {
  if (groups.at(-1)?.category !== network.category) groups.push({ category: network.category, lines: [] });
  groups.at(-1).lines.push(compactLine(id, network));
}
groups.push({ category: 'internal', lines: [`! ${script.passthrough.join(' ')}`] });
groups.push({ category: 'email', lines: [`! ${facts.emailClickIds.map((param) => `${param}?`).join(' ')}`] });
const table = groups.map(({ category, lines }) => [category, ...lines].join('\n ')).join('\n');

const { offline, email, sms, push, affiliate, influencer, share, ai, paid, display, social, messaging, organic, referral } = facts.mediumClasses;
/** Returns the words without those that follow from others: an s at the end is optional, and `qr-code` has the word `qr`. */
const shortest = (words) => words.filter((word) => !(word.endsWith('s') && words.includes(word.slice(0, -1))) && !(word.includes('-') && word.split('-').some((part) => words.includes(part))));
/** In the order in which they decide. Social stands above organic: `organic-social` is not search. */
const mediums = {
  offline, email, sms, push, affiliate, influencer, shared_link: share, ai_assistant: ai, paid, display: display.filter((word) => word !== 'cpm'),
  organic_social: social, organic_search: organic, messaging, referral,
};
for (const name in mediums) mediums[name] = shortest(mediums[name]);
const classLines = (classes) =>
  Object.entries(classes)
    .map(([name, words]) => [name, ...words.filter((word) => word !== name)].join(' '))
    .join('\n');
const { email: emailSources, ...sourceClasses } = facts.sourceClasses;
const sources = { ...sourceClasses, email: emailSources.filter((word) => !/email|newsletter/.test(word)) };
for (const name in sources) sources[name] = [...new Set(sources[name].map((word) => word.replace(/_/g, '-')))];

const warning = '// Made of social-sources.json by compact-networks.mjs: change it there, then `npm run build`.\n';

/** `networks.ts` */
export const compact = `${warning}
/**
 * The networks of the script, by category. A line is a network: its id, then its words.
 *
 *     fb         name in utm_source; the id is one too, but not behind a \`!\`; with a dot :tik.tok; + is a space
 *     fb.com     host, with its subdomains       .com      the id and this: facebook.com
 *     =ya.ru     that host only                  yandex.*  any country's ending
 *     $adwords   name in utm_source for ads      /com.app  package of the Android app
 *     gclid=     click id of ads alone           fbclid?   click id that free links bear too
 *     ~FBAN/     mark of its in-app browser in the user agent
 *
 * Of a word that stands twice, the last counts; of marks, the first that is found.
 */
export const TABLE = \`${table}\`;

/** Words in utm_medium by what they mean, with or without a last s; the first line that has one decides. */
export const MEDIUMS = \`${classLines(mediums)}\`;

/** Words that mean the same as utm_source, where there is no utm_medium. */
export const SOURCES = \`${classLines(sources)}\`;

/** Names of domains that hand a visitor back, whatever their ending: payment and sign-in. */
export const HANDING_BACK = '${script.passthroughNames.join(' ')}';

/** Names that say by themselves which network it is, whatever follows: \`instagram stories\`. Others are words of any language, such as line and face. */
export const PHRASES = '${script.phrases.join(' ')}';

/** Networks of one owner, who shows the same ads on all of them. */
export const OWNERS = '${Object.values(facts.owners).map((ids) => ids.join(' ')).join('|')}';
`;

const rest = [['mail_tools', { category: 'email', clickIds: Object.fromEntries(facts.emailClickIds.map((param) => [param, false])), named: false }], ['handing_back', { category: 'internal', hosts: [...facts.passthrough, ...facts.passthroughNames.map((name) => name + COUNTRY)], named: false }]];
const notSearch = ['not_search', { category: 'none', hosts: facts.notSearch }];
const entries = [...networks, ...rest, notSearch].map(([id, network]) => `  ${id}: ${JSON.stringify(network).replace(/"(\w+)":/g, '$1: ').replace(/,/g, ', ').replace(/"/g, "'")},`);

/** `all-networks.ts` */
export const full = `${warning}
import type { Networks } from './classify.js';

/** All networks that we know, for the option \`networks\`; the tracker itself knows the big ones. About 8 kB by gzip. */
export const allNetworks: Networks = {
${entries.join('\n')}
};
`;

/** Run as a program, it writes them. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('networks.ts', here), compact);
  writeFileSync(new URL('all-networks.ts', here), full);
}
