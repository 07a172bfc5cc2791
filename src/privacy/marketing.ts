import type { TrackedEvent } from '../event/event.js';
import type { Touchpoint } from '../journey/touchpoints.js';

/** What of an arrival's campaign stays without consent to marketing: of which kind it was, not by which link, advertisement or person. */
const plainCampaign = ({ source, medium }: Record<string, string | undefined>) => (source ?? medium ? { source, medium } : undefined);

/** What of an address's query goes: campaign parameters but `utm_source` and `utm_medium`, and click ids and the mark of a shared link, where the shop has allowed them. */
const MARKETING = /^(utm_(?!(source|medium)(=|$))|wm=|igsh|[^=]*(cl(ic)?k?_?id|[gw]braid)(=|$))/i;

/** Returns an address without what needs consent to marketing. What is no text, a filter of the shop's having put it there, stays. */
export const plainUrl = <Url>(url: Url): Url =>
  typeof url === 'string'
    ? (url.replace(/\?([^#]*)/, (_, query: string) => {
        const kept = query.split('&').filter((each) => !MARKETING.test(each));
        return kept.length ? `?${kept.join('&')}` : '';
      }) as Url)
    : url;

/** Returns an arrival, or the properties of its event, without what tells one link, advertisement or sharer from another. */
export function plainArrival<Arrival extends object>(arrival: Arrival): Arrival {
  const { click_ids, share, parent, campaign, ...rest } = Object(arrival) as Record<string, unknown>;
  const plain = plainCampaign(Object(campaign));
  return { ...rest, ...(plain && { campaign: plain }) } as unknown as Arrival;
}

/** What of an event can hold what is not allowed without consent to marketing. */
type Parts = Partial<Pick<TrackedEvent, 'name' | 'properties' | 'page' | 'touchpoint' | 'journey' | 'previous'>>;

/** Returns a copy of an event without click ids, campaigns (but their source and medium), and the tokens of shared links. Pure. */
export function withoutMarketing<Event extends object>(event: Event): Event {
  const { name = '', properties, page, touchpoint, journey, previous } = event as Parts;
  const { path } = Object(journey) as { path?: Touchpoint[] | undefined };
  const { last_page } = Object(properties) as { last_page?: unknown };
  const isArrival = /landing$|^share$/.test(name);
  return {
    ...event,
    ...(properties && { properties: { ...(isArrival ? plainArrival(properties) : properties), ...(last_page !== undefined && { last_page: plainUrl(last_page) }) } }),
    ...(page && { page: { ...page, url: plainUrl(page.url), referrer: plainUrl(page.referrer) } }),
    ...(touchpoint && { touchpoint: plainArrival(touchpoint) }),
    ...(Array.isArray(path) && { journey: { ...journey, path: path.map(plainArrival) } }),
    ...(previous?.page && { previous: { ...previous, page: plainUrl(previous.page) } }),
  };
}
