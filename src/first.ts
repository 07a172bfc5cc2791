import { isWeb, siteAddress } from './browser/site-address.js';
import { clicks } from './capture/attributes.js';
import { bots as markBots, isAutomated } from './capture/bots.js';
import type { Arrivals } from './capture/arrivals.js';
import type { Network, Networks } from './capture/classify.js';
import { engagement } from './capture/engagement.js';
import { feelings } from './capture/feedback.js';
import { landingsBy } from './capture/landing.js';
import { pageViews } from './capture/page-view.js';
import { pages } from './capture/pages.js';
import { CART_IDLE_MINUTES } from './commerce/abandonment.js';
import { commerce } from './commerce/commerce.js';
import { warnings } from './delivery/warnings.js';
import { identity } from './identity/identity.js';
import { linked } from './identity/link.js';
import { sessions } from './identity/session.js';
import { dropOuts } from './journey/drop-out.js';
import { DORMANT_DAYS, resolveRules } from './journey/journey.js';
import type { Model } from './journey/model.js';
import type { ModelName, OwnStage, StageName } from './journey/names.js';
import { isStage } from './journey/models.js';
import { stages } from './journey/stages.js';
import { coreDefaults, corePatterns, like, oneOf, resolveOptions, type CoreOptions, type Patterns } from './options.js';
import type { Plugin } from './plugin.js';
import { consentSignals } from './privacy/signals.js';
import { nearest } from './util/nearest.js';
import { MAX_MS } from './util/run-later.js';

/** What `createTracker` takes. Everything but `collector` (or `collectors`) has a default. */
export interface Options extends CoreOptions {
  /** Currency where an event names none, as ISO 4217 (`EUR`). Default: none. */
  currency?: string | undefined;
  /** Minutes without any activity in any tab after which the cart counts as abandoned, above 0; fractions are taken. Default: 30. */
  cartIdleMinutes?: number | undefined;
  /** A pause after which a new session begins, in minutes. Default: 30, as in GA4. */
  sessionMinutes?: number | undefined;
  /**
   * The journey's models: the first is the one that moves are told in, the stages in the others ride along, the canonical ones always. By
   * name (`journey`, `aida`, `funnel`, `mckinsey`, `moments`), or what `defineModel` and `schemeModel` of `waymark/journey` return; at most
   * six. Default: `['journey']`.
   */
  models?: readonly (Model | ModelName)[] | undefined;
  /** Names of events that are a goal beside `purchase` and `subscribe`, such as `sign_up` or `newsletter_subscribe`. Default: none. */
  goals?: readonly string[] | undefined;
  /** A pause after which the next touchpoint begins a new loop, in days. Default: 90. */
  dormantDays?: number | undefined;
  /** Stages by path, for page views; the first pattern that matches. `*` is any text: `{ '/blog/*': 'awareness' }`. Default: none. */
  pageStages?: Readonly<Record<string, StageName | OwnStage>> | undefined;
  /** Mirrors the visitor's stage as `data-journey-stage` on `<html>`, for style sheets. Default: false. */
  stageAttribute?: boolean | undefined;
  /** Tracks rage clicks and dead clicks. Default: false. */
  frustration?: boolean | undefined;
  /** Tracks page views: first loads, routes, pages back from the back/forward cache. Default: true. */
  pageViews?: boolean | undefined;
  /** Counts fragments that begin with `#/` or `#!` as part of the address, for shops that route by them. Default: false. */
  hashRoutes?: boolean | undefined;
  /** Tracks how long each page was visible and how far it was scrolled, when its view ends. Default: true. */
  engagement?: boolean | undefined;
  /** Name of the list on `window` that the shop pushes GA4's events into; an empty text leaves it alone. Default: `dataLayer`. */
  dataLayer?: string | undefined;
  /** Tracks the product, or the order, that a page's JSON-LD or Open Graph markup describes. Default: true. */
  markup?: boolean | undefined;
  /** More hosts of the shop's own, such as `checkout.shop.example`: coming from them is no arrival. Default: none. */
  internalHosts?: readonly string[] | undefined;
  /**
   * The shop's other domains, such as `shop.example` (with all below it): clicked links to them say who the visitor is, for two minutes, and with consent
   * to both purposes. They count as the shop's own. Default: none.
   */
  linkDomains?: readonly string[] | undefined;
  /** Browsers that say they are driven by a program: `mark` their events with `bot: true`, `drop` everything, or `keep` it as any other. Default: `mark`. */
  bots?: 'mark' | 'drop' | 'keep' | undefined;
  /** Tracks clicks on links to social profiles (`follow`), e-mail addresses and telephone numbers (`contact`). Default: true. */
  outgoing?: boolean | undefined;
  /** Tracks submits of newsletter forms (`newsletter_subscribe`) and of forms for a new account (`sign_up`). Never reads what is typed. Default: true. */
  forms?: boolean | undefined;
  /**
   * Compresses the bodies of requests, for a collector that looks whether one begins with the bytes 1f 8b: nothing else tells it. Default: false.
   */
  gzip?: boolean | undefined;
  /**
   * Tells every problem in the console, as on a developer's own machine (`localhost` and its like); elsewhere it is the first of each kind on a page.
   * Default: false.
   */
  debug?: boolean | undefined;
  /** Tracks how fast pages load and answer (`web_vitals`). Default: true. */
  webVitals?: boolean | undefined;
  /**
   * Networks that arrivals are told from, beside the big ones: `{ mynet: { category: 'social', hosts: ['my.example'] } }`, or `allNetworks` of
   * `waymark/capture`. What they share with a big one is theirs. Default: none.
   */
  networks?: Networks | undefined;
}

