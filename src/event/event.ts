import type { DropOut } from '../journey/drop-out.js';
import type { Step } from '../journey/journey.js';
import type { Touchpoint } from '../journey/touchpoints.js';
import type { Feedback, Rating } from '../capture/feedback.js';
import type { Item } from '../commerce/item.js';
import type { Consent } from '../privacy/consent.js';

/** What several events share. Written once a batch. */
export interface Context {
  /** Absent without identifiers. */
  visitor?: { id: string; user_id?: string | undefined } | undefined;
  /** Absent where no plugin knows of sessions. */
  session?: { id: string; number: number; started: string } | undefined;
  /** One sequence of events: `seq` counts up by one within a visitor and tab. */
  tab: string;
  /** The page view it happened in; absent where no plugin looks at pages. */
  page?: { id: string; url: string; title?: string | undefined; referrer?: string | undefined };
  /** The app in whose browser the page is shown, and the mark of it in the user agent; absent elsewhere. */
  in_app?: { network: string; evidence: string } | undefined;
  /** The arrival that the event is credited to. */
  touchpoint?: Touchpoint | undefined;
  /** The browser says that a program drives it. */
  bot?: true;
  /** What the visitor had allowed as the event was let through; `waited`: it happened before they had answered. */
  consent?: (Consent & { waited?: true }) | undefined;
}

/** One event in full, as `on('event')` tells it and as a collector has it after merging in its context. */
export interface TrackedEvent extends Context {
  /** UUIDv7, frozen for ever. */
  id: string;
  name: string;
  /** When it was tracked, as ISO 8601 in UTC with milliseconds. */
  time: string;
  seq: number;
  /** Its place in the journey; absent where no plugin knows of stages. */
  journey?: Step;
  /** The whole cart after a change of it; only where a format needs it. */
  whole_cart?: { value: number; items: readonly Item[] };
  /** How long the parts of loading the page took, in milliseconds; with `web_vitals`, only where a format needs it. */
  timing?: Record<string, number>;
  /** Where the session before ended; on the first event of a session. */
  previous?: DropOut;
  properties: Record<string, unknown>;
}

/** An event before it has its number: what `beforeSend` sees. */
export type UnsentEvent = Omit<TrackedEvent, 'seq' | 'tab'>;

/** Events about products: GA4's usual parameters. */
export interface ItemsProperties {
  items?: Item[];
  /** ISO 4217; default: the `currency` option. */
  currency?: string;
  value?: number;
  [parameter: string]: unknown;
}

/** An order. */
export interface Order extends ItemsProperties {
  /** The shop's order number: an order counts once, however often this is called. */
  transaction_id: string;
  tax?: number;
  shipping?: number;
  coupon?: string;
  /** Whether they have bought before. */
  customer_type?: 'new' | 'returning';
}

/** A promotion, for those of its items that say nothing of their own. */
interface Promotion extends ItemsProperties {
  promotion_id?: string;
  promotion_name?: string;
  creative_name?: string;
  creative_slot?: string;
}
/** A list of products, for those of its items that say nothing of their own. */
interface ItemList extends ItemsProperties {
  item_list_id?: string;
  item_list_name?: string;
}

/** What an event carries, and whatever else the shop wants to say. */
type Open<Properties> = Properties & { [parameter: string]: unknown };

/** A change of the cart: items, or one by the event's own fields. */
export interface CartProperties extends Item {
  items?: Item[];
  /** ISO 4217; default: the `currency` option. */
  currency?: string;
  value?: number;
}

type Link = { link_url?: string; link_domain?: string; link_id?: string; link_classes?: string };
type Form = Open<{ form_id?: string; form_name?: string; form_destination?: string }>;
type Video = Open<{ video_title?: string; video_provider?: string; video_url?: string; video_duration?: number; video_current_time?: number; video_percent?: number; visible?: boolean }>;

/** A lead, and what became of it. */
type Lead = Open<{ currency?: string; value?: number; lead_source?: string }>;

