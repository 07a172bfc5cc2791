/** How an arrival came to the shop. */
export type Channel =
  | 'paid_social' | 'organic_social' | 'messaging' | 'influencer' | 'affiliate' | 'shared_link'
  | 'paid_search' | 'organic_search' | 'ai_assistant' | 'email' | 'sms' | 'push'
  | 'display' | 'paid_other' | 'offline' | 'referral' | 'internal' | 'other' | 'direct';

/**
 * Networks by channel: the channel, then its hosts. A host stands for its subdomains too, and for the network of its first label:
 * `facebook.com` is facebook. `t.co=x` is a host, `fb=facebook` a name in utm_source, of another network. The first that
 * matches wins: mail.google.com stands above google.com.
 *
 * Source: our own compilation of public facts, 2026-08. These are the big networks; the full table comes later.
 */
export const NETWORKS =
  'organic_social instagram.com ig=instagram threads.com facebook.com fb.com=facebook fb=facebook x.com t.co=x twitter.com=x twitter=x linkedin.com pinterest.com tiktok.com snapchat.com reddit.com youtube.com ' +
  'messaging messenger.com whatsapp.com wa.me=whatsapp telegram.org t.me=telegram ' +
  'email mail.google.com=gmail ' +
  'ai_assistant chatgpt.com gemini.google.com ' +
  'organic_search google.com bing.com yahoo.com duckduckgo.com';

/** Channels by word in utm_medium, the word being the channel's own name where there is no `=`. The first that matches wins. */
export const MEDIUMS =
  'offline qr=offline print=offline email newsletter=email sms push affiliate influencer creator=influencer share=shared_link ai=ai_assistant display banner=display messaging social=organic_social organic=organic_search';

/** Where a visitor goes to pay or to sign in and comes back from: no arrival. Same source and date. */
export const PASS_THROUGH = ['paypal.com', 'stripe.com', 'klarna.com', 'accounts.google.com'];
