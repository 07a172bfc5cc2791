/** How an arrival came to the shop. */
export type Channel =
  | 'paid_social' | 'organic_social' | 'messaging' | 'influencer' | 'affiliate' | 'shared_link'
  | 'paid_search' | 'organic_search' | 'ai_assistant' | 'email' | 'sms' | 'push'
  | 'display' | 'paid_other' | 'offline' | 'referral' | 'internal' | 'other' | 'direct';

/** One line of the table. */
export interface Origin {
  /** The channel of a visit from here; where nobody paid, unless the line holds ad clicks alone. */
  channel: Channel;
  /** Id of the network; empty in a line that names a channel. */
  network: string;
  /** The words of the line, hosts and marks spelt out. */
  words: string[];
}

/**
 * The channels, each with its words in utm_medium; below each the networks that belong to it, with their words:
 *
 *     fb       name in utm_source (the id, which comes first, is one too; not with a !)
 *     fb.com   host, with its subdomains       .com      the id and this: facebook.com
 *     =.ya.ru  that host only                  yandex.*  host under com or any country's ending
 *     gclid=   click id of ads shown here      ~fban     mark of its in-app browser in the user agent, + is a space; ~ alone: the id
 *
 * The first line that has a word wins. So a channel stands above those whose words its own should beat, Messenger, WhatsApp,
 * Instagram and Threads above Facebook, whose marks they carry too, and the owner of an ad click above the sites that show its ads.
 *
 * Source: our own compilation of public facts, 2026-08. These are the big networks; the full table comes later.
 */
const TABLE = `offline qr qrcode print flyer poster tv radio catalog direct_mail directmail
email e_mail mail newsletter mailing
 gmail mail.google.com
 outlook .live.com .office.com .office365.com
 !proton mail.proton.me
 !yahoo_mail mail.yahoo.com
sms
push webpush notification
affiliate affiliates partnership cashback coupon
influencer influencers creator creators ambassador
shared_link share shared
ai_assistant ai llm
 chatgpt .com chat.openai.com openai
 perplexity .ai
 gemini .google.com
 copilot .com .microsoft.com
 claude .ai
display banner native programmatic cpm
 !google dclid=
 !google_ads_network doubleclick.net googlesyndication.com
paid_search sem sea
 !google gclid= wbraid= gbraid= gad_source=
 !bing msclkid=
paid_other cpc ppc cpv cpa paid paidsocial paidsearch ads ad sponsored retargeting
messaging chat dm
 messenger .com m.me ~/messenger ~/orca-
 whatsapp .com wa.me l.wl.co wa ~waios/ ~wa4a/
 wechat .com mp.weixin.qq.com weixin ~micromessenger/
 line .me lin.ee ~+line/
 telegram .me .org t.me tg ~telegram-android/
 discord .com .gg
organic_social social socialmedia
 instagram .com ig insta igsh= igshid= ~
 threads .com .net ~barcelona
 facebook .com fb.com fb.me fb meta fbclid= ~fban ~fbav ~fb_iab ~metaiab
 x .com t.co twitter.com twitter twclid= ~twitter
 linkedin .com lnkd.in li_fat_id= msclkid= ~
 pinterest .com .ca .co.uk .de .es .fr .it .jp pin.it epik= ~
 tiktok .com tt ttclid= ~ ~musical_ly ~trill_
 snapchat .com snap sccid= ~
 bluesky bsky.app bsky
 mastodon .social .online .world
 tumblr .com t.umblr.com
 vk .com .ru
 ok .ru
 weibo .com .cn t.cn ~
 reddit .com redd.it rdt_cid= ~
 quora .com qclid=
 !medium .com
 substack .com
 youtube .com youtu.be yt gclid= wbraid= gbraid= gad_source=
 twitch .tv
 vimeo .com
 linktree linktr.ee
organic_search organic seo
 google =.google.*
 bing .com
 yahoo =.yahoo.com search.yahoo.com
 duckduckgo .com ddg
 yandex =.yandex.* =.ya.ru yclid=
 baidu =.baidu.com m.baidu.com
 ecosia .org
 brave search.brave.com
referral`;

/** Where a visitor goes to pay or to sign in and comes back from: no arrival. Same source and date. */
export const PASS_THROUGH =
  'paypal.com checkout.stripe.com hooks.stripe.com klarna.com adyen.com mollie.com pay.amazon.com accounts.google.com appleid.apple.com login.microsoftonline.com access.line.me oauth.vk.com id.vk.com';

let origins: Origin[] | undefined;

/**
 * The first line of the table with a word that matches; undefined when there is none.
 * The table is read once, when first asked.
 */
export function findOrigin(matches: (word: string, network: string) => unknown): Origin | undefined {
  let channel: string;
  origins = origins || TABLE.split('\n').map((line) => {
    const words = line.trim().split(' ');
    const id = words[0]!.replace('!', '');
    const network = line[0]! > ' ' ? '' : id;
    if (!network) channel = id;
    return { channel: channel as Channel, network, words: words.map((word) => word.replace(/^~$|^(?=\.)/, '$&' + id)) };
  });
  return origins.find(({ words, network }) => words.some((word) => matches(word, network)));
}
