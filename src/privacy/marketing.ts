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

/** Names of what tells one link, advertisement or sharer from another. */
const TELLING = /^(click_ids|share|parent|campaign)$/;
/** Names of addresses; one of them is also that of a page in full. */
const ADDRESS = /^(url|referrer|(last_)?page)$/;

/**
 * Returns an arrival, a page, or what else of an event has some within it, without what needs consent to marketing: what tells one link, advertisement or
 * sharer from another. It goes by the names of what is in it. Of a campaign, its source and medium stay: of what kind it was.
 */
function plainOf<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(plainOf) as Value;
  if (!value || typeof value !== 'object') return value;
  const plain = Object.entries(value).flatMap(([name, each]: [string, unknown]) =>
    TELLING.test(name) ? [] : [[name, plainOf(ADDRESS.test(name) ? plainUrl(each) : each)]],
  );
  const { source, medium } = Object((value as { campaign?: unknown }).campaign) as Record<string, unknown>;
  if (source ?? medium) plain.push(['campaign', { source, medium }]);
  return Object.fromEntries(plain) as Value;
}

export { plainOf as plainArrival, plainOf as plainPage };

/** Returns a copy of an event without click ids, campaigns (but their source and medium), and the tokens of shared links. Pure. */
export function withoutMarketing<Event extends object>(event: Event): Event {
  const { name, properties, ...rest } = event as { name?: string; properties?: object };
  const { last_page } = Object(properties) as { last_page?: unknown };
  // What the shop's own events say is the shop's, whatever they call it.
  const plain = /landing$|^share$/.test(`${name}`)
    ? plainOf(properties)
    : last_page
      ? { ...properties, last_page: plainUrl(last_page) }
      : properties;
  return { ...event, ...plainOf(rest), ...(properties && { properties: plain }) };
}
