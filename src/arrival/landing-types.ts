import type { ShareToken } from '../event/share-token.js';

/** How an arrival came to the shop. */
export type Channel =
  | 'paid_social'
  | 'organic_social'
  | 'messaging'
  | 'influencer'
  | 'affiliate'
  | 'shared_link'
  | 'paid_search'
  | 'organic_search'
  | 'ai_assistant'
  | 'email'
  | 'sms'
  | 'push'
  | 'display'
  | 'paid_other'
  | 'offline'
  | 'referral'
  | 'internal'
  | 'other'
  | 'direct';

/**
 * What a network is: it says the channel of its visits. `internal` are hosts that hand a visitor back, such as payment providers; `none`
 * takes hosts out of the network that they would be of.
 */
export type Category =
  | 'social'
  | 'video'
  | 'forum'
  | 'publishing'
  | 'linkinbio'
  | 'messaging'
  | 'search'
  | 'ai'
  | 'email'
  | 'ads'
  | 'affiliate'
  | 'shopping'
  | 'reviews'
  | 'internal'
  | 'none';

/** What a network is known by, as far as there is something. The category's default is `social`. */
export interface Network {
  category?: Category;
  /**
   * Hosts with their subdomains; `=my.example` is that host only, `my.{cc}` com and any country's ending, `my.example/go` the pages there
   * whose path begins with these one or two parts.
   */
  hosts?: readonly string[];
  /** Names in utm_source beside the id. */
  aliases?: readonly string[];
  /** Names in utm_source that say that the link is an ad. `my_ads` says so by itself. */
  adAliases?: readonly string[];
  /** Packages of its Android apps. */
  apps?: readonly string[];
  /** Marks of its in-app browser in the user agent, case included. */
  tokens?: readonly string[];
  /** Its click ids: whether only ads bear them. */
  clickIds?: Readonly<Record<string, boolean>>;
  /** Whether the id is a name in utm_source. Default: true. */
  named?: boolean;
}

/** Networks by id: `{ mynet: { category: 'social', hosts: ['my.example'] } }`. A text stands for the host of a social network: `{ mynet: 'my.example' }`. */
export type Networks = Readonly<Record<string, Network | string>>;

/** What is known of the first page of a visit. What is missing or no text counts as empty. */
export interface LandingInput {
  /** Address of the page as the browser had it first, query and fragment included. */
  url?: string;
  /** `document.referrer`. Default: none. */
  referrer?: string;
  /** `navigator.userAgent`: tells the app whose in-app browser this is. Default: none. */
  userAgent?: string;
  /** Hosts of the shop besides the page's own; subdomains are included. Default: none. */
  internalHosts?: readonly string[] | undefined;
  /** Networks to know beside the built-in ones. What they share with one of those is theirs. Default: none. */
  networks?: Networks | undefined;
}

/** The campaign parameters: `name` is utm_campaign, the others bear their own name. Values as written, at most 300 characters. */
export interface Campaign {
  source?: string;
  medium?: string;
  name?: string;
  term?: string;
  content?: string;
  id?: string;
}

/** Where a visit came from. */
export interface Landing {
  channel: Channel;
  /** Id of the network; null when it is none that we know. */
  network: string | null;
  /** Whether somebody paid for the click; null when that cannot be known. */
  paid: boolean | null;
  /** undefined when the address has no campaign parameter. */
  campaign: Campaign | undefined;
  /**
   * The known click ids of the address, those that decided nothing too: values as written, at most 300 characters. The tracker leaves out those of
   * e-mail tools, which say who was written to.
   */
  clickIds: Record<string, string>;
  /** The app in whose browser the page is, and the mark of it in the user agent; null when it is none that we know. Decides only where all else is missing. */
  inApp: { network: string; evidence: string } | null;
  /** The evidence that decided; null when there was none. `click_id` is any parameter that a network adds by itself. */
  by: 'referrer' | 'utm' | 'click_id' | 'in_app' | 'token' | null;
  /**
   * `high`: a host, a name or a parameter says it. `medium`: an in-app browser, a click id that free links bear too, or a word in utm_medium
   * that only hints. `low`: nothing that we know says it (`direct`, `other`).
   */
  confidence: 'high' | 'medium' | 'low';
  /** The share whose link it was; `by` is `token` then. */
  share?: ShareToken;
}
