import { isThere } from './platform/of-document.js';
import { isWeb, siteAddress } from './platform/site-address.js';
import { bots as markBots, isAutomated } from './sources/bots.js';
import type { Arrivals } from './arrival/arrivals.js';
import type { Network, Networks } from './arrival/classify.js';
import { engagement } from './sources/engagement.js';
import { landingsBy } from './arrival/landing.js';
import { pageViews } from './sources/page-view.js';
import { pages } from './sources/pages.js';
import type { CommerceOptions } from './commerce/commerce.js';
import { CART_IDLE_MINUTES, type CommerceState } from './commerce/state.js';
import { identity } from './visitor/identity.js';
import { sessions } from './visitor/session.js';
import { dropOuts } from './journey/drop-out.js';
import { DORMANT_DAYS, type Rules } from './journey/journey.js';
import type { Model } from './journey/model.js';
import type { ModelName, OwnStage, StageName } from './journey/names.js';
import { isStage } from './journey/default-model.js';
import { stagesBy } from './journey/stages.js';
import {
  coreDefaults,
  coreRules,
  resolveOptions,
  type CoreOptions,
  type LoadWords,
  type OptionRules,
} from './options.js';
import type { Plugin } from './plugin.js';
import { withdrawals } from './privacy/withdrawn.js';
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

/** Whether this says something of a network: a list of hosts, of aliases, or neither; a host as text; or nothing, of one that is known by its name in `utm_source`. */
const isNetwork = (one: Network | string | null): boolean =>
  typeof one === 'string'
    ? /\w\../.test(one)
    : !one ||
      (typeof one === 'object' &&
        !Array.isArray(one) &&
        [one.hosts ?? [], one.aliases ?? []].every((names) => names.every(Boolean)));

/** Rules for all options. */
const rules: OptionRules = {
  ...coreRules,
  cartIdleMinutes: (minutes: number) => minutes <= MAX_MS / 60_000,
  currency: /^([A-Z]{3})?$/,
  bots: /^(mark|drop|keep)$/,
  internalHosts: HOST,
  linkDomains: HOST,
  networks: (networks: Networks) => Object.values(networks).every(isNetwork),
};

/**
 * Returns the options as given, or their defaults. Of wrong ones, the whole sentence follows in the console, once its words have been loaded.
 *
 * @throws TypeError that names every wrong option and what it got
 */
export function resolveAll(given: Options, load: LoadWords): typeof allDefaults {
  const options = resolveOptions(given, allDefaults, rules, load);
  const isLost = isThere() && !isWeb(siteAddress());
  // Such as a sandboxed `srcdoc` whose page keeps its address back: nobody knows where a path leads. Not by `baseURI`, see `siteAddress`.
  if (isLost && collectorsIn(options).some((address) => address.startsWith('/'))) {
    console.warn(
      'waymark: this frame may not see where a path leads, so nothing is tracked: give "collector" as in "https://shop.example/events"',
    );
    options.collector = NOWHERE;
  }
  return options;
}

/** Stands for a collector whose address nobody knows. */
const NOWHERE = 'https://nowhere.invalid/';

/** Whether nothing may be tracked here, nor stored. */
export const isUnwanted = ({ bots, collector }: typeof allDefaults): boolean =>
  collector === NOWHERE || (bots === 'drop' && isAutomated());

/** What tells a page's first moments apart from all that may come later: part of the same bundle, or loaded by need. */
export interface FirstParts {
  /** What tells arrivals apart. */
  arrivals: Arrivals;
  /** How journeys are walked. */
  rules: Rules;
  /** Returns what keeps the cart and counts orders. */
  commerce: (options: CommerceOptions & { cartIdleMinutes: number }) => Plugin<CommerceState>;
  /** Hears consent platforms. */
  consent: Plugin;
  /** Tells clicks on marked elements before the part for them is there. */
  clicks: Plugin;
  /** Looks at feedback. */
  feelings: Plugin;
  /** Tells problems in the console. */
  warnings: Plugin;
  /** Takes over the visitor whom a link from another domain of the shop's names; only where an option asks for it. */
  linked?: Plugin | undefined;
}

/** Returns where batches are posted. */
export const collectorsIn = (options: typeof allDefaults): string[] => [
  options.collector,
  ...options.collectors.map(({ collector }) => collector),
];

/**
 * Returns the plugins that have to be there from the first moment of a page, in their order. The others come by need: see
 * `coming-parts.ts`.
 *
 * @throws TypeError for an option that names what there is not
 */
export function firstPlugins(
  options: typeof allDefaults,
  { arrivals, rules, clicks, commerce, consent, feelings, warnings, linked }: FirstParts,
): Plugin[] {
  const { bots, linkDomains, networks } = options;
  const internalHosts = [...options.internalHosts, ...linkDomains];
  // Without the page's own parameters: they would say by what the visit came, and not that the address is the shop's.
  const isOwn = (address: string) =>
    arrivals.classifier()?.classify({ url: location.origin, referrer: address, internalHosts, networks }).channel ===
    'internal';
  return [
    warnings,
    consent,
    ...(bots === 'keep' ? [] : [markBots()]),
    ...(linked ? [linked] : []),
    pages(options.pageStages, (stage) => isStage(stage, rules.models), options.hashRoutes),
    feelings,
    clicks,
    landingsBy(arrivals, internalHosts, networks, options.sessionMinutes),
    commerce({ ...options, isBot: bots !== 'keep' && isAutomated(), isOwn }),
    sessions(options.sessionMinutes),
    identity(),
    stagesBy(rules),
    dropOuts(),
    withdrawals(),
    ...(options.engagement ? [engagement()] : []),
    ...(options.pageViews ? [pageViews()] : []),
  ];
}
