import { checkOptions, TEXT } from './check.js';
import { amount, anonymousId, consentOf, eachEvent, journeyOf, json, lookUp, objectOf, readUrl, VERSION, type Properties, type SentEvent } from './events.js';
import type { Format } from './format.js';
import { listOf, readFields, refuse } from './verdict.js';

/** What `posthog` can be told. */
export interface PostHogOptions {
  /** The project's API key (`phc_…`): it is public. */
  apiKey: string;
}

/** Names that PostHog has of its own, by ours. */
const NAMES: Readonly<Record<string, string>> = { page_view: '$pageview', engagement: '$pageleave', web_vitals: '$web_vitals', identify: '$identify' };

/** Returns what PostHog's own reports look for in an event of one of its own names. */
function ownProperties({ name, visitor, properties }: SentEvent): Properties {
  const { visible_seconds, scroll_percent, ...values } = properties;
  if (name === 'engagement') return { $prev_pageview_duration: visible_seconds, $prev_pageview_max_scroll_percentage: (amount(scroll_percent) ?? 0) / 100 };
  if (name === 'web_vitals') return Object.fromEntries(Object.entries(values).map(([vital, value]) => [`$web_vitals_${vital.toUpperCase()}_value`, value]));
  if (name === 'identify') return { $anon_distinct_id: visitor?.id };
  return name === 'purchase' ? { ...properties, revenue: properties.value } : properties;
}

/**
 * PostHog's batch.
 *
 * - Address: the collector's (`https://eu.i.posthog.com`, or your proxy) and `/batch/`. The key goes into the body.
 * - Content type `text/plain`, without a preflight. `sendBeacon` can carry it.
 * - Limits: 20 MB a request. Ids: `uuid`.
 * - Answer: 200 confirms all, unless it says `quota_limited`: then all is dropped there, which is reported, and not sent again. One bad event fails all (400): the
 *   batch is split until it is alone.
 * - `page_view` is `$pageview`, `engagement` `$pageleave`, `web_vitals` `$web_vitals`, `identify` `$identify`; other names stay. A purchase has `revenue`. Persons
 *   are made for those only who were identified.
 * - Journey: properties `journey_stage`, `journey_move`, `journey_from`, `journey_loop`, `journey_furthest`, `journey_MODEL`, `journey_path` (a list of arrivals);
 *   the arrival as `touch_channel` … and `utm_source` …. Consent: `consent_PURPOSE`.
 *
 * @throws TypeError for a wrong option, or without `apiKey`
 */
export function posthog(options: PostHogOptions): Format {
  checkOptions('posthog', options, { apiKey: TEXT });
  const { apiKey } = options;

  function write(event: SentEvent): object {
    const { id, name, time, visitor, session, tab, page, journey, touchpoint, properties, bot } = event;
    const url = readUrl(page?.url);
    const { name: campaign, ...tags } = { ...touchpoint?.campaign };
    const utm = Object.entries({ campaign, ...tags }).map(([tag, value]) => [`utm_${tag}`, value]);
    const userId = visitor?.user_id;
    return {
      event: lookUp(NAMES, name) ?? name,
      uuid: id,
      distinct_id: userId ?? anonymousId(event),
      timestamp: time,
      ...(name === 'identify' && { $set: objectOf(properties.traits) }),
      properties: {
        ...ownProperties(event),
        ...Object.fromEntries(utm),
        ...journeyOf(event),
        ...consentOf(event),
        journey_path: journey?.path,
        $current_url: page?.url,
        $host: url?.host,
        $pathname: url?.pathname,
        title: page?.title,
        // Its own word for arrivals without one.
        $referrer: page && (page.referrer ?? '$direct'),
        $referring_domain: page && (readUrl(page.referrer)?.host ?? '$direct'),
        $device_id: visitor?.id,
        $user_id: userId,
        $session_id: session?.id,
        $window_id: session && tab,
        $pageview_id: page?.id,
        $process_person_profile: !!userId,
        $lib: 'waymark',
        $lib_version: VERSION,
        bot,
      },
    };
  }

  return {
    type: 'text/plain;charset=UTF-8',
    path: '/batch/',
    maxBytes: 20_000_000,
    encode: (rows, { time }) => json({ api_key: apiKey, sent_at: new Date(time).toISOString(), batch: eachEvent(rows, write) }),
    read({ body }, ids) {
      const { quota_limited: limited } = readFields(body);
      return refuse(listOf(limited).includes('events') ? ids : [], 'quota_limited');
    },
  };
}
