/** How an arrival came to the shop. */
export type Channel =
  | 'paid_social' | 'organic_social' | 'messaging' | 'influencer' | 'affiliate' | 'shared_link'
  | 'paid_search' | 'organic_search' | 'ai_assistant' | 'email' | 'sms' | 'push'
  | 'display' | 'paid_other' | 'offline' | 'referral' | 'internal' | 'other' | 'direct';

/** One line of the table. */
export interface Origin {
  /** The channel of a visit from here where nobody paid. */
  channel: Channel;
  /** Id of the network; empty in a line that names a channel. */
  network: string;
  /** The words of the line, hosts spelt out. */
  words: string[];
}

/**
 * The channels, each with its words in utm_medium; below each the networks that belong to it, with their words:
 *
 *     fb       name in utm_source (the id, which comes first, is one too)
 *     fb.com   host, with its subdomains       .com      the id and this: facebook.com
 *       click id
 *
 * The first line that has a word wins: mail.google.com stands above google.com.
 *
 * Source: our own compilation of public facts, 2026-08. These are the big networks; the full table comes later.
 */
const TABLE = `offline qr print
email newsletter
 gmail mail.google.com
 outlook .live.com
sms
push
affiliate
influencer creator
shared_link share
ai_assistant ai
 chatgpt .com openai
 perplexity .ai
 gemini .google.com
display banner
messaging chat
 messenger .com m.me
 whatsapp .com wa.me
 telegram .org t.me
organic_social social
 instagram .com ig
 threads .com .net
 facebook .com fb.com fb
 x .com t.co twitter.com twitter
 linkedin .com lnkd.in
 pinterest .com pin.it
 tiktok .com
 snapchat .com
 reddit .com redd.it
 youtube .com youtu.be
organic_search organic
 google .com
 bing .com
 yahoo .com
 duckduckgo .com`;

/** Where a visitor goes to pay or to sign in and comes back from: no arrival. Same source and date. */
export const PASS_THROUGH = ['paypal.com', 'stripe.com', 'klarna.com', 'accounts.google.com', 'appleid.apple.com'];

let origins: Origin[] | undefined;

/** The first line of the table that `isRight`; undefined when there is none. The table is read once, when first asked. */
export function findOrigin(isRight: (origin: Origin) => unknown): Origin | undefined {
  let channel: Channel;
  origins ??= TABLE.split('\n').map((line) => {
    const [id, ...words] = line.trim().split(' ') as [string, ...string[]];
    const network = line[0] === ' ' ? id : '';
    if (!network) channel = id as Channel;
    return { channel, network, words: [id, ...words.map((word) => word.replace(/^\./, `${id}.`))] };
  });
  return origins.find(isRight);
}