/** All options with their defaults. */
export const allDefaults = {
  ...coreDefaults,
  currency: '',
  cartIdleMinutes: CART_IDLE_MINUTES,
  sessionMinutes: 30,
  models: [] as readonly (Model | string)[],
  goals: [] as readonly string[],
  dormantDays: DORMANT_DAYS,
  pageStages: {} as Readonly<Record<string, string>>,
  stageAttribute: false,
  frustration: false,
  pageViews: true,
  hashRoutes: false,
  engagement: true,
  dataLayer: 'dataLayer',
  markup: true,
  internalHosts: [] as readonly string[],
  linkDomains: [] as readonly string[],
  bots: 'mark' as 'mark' | 'drop' | 'keep',
  outgoing: true,
  forms: true,
  gzip: false,
  debug: false,
  webVitals: true,
  networks: {} as Networks,
};

/** Hosts: a full stop in each, so that no whole top-level domain is the shop's. */
const HOST = /^[\w-]+(\.[\w-]+)+$|^localhost$/;
const HOSTS: Patterns[string] = { test: (hosts: readonly unknown[]) => hosts.every((host) => HOST.test(`${host as string}`)), toString: () => 'a list of hosts such as "shop.example"' };

/** A number that timers can take: above that, they go off at once. */
const upTo = (most: number): Patterns[string] => ({ test: (number: number) => number <= most, toString: () => `a number above 0 and up to ${most}` });

/** What `networks` takes: of each, what is known of it, or a host as text; nothing for one that is known by its name in `utm_source`. */
const NETWORKS: Patterns[string] = {
  test: (networks: Networks) =>
    Object.values(networks).every((one: Network | string | undefined) => (typeof one === 'string' ? /\w\../.test(one) : typeof (one ?? {}) === 'object' && !Array.isArray(one) && [one?.hosts, one?.aliases].every((list = []) => Array.isArray(list) && list.every(Boolean)))),
  toString: () => 'networks such as { mynet: { hosts: ["my.example"] } }',
};

/** What options must look like beside those of the core. */
const patterns = (): Patterns => ({
  ...corePatterns,
  key: like(/\S/, 'a text'),
  batchWaitMs: upTo(MAX_MS),
  cartIdleMinutes: upTo(Math.floor(MAX_MS / 60_000)),
  currency: like(/^([A-Z]{3})?$/, 'an ISO 4217 code such as "EUR"'),
  bots: oneOf('mark', 'drop', 'keep'),
  internalHosts: HOSTS,
  linkDomains: HOSTS,
  networks: NETWORKS,
});

/**
 * Returns the options as given, or their defaults.
 *
 * @throws TypeError for a wrong option, naming it, what it takes and what it got
 */
export function resolveAll(given: Options): typeof allDefaults {
  const paths = [given.collector, ...[given.collectors ?? []].flat().map((one) => Object(one).collector ?? one)];
  // Such as a sandboxed `srcdoc` whose page keeps its address back: nobody knows where a path leads. Not by `baseURI`, see `siteAddress`.
  const isLost = typeof document === 'object' && !isWeb(siteAddress()) && paths.some((path) => /^\//.test(path));
  if (isLost) console.warn('waymark: this frame may not see the address of the page around it, so nothing is tracked: give "collector" as a whole address such as "https://shop.example/events"');
  return resolveOptions(isLost ? { ...given, collector: NOWHERE, collectors: undefined } : given, allDefaults, patterns(), nearest);
}

/** Stands for a collector whose address nobody knows. */
const NOWHERE = 'https://nowhere.invalid/';

/** Whether nothing may be tracked here, nor stored. */
export const isUnwanted = ({ bots, collector }: typeof allDefaults): boolean => collector === NOWHERE || (bots === 'drop' && isAutomated());

/**
 * Returns the plugins that have to be there from the first moment of a page, in their order. The script tag loads those of `more.ts` once the
 * document is parsed.
 *
 * @param arrivals what tells arrivals apart
 * @throws TypeError for an option that names what there is not
 */
export function firstPlugins(options: typeof allDefaults, arrivals: Arrivals): Plugin[] {
  const { models } = resolveRules(options);
  const { bots, linkDomains, networks } = options;
  const internalHosts = [...options.internalHosts, ...linkDomains];
  return [
    warnings(options.debug, [options.collector, ...options.collectors.map(({ collector }) => collector)]),
    consentSignals(options.dataLayer),
    ...(bots === 'keep' ? [] : [markBots()]),
    pages(options.pageStages, (stage) => isStage(stage, models), options.hashRoutes),
    sessions(options.sessionMinutes),
    identity(),
    ...(linkDomains.length ? [linked(linkDomains)] : []),
    stages(options),
    dropOuts(),
    // Without the page's own parameters: they would say by what the visit came, and not that the address is the shop's.
    commerce({ ...options, isBot: bots !== 'keep' && isAutomated(), isOwn: (address) => arrivals.classifier()?.({ url: location.origin, referrer: address, internalHosts, networks }).channel === 'internal' }),
    feelings(),
    landingsBy(arrivals, internalHosts, networks, options.sessionMinutes),
    ...(options.engagement ? [engagement()] : []),
    ...(options.pageViews ? [pageViews()] : []),
    clicks(),
  ];
}
