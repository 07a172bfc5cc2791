import { MAX_MS } from './util/run-later.js';
import { nearest } from './util/nearest.js';
import { show } from './util/show.js';

/** A wrong option: where it is (`key`, `collectors[1].headers`), and what it got. */
export type Fault = [option: string, got: unknown];

/** What the options of one collector take. */
const OF_ONE = {
  collector: 'an http(s) address such as "https://collect.example/events", or a path such as "/events"',
  format: 'a format of waymark/formats such as segment({ writeKey: "…" })',
  headers: 'HTTP headers by name such as { "X-Shop": "12" }',
  credentials: 'omit, same-origin or include',
};

/** What the options of one of several collectors take. */
const OF_SEVERAL = {
  ...OF_ONE,
  events: 'a list of names of events such as ["purchase", "view_*", "!engagement"]',
  consent: 'analytics or marketing',
  name: 'a text such as "warehouse"',
};

const HOSTS = 'a list of hosts such as ["checkout.shop.example"]';
const upTo = (most: number, example: number) => `a number above 0 and up to ${most} such as ${example}`;

/** What options take, beside those that take true or false, or any number above 0. */
const OPTIONS = {
  ...OF_ONE,
  collectors: 'a list of addresses and collectors such as ["/events", { collector: "/orders", events: ["purchase"] }]',
  key: 'a text such as "main"',
  consent:
    'granted, denied or required, for both purposes or by purpose such as { analytics: "granted", marketing: "required" }',
  globalPrivacyControl: 'marketing, all or ignore',
  identity: 'visitor or none',
  beforeSend: 'a function such as (event) => event',
  batchWaitMs: upTo(MAX_MS, 5000),
  allowedParameters: 'a list of names such as ["variant", "q"]',
  deniedProperties: 'a list of names such as ["coupon"]',
  plugins: 'a list of plugins such as [{ name: "own", start({ track }) {} }]',
  currency: 'an ISO 4217 code such as "EUR"',
  cartIdleMinutes: upTo(Math.floor(MAX_MS / 60_000), 30),
  models: 'a list of models such as ["journey", "aida"]',
  goals: 'a list of names of events such as ["sign_up"]',
  pageStages: 'stages by path such as { "/blog/*": "awareness" }',
  dataLayer: 'a text such as "dataLayer", or an empty one',
  internalHosts: HOSTS,
  linkDomains: HOSTS,
  bots: 'mark, drop or keep',
  networks: 'networks such as { mynet: { hosts: ["my.example"] } }',
};

/** Whether a name is one of a table's own: `constructor` is none. */
const has = (table: object, name: string): boolean => Object.keys(table).includes(name);

/** Returns what an option of that name takes; undefined where there is none of it. */
function wordsOf(name: string, words: Readonly<Record<string, string>>, defaults: Readonly<Record<string, unknown>>) {
  if (has(words, name)) return words[name];
  if (!has(defaults, name)) return undefined;
  return typeof defaults[name] === 'number' ? `a number above 0 such as ${defaults[name]}` : 'true or false';
}

/**
 * Says in full what is wrong with options, for people: each, what it takes, with an example, and what it got. Of one that there is not, what it was
 * probably meant to be.
 *
 * @param given the options, with those that are right
 * @param defaults every option there is
 */
export function explain(faults: readonly Fault[], given: { collectors?: unknown }, defaults: object): string {
  const isSeveral = Array.isArray(given.collectors) && given.collectors.length > 0;
  const sentences = faults.map(([option, got]) => {
    const takes = (words: string) => `option "${option}" takes ${words}, got ${show(got)}`;
    if (/\]$/.test(option)) return takes('an address and a name of its own');
    if (isSeveral && has(OF_ONE, option)) return takes('nothing beside "collectors"');
    const [path, isOfSeveral] = /^(collectors\[\d+\]\.)?/.exec(option)!;
    const name = option.slice(path.length);
    const words = isOfSeveral ? wordsOf(name, OF_SEVERAL, {}) : wordsOf(name, OPTIONS, defaults as never);
    if (words) return takes(words);
    const meant = nearest(name, Object.keys(isOfSeveral ? OF_SEVERAL : defaults));
    return `there is no option "${option}"${meant ? `: did you mean "${path}${meant}"?` : ''}`;
  });
  return `waymark: ${sentences.join('; ')}`;
}
