import { cleanText } from '../privacy/redact.js';
import { readUrl } from '../util/url.js';
import type { classify, Landing, LandingInput } from './classify.js';
import { readToken } from './share-token.js';

/** Returns the values cleaned; undefined where there are none. */
const clean = (values: object = {}, isDirty = /^/) => {
  const entries = Object.entries(values);
  return entries.length ? Object.fromEntries(entries.map(([name, value]) => [name, isDirty.test(`${value}`) ? cleanText(`${value}`) : `${value}`])) : undefined;
};

/** How a visit came, as its event says it. */
export interface Arrival {
  /** Name of the event. */
  name: string;
  properties: Pick<Landing, 'channel' | 'network' | 'paid' | 'by' | 'confidence' | 'share'> & { campaign: object | undefined; click_ids: object | undefined };
  inApp: Landing['inApp'];
}

/** What browsers say of themselves outside of brackets. An app's own browser says more: a name of its own. */
const PLAIN_BROWSER = /\([^)]*\)|(Mozilla|AppleWebKit|Gecko|Version|Mobile|(Headless)?Chrome|Safari|Firefox|CriOS|FxiOS|Edg\w*|OPR|SamsungBrowser)\/?[\d.\w]*/g;

/**
 * Whether there is anything that could make another arrival of a first page than `direct` or, coming from the shop's own host, `internal`: a foreign
 * referrer, a query, a name of an app in the user agent.
 */
export function hasEvidence({ url = '', referrer, userAgent = '' }: LandingInput): boolean {
  const from = readUrl(referrer)?.hostname;
  return /[?#].*=/.test(url) || (!!from && from !== readUrl(url)?.hostname) || /\w/.test(userAgent.replace(PLAIN_BROWSER, ''));
}

/**
 * Returns what can be said of an arrival without the classifier, which could not be loaded in time: its campaign, and that nobody told it apart. Who comes from a
 * host of the shop's own, without a campaign or click id, has not arrived.
 */
function readEvidence(visit: LandingInput): Landing {
  const { url, referrer, internalHosts = [] } = visit;
  const page = readUrl(url);
  const tags = [...(page?.searchParams ?? [])].flatMap(([name, value]) => (/^utm_/.test(name) && value ? [[name.slice(4).replace('campaign', 'name'), value]] : []));
  const campaign = tags.length ? (Object.fromEntries(tags) as Landing['campaign']) : undefined;
  const from = readUrl(referrer)?.hostname;
  const isInternal = [page?.hostname, ...internalHosts].some((host) => host && `.${from}`.endsWith(`.${host.toLowerCase().replace(/^www\./, '')}`));
  if (isInternal && !campaign && !/clid=/.test(`${url}`)) return withoutEvidence(visit);
  return { channel: 'other', network: null, paid: null, campaign, clickIds: {}, inApp: null, by: campaign ? 'utm' : referrer ? 'referrer' : null, confidence: 'low' };
}

/** Returns what is to be said of an arrival without evidence. */
const withoutEvidence = ({ referrer }: LandingInput): Landing => ({
  channel: referrer ? 'internal' : 'direct',
  network: null,
  paid: false,
  campaign: undefined,
  clickIds: {},
  inApp: null,
  by: referrer ? 'referrer' : null,
  confidence: referrer ? 'high' : 'low',
});

/**
 * Tells how a visit came; a link that somebody shared counts before everything else.
 *
 * @param classifier undefined where it could not be loaded
 */
export function readArrival(input: LandingInput, classifier: typeof classify | undefined): Arrival {
  const { inApp, clickIds, campaign, ...found } = classifier?.(input) ?? (hasEvidence(input) ? readEvidence(input) : withoutEvidence(input));
  const properties: Arrival['properties'] = { ...found, campaign: clean(campaign), click_ids: clean(clickIds, /@|%(25)*40/) };
  const share = found.channel === 'internal' ? undefined : readToken(readUrl(input.url));
  if (share) Object.assign(properties, { channel: 'shared_link', paid: false, by: 'token', confidence: 'high', share } satisfies Partial<Landing>);
  return { name: /soc|mess|inf|shar/.test(properties.channel) ? 'social_landing' : 'landing', properties, inApp };
}