/**
 * GA4's recommended events and those that Waymark's default journey knows, with what they may carry. Source: GA4's reference of recommended events, 2026, and what it
 * collects by itself of a web page. What it asks for may be missing here, but for what makes an event (`search_term`, `transaction_id`): a shop does not always know.
 */
export interface StandardEvents {
  page_view: Open<{ page_location?: string; page_title?: string; page_referrer?: string }>;
  view_item_list: ItemList;
  /** `personalized`: it was shown to this visitor by what is known of them. */
  select_item: ItemList & { personalized?: boolean };
  view_item: ItemsProperties;
  search: Open<{ search_term: string }>;
  view_search_results: Open<{ search_term?: string }>;
  add_to_wishlist: ItemsProperties;
  add_to_cart: CartProperties;
  remove_from_cart: CartProperties;
  view_cart: ItemsProperties;
  begin_checkout: ItemsProperties & { coupon?: string };
  add_shipping_info: ItemsProperties & { coupon?: string; shipping_tier?: string };
  add_payment_info: ItemsProperties & { coupon?: string; payment_type?: string };
  purchase: Order;
  refund: Order;
  order_cancel: Order;
  view_promotion: Promotion;
  select_promotion: Promotion;
  login: Open<{ method?: string }>;
  sign_up: Open<{ method?: string }>;
  /** A subscription that is a purchase, said by the shop: a conversion. */
  subscribe: Open<{ method?: string }>;
  /** What a newsletter form says: no conversion, unless `goals` names it. */
  newsletter_subscribe: Open<{ method?: string }>;
  generate_lead: Lead;
  working_lead: Lead & { lead_status?: string };
  qualify_lead: Lead;
  disqualify_lead: Lead & { disqualified_lead_reason?: string };
  close_convert_lead: Lead;
  close_unconvert_lead: Lead & { unconvert_lead_reason?: string };
  select_content: Open<{ content_type?: string; content_id?: string }>;
  join_group: Open<{ group_id?: string }>;
  earn_virtual_currency: Open<{ virtual_currency_name?: string; value?: number }>;
  spend_virtual_currency: Open<{ value?: number; virtual_currency_name?: string; item_name?: string }>;
  unlock_achievement: Open<{ achievement_id?: string }>;
  post_score: Open<{ score?: number; level?: number; character?: string }>;
  level_up: Open<{ level?: number; character?: string }>;
  level_start: Open<{ level_name?: string }>;
  level_end: Open<{ level_name?: string; success?: boolean }>;
  tutorial_begin: Record<string, unknown>;
  tutorial_complete: Record<string, unknown>;
  video_start: Video;
  video_progress: Video;
  video_complete: Video;
  ad_impression: Open<{ ad_platform?: string; ad_source?: string; ad_format?: string; ad_unit_name?: string; currency?: string; value?: number }>;
  campaign_details: Open<{ campaign_id?: string; campaign?: string; source?: string; medium?: string; term?: string; content?: string }>;
  exception: Open<{ description?: string; fatal?: boolean }>;
  screen_view: Open<{ screen_name?: string; screen_class?: string }>;
  scroll: Open<{ percent_scrolled?: number }>;
  click: Open<Link & { outbound?: boolean }>;
  file_download: Open<Link & { file_name?: string; file_extension?: string; link_text?: string }>;
  form_start: Form;
  form_submit: Form & Open<{ form_submit_text?: string }>;
  compare_items: ItemsProperties;
  review_view: ItemsProperties;
  review_submit: Open<{ rating?: Rating }>;
  order_status_view: Open<{ transaction_id?: string }>;
  support_contact: Open<{ method?: string }>;
  share: Open<{ method?: string; content_type?: string; item_id?: string }>;
  feedback: Feedback;
  wishlist_add: Record<string, unknown>;
  account_view: Record<string, unknown>;
  loyalty_join: Record<string, unknown>;
  refer_friend: Record<string, unknown>;
  content_submit: Record<string, unknown>;
}
