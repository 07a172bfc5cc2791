import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyLanding } from '../../src/capture/classify.js';
import type { Channel, Landing, LandingInput } from '../../src/capture/classify.js';

const SHOP = 'https://shop.example/';
const CHANNELS: Channel[] = [
  'paid_social', 'organic_social', 'messaging', 'influencer', 'affiliate', 'shared_link',
  'paid_search', 'organic_search', 'ai_assistant', 'email', 'sms', 'push',
  'display', 'paid_other', 'offline', 'referral', 'internal', 'other', 'direct',
];

/** channel, network, paid, by */
type Expected = [Channel, string | null, boolean | null, Landing['by']];
type Row = [promise: string, query: string, referrer: string, expected: Expected];

function summarize({ channel, network, paid, by }: Landing): Expected {
  return [channel, network, paid, by];
}

const DIRECT: Expected = ['direct', null, false, null];
const REFERRAL: Expected = ['referral', null, false, 'referrer'];
const INTERNAL: Expected = ['internal', null, false, 'referrer'];

// Networks by referrer

const REFERRERS: [host: string, channel: Channel, network: string][] = [
  ['www.facebook.com', 'organic_social', 'facebook'],
  ['m.facebook.com', 'organic_social', 'facebook'],
  ['l.facebook.com', 'organic_social', 'facebook'],
  ['lm.facebook.com', 'organic_social', 'facebook'],
  ['fb.me', 'organic_social', 'facebook'],
  ['l.messenger.com', 'messaging', 'messenger'],
  ['m.me', 'messaging', 'messenger'],
  ['l.instagram.com', 'organic_social', 'instagram'],
  ['l.threads.com', 'organic_social', 'threads'],
  ['l.threads.net', 'organic_social', 'threads'],
  ['web.whatsapp.com', 'messaging', 'whatsapp'],
  ['wa.me', 'messaging', 'whatsapp'],
  ['l.wl.co', 'messaging', 'whatsapp'],
  ['t.co', 'organic_social', 'x'],
  ['x.com', 'organic_social', 'x'],
  ['mobile.twitter.com', 'organic_social', 'x'],
  ['www.linkedin.com', 'organic_social', 'linkedin'],
  ['lnkd.in', 'organic_social', 'linkedin'],
  ['www.pinterest.com', 'organic_social', 'pinterest'],
  ['www.pinterest.de', 'organic_social', 'pinterest'],
  ['pinterest.co.uk', 'organic_social', 'pinterest'],
  ['pin.it', 'organic_social', 'pinterest'],
  ['vm.tiktok.com', 'organic_social', 'tiktok'],
  ['www.snapchat.com', 'organic_social', 'snapchat'],
  ['go.bsky.app', 'organic_social', 'bluesky'],
  ['mastodon.social', 'organic_social', 'mastodon'],
  ['mastodon.online', 'organic_social', 'mastodon'],
  ['t.umblr.com', 'organic_social', 'tumblr'],
  ['someone.tumblr.com', 'organic_social', 'tumblr'],
  ['away.vk.com', 'organic_social', 'vk'],
  ['vk.ru', 'organic_social', 'vk'],
  ['ok.ru', 'organic_social', 'ok'],
  ['m.weibo.cn', 'organic_social', 'weibo'],
  ['t.cn', 'organic_social', 'weibo'],
  ['mp.weixin.qq.com', 'messaging', 'wechat'],
  ['liff.line.me', 'messaging', 'line'],
  ['lin.ee', 'messaging', 'line'],
  ['out.reddit.com', 'organic_social', 'reddit'],
  ['redd.it', 'organic_social', 'reddit'],
  ['fr.quora.com', 'organic_social', 'quora'],
  ['medium.com', 'organic_social', 'medium'],
  ['someone.substack.com', 'organic_social', 'substack'],
  ['m.youtube.com', 'organic_social', 'youtube'],
  ['youtu.be', 'organic_social', 'youtube'],
  ['www.twitch.tv', 'organic_social', 'twitch'],
  ['player.vimeo.com', 'organic_social', 'vimeo'],
  ['web.telegram.org', 'messaging', 'telegram'],
  ['t.me', 'messaging', 'telegram'],
  ['discord.com', 'messaging', 'discord'],
  ['discord.gg', 'messaging', 'discord'],
  ['linktr.ee', 'organic_social', 'linktree'],
  ['www.google.com', 'organic_search', 'google'],
  ['www.google.de', 'organic_search', 'google'],
  ['google.co.uk', 'organic_search', 'google'],
  ['www.google.com.au', 'organic_search', 'google'],
  ['www.bing.com', 'organic_search', 'bing'],
  ['search.yahoo.com', 'organic_search', 'yahoo'],
  ['de.search.yahoo.com', 'organic_search', 'yahoo'],
  ['www.yahoo.com', 'organic_search', 'yahoo'],
  ['duckduckgo.com', 'organic_search', 'duckduckgo'],
  ['yandex.ru', 'organic_search', 'yandex'],
  ['yandex.com.tr', 'organic_search', 'yandex'],
  ['ya.ru', 'organic_search', 'yandex'],
  ['www.baidu.com', 'organic_search', 'baidu'],
  ['m.baidu.com', 'organic_search', 'baidu'],
  ['www.ecosia.org', 'organic_search', 'ecosia'],
  ['search.brave.com', 'organic_search', 'brave'],
  ['chatgpt.com', 'ai_assistant', 'chatgpt'],
  ['chat.openai.com', 'ai_assistant', 'chatgpt'],
  ['www.perplexity.ai', 'ai_assistant', 'perplexity'],
  ['gemini.google.com', 'ai_assistant', 'gemini'],
  ['copilot.microsoft.com', 'ai_assistant', 'copilot'],
  ['claude.ai', 'ai_assistant', 'claude'],
  ['mail.google.com', 'email', 'gmail'],
  ['outlook.live.com', 'email', 'outlook'],
  ['outlook.office365.com', 'email', 'outlook'],
  ['mail.yahoo.com', 'email', 'yahoo_mail'],
  ['mail.proton.me', 'email', 'proton'],
  ['googleads.g.doubleclick.net', 'display', 'google_ads_network'],
];

test.each(REFERRERS)('knows a visit from %s as %s of %s', (host, channel, network) => {
  const paid = channel === 'ai_assistant' ? null : channel === 'display';
  expect(summarize(classifyLanding({ url: SHOP, referrer: `https://${host}/` }))).toEqual([channel, network, paid, 'referrer']);
});

// Hosts that only look like a network

test.each([
  'notfacebook.com', 'facebook.com.evil.example', 'facebook.co', 'my-facebook.com', 'netflix.com', 'xx.com', 'fax.com',
  'not-t.co', 'reddit.community', 'chat.com', 'x.com.evil.example', 'google.com.evil.example', 'notgoogle.de', 'google.evil.com',
  'pinterest.evil', 'pinterest.cm', 'shop.li', 'some.line', 'my.fb', 'gclid.example', 'outlook.com.evil.example', 'openai',
  'instagram', 'facebook-com.example', 'mail-google.com', '__proto__.example', 'constructor.example',
])('never takes %s for a network', (host) => {
  const { network, channel } = classifyLanding({ url: SHOP, referrer: `https://${host}/` });
  expect(network).toBeNull();
  expect(['referral', 'direct']).toContain(channel);
});

test.each([
  'support.google.com', 'docs.google.com', 'play.google.com', 'maps.google.com', 'finance.yahoo.com', 'news.yahoo.com',
  'market.yandex.ru', 'tieba.baidu.com', 'brave.com', 'www.microsoft.com', 'openai.com',
])('keeps %s a referral: it belongs to a search or AI company but is no search', (host) => {
  expect(summarize(classifyLanding({ url: SHOP, referrer: `https://${host}/` }))).toEqual(REFERRAL);
});

// Rule by rule

const ROWS: Row[] = [
  // The referrer as text
  ['reads a referrer in capitals', '', 'HTTPS://WWW.Facebook.COM/', ['organic_social', 'facebook', false, 'referrer']],
  ['reads a referrer with port, user and password', '', 'https://me:secret@l.facebook.com:8443/l.php?u=1', ['organic_social', 'facebook', false, 'referrer']],
  ['is not fooled by a network in the user part', '', 'https://facebook.com@evil.example/', REFERRAL],
  ['is not fooled by a network in the path', '', 'https://evil.example/facebook.com', REFERRAL],
  ['is not fooled by a network in the query', '', 'https://evil.example/?q=https://facebook.com/', REFERRAL],
  ['drops the last dot of a host', '', 'https://facebook.com./', ['organic_social', 'facebook', false, 'referrer']],
  ['reads a referrer with white space around', '', '  https://t.co/abc \n', ['organic_social', 'x', false, 'referrer']],
  ['counts an unknown site as referral', '', 'https://blog.example/post', REFERRAL],
  ['counts a site with an international name as referral', '', 'https://xn--bcher-kva.example/', REFERRAL],
  ['counts a link shortener as referral, never social', '', 'https://bit.ly/abc', REFERRAL],
  ['ignores a referrer that is no address', '', 'facebook', DIRECT],
  ['ignores a referrer that is localhost', '', 'http://localhost:3000/', DIRECT],
  ['ignores a referrer that is an IPv4 address', '', 'http://192.168.0.1/', DIRECT],
  ['ignores a referrer that is an IPv6 address', '', 'http://[::1]:3000/', DIRECT],
  ['ignores about:blank', '', 'about:blank', DIRECT],
  ['is direct when nothing is known', '', '', DIRECT],
  ['is direct when the query says nothing of where the visit came from', '?color=red&size=4', '', DIRECT],

  // Internal
  ['keeps a step within the shop internal', '', 'https://shop.example/cart', INTERNAL],
  ['keeps www. of the shop internal', '', 'https://www.shop.example/cart', INTERNAL],
  ['keeps a subdomain of the shop internal', '', 'https://checkout.shop.example/', INTERNAL],
  ['keeps a host of the list internal', '', 'https://shop-pay.example/', INTERNAL],
  ['keeps a subdomain of a listed host internal', '', 'https://de.shop-pay.example/', INTERNAL],
  ['counts a look-alike of the shop as referral', '', 'https://notshop.example/', REFERRAL],
  ['counts a sister host of the shop as referral', '', 'https://other.example/', REFERRAL],
  ...['www.paypal.com', 'checkout.stripe.com', 'hooks.stripe.com', 'pay.klarna.com', 'live.adyen.com', 'www.mollie.com', 'pay.amazon.com',
    'accounts.google.com', 'appleid.apple.com', 'login.microsoftonline.com', 'access.line.me', 'oauth.vk.com', 'id.vk.com',
  ].map((host): Row => [`counts the way back from ${host} as internal`, '', `https://${host}/return`, INTERNAL]),
  ['counts amazon.com, where nobody pays for this shop, as referral', '', 'https://www.amazon.com/', REFERRAL],
  ['believes the tags of a link within the shop', '?utm_source=facebook&utm_medium=cpc', 'https://shop.example/', ['paid_social', 'facebook', true, 'utm']],
  ['does not name the payment provider of a tagged visit', '?utm_source=spring', 'https://www.paypal.com/', ['other', null, false, 'utm']],
  ['believes a click id on the way from the shop itself', '?gclid=G1', 'https://shop.example/', ['paid_search', 'google', true, 'click_id']],

  // Sources
  ['knows a source by its id', '?utm_source=instagram', '', ['organic_social', 'instagram', false, 'utm']],
  ['knows a source by its short name', '?utm_source=ig', '', ['organic_social', 'instagram', false, 'utm']],
  ['knows a source in capitals', '?utm_source=FaceBook', '', ['organic_social', 'facebook', false, 'utm']],
  ['knows a source that is a host', '?utm_source=l.facebook.com', '', ['organic_social', 'facebook', false, 'utm']],
  ['knows the source that ChatGPT adds', '?utm_source=chatgpt.com', '', ['ai_assistant', 'chatgpt', null, 'utm']],
  ['knows google.com as a source', '?utm_source=google.com', '', ['organic_search', 'google', false, 'utm']],
  ['counts a source that is a chat as messaging', '?utm_source=whatsapp', '', ['messaging', 'whatsapp', false, 'utm']],
  ['counts a source that is a mail service as email', '?utm_source=gmail', '', ['email', 'gmail', false, 'utm']],
  ['believes the source more than the referrer', '?utm_source=pinterest', 'https://www.google.com/', ['organic_social', 'pinterest', false, 'utm']],
  ['does not take "medium" for Medium: it is a slip of the pen', '?utm_source=medium', '', ['other', null, false, 'utm']],
  ['knows medium.com as a source', '?utm_source=medium.com', '', ['organic_social', 'medium', false, 'utm']],
  ['does not take "proton" for a mail service', '?utm_source=proton', '', ['other', null, false, 'utm']],
  ['knows no source that only looks like a host of a network', '?utm_source=notfacebook.com', '', ['other', null, false, 'utm']],
  ['does not take a top-level domain for a short name', '?utm_source=shop.ig', '', ['other', null, false, 'utm']],
  ['reads fbads as paid Facebook', '?utm_source=fbads', '', ['paid_social', 'facebook', true, 'utm']],
  ['reads facebook_ads as paid Facebook', '?utm_source=facebook_ads', '', ['paid_social', 'facebook', true, 'utm']],
  ['reads instagram-ad as paid Instagram', '?utm_source=instagram-ad', '', ['paid_social', 'instagram', true, 'utm']],
  ['reads "google ads" as paid Google', '?utm_source=google+ads', '', ['paid_search', 'google', true, 'utm']],
  ['does not read threads as an ad', '?utm_source=threads', '', ['organic_social', 'threads', false, 'utm']],

  // Mediums that decide
  ['counts a QR code as offline', '?utm_source=box&utm_medium=qr-code', '', ['offline', null, false, 'utm']],
  ['counts direct-mail as offline, not email', '?utm_source=spring&utm_medium=direct-mail', '', ['offline', null, false, 'utm']],
  ['counts print as offline', '?utm_medium=Print', '', ['offline', null, false, 'utm']],
  ['counts a newsletter as email', '?utm_source=spring&utm_medium=newsletter', '', ['email', null, false, 'utm']],
  ['counts e-mail as email', '?utm_source=spring&utm_medium=E-Mail', '', ['email', null, false, 'utm']],
  ['counts email from a webmail page as email', '?utm_source=spring&utm_medium=email', 'https://mail.google.com/', ['email', null, false, 'utm']],
  ['counts substack mail as email', '?utm_source=substack&utm_medium=email', '', ['email', 'substack', false, 'utm']],
  ['counts sms as sms', '?utm_source=spring&utm_medium=sms', '', ['sms', null, false, 'utm']],
  ['counts web push as push', '?utm_source=spring&utm_medium=web-push', '', ['push', null, false, 'utm']],
  ['counts an affiliate link as affiliate, paid unknown', '?utm_source=awin&utm_medium=affiliate', '', ['affiliate', null, null, 'utm']],
  ['counts affiliate-cpa as affiliate', '?utm_source=awin&utm_medium=affiliate-cpa', '', ['affiliate', null, null, 'utm']],
  ['counts an influencer link as influencer and keeps the network', '?utm_source=instagram&utm_medium=influencer', '', ['influencer', 'instagram', null, 'utm']],
  ['counts paid_influencer as influencer', '?utm_source=tiktok&utm_medium=paid_influencer', '', ['influencer', 'tiktok', null, 'utm']],
  ['counts a share button as shared_link', '?utm_source=whatsapp&utm_medium=share', '', ['shared_link', 'whatsapp', false, 'utm']],
  ['names the referrer of a shared link', '?utm_source=button&utm_medium=share', 'https://t.co/', ['shared_link', 'x', false, 'utm']],
  ['counts an AI answer as ai_assistant', '?utm_source=somebot&utm_medium=ai', '', ['ai_assistant', null, null, 'utm']],
  ['decides by a medium that beats a paid click id', '?utm_source=spring&utm_medium=email&gclid=G1', '', ['email', null, false, 'utm']],
  ['counts a source "newsletter" without medium as email', '?utm_source=newsletter', '', ['email', null, false, 'utm']],
  ['counts a source with "email" as a word as email', '?utm_source=welcome_email', '', ['email', null, false, 'utm']],
  ['counts a source "qr" without medium as offline', '?utm_source=qr', '', ['offline', null, false, 'utm']],
  ['does not find "tv" in the host of a magazine', '?utm_source=tv-today.example', '', ['other', null, false, 'utm']],
  ['does not read the source as a medium when there is one', '?utm_source=newsletter&utm_medium=cpc', '', ['paid_other', null, true, 'utm']],

  // Paid
  ['counts cpc on Facebook as paid social', '?utm_source=facebook&utm_medium=cpc', '', ['paid_social', 'facebook', true, 'utm']],
  ['counts cpc on Google as paid search', '?utm_source=google&utm_medium=cpc', '', ['paid_search', 'google', true, 'utm']],
  ['counts paid on a chat as paid social', '?utm_source=telegram&utm_medium=paid', '', ['paid_social', 'telegram', true, 'utm']],
  ['counts paid on an AI assistant as paid ai_assistant', '?utm_source=chatgpt&utm_medium=cpc', '', ['ai_assistant', 'chatgpt', true, 'utm']],
  ['counts paid_social on an unknown network', '?utm_source=spring&utm_medium=paid_social', '', ['paid_social', null, true, 'utm']],
  ['counts paidsocial in one word', '?utm_source=spring&utm_medium=paidsocial', '', ['paid_social', null, true, 'utm']],
  ['counts social-cpc on an unknown network as paid social', '?utm_source=spring&utm_medium=social-cpc', '', ['paid_social', null, true, 'utm']],
  ['counts paid search on an unknown engine', '?utm_source=spring&utm_medium=Paid%20Search', '', ['paid_search', null, true, 'utm']],
  ['counts sem on an unknown engine as paid search', '?utm_source=spring&utm_medium=sem', '', ['paid_search', null, true, 'utm']],
  ['counts cpc of an unknown source as paid_other', '?utm_source=spring&utm_medium=cpc', '', ['paid_other', null, true, 'utm']],
  ['names the referrer of a paid visit with an unknown source', '?utm_source=spring&utm_medium=cpc', 'https://l.facebook.com/', ['paid_social', 'facebook', true, 'utm']],
  ['counts a banner on an unknown network as display', '?utm_source=spring&utm_medium=banner', '', ['display', null, true, 'utm']],
  ['counts display by a search engine as display', '?utm_source=google&utm_medium=display', '', ['display', 'google', true, 'utm']],
  ['counts cpm by a search engine as paid search', '?utm_source=google&utm_medium=cpm', '', ['paid_search', 'google', true, 'utm']],
  ['counts cpm on an unknown network as display', '?utm_source=spring&utm_medium=cpm', '', ['display', null, true, 'utm']],
  ['counts display on a social network as paid social', '?utm_source=facebook&utm_medium=display', '', ['paid_social', 'facebook', true, 'utm']],
  ['does not count unpaid as paid', '?utm_source=facebook&utm_medium=unpaid', '', ['organic_social', 'facebook', false, 'utm']],
  ['does not count not-paid as paid', '?utm_source=facebook&utm_medium=not-paid', '', ['organic_social', 'facebook', false, 'utm']],
  ['does not find "ad" inside a word', '?utm_source=spring&utm_medium=shadow', '', ['other', null, false, 'utm']],

  // Click ids
  ['counts gclid as paid search', '?gclid=G1', '', ['paid_search', 'google', true, 'click_id']],
  ['counts wbraid as paid search', '?wbraid=W1', '', ['paid_search', 'google', true, 'click_id']],
  ['counts gbraid as paid search', '?gbraid=B1', '', ['paid_search', 'google', true, 'click_id']],
  ['counts gad_source as paid search', '?gad_source=1', '', ['paid_search', 'google', true, 'click_id']],
  ['counts dclid as display', '?dclid=D1', '', ['display', 'google', true, 'click_id']],
  ['counts msclkid as paid search', '?msclkid=M1', '', ['paid_search', 'bing', true, 'click_id']],
  ['counts yclid as paid search', '?yclid=Y1', '', ['paid_search', 'yandex', true, 'click_id']],
  ['counts ttclid as paid social', '?ttclid=T1', '', ['paid_social', 'tiktok', true, 'click_id']],
  ['counts twclid as paid social', '?twclid=T1', '', ['paid_social', 'x', true, 'click_id']],
  ['counts li_fat_id as paid social', '?li_fat_id=L1', '', ['paid_social', 'linkedin', true, 'click_id']],
  ['counts ScCid, in any case, as paid social', '?ScCid=S1', '', ['paid_social', 'snapchat', true, 'click_id']],
  ['counts rdt_cid as paid social', '?rdt_cid=R1', '', ['paid_social', 'reddit', true, 'click_id']],
  ['counts qclid as paid social', '?qclid=Q1', '', ['paid_social', 'quora', true, 'click_id']],
  ['counts a paid click from an unknown site as paid', '?gclid=G1', 'https://news.example/', ['paid_search', 'google', true, 'click_id']],
  ['counts a paid click from its own network as paid', '?ttclid=T1', 'https://www.tiktok.com/', ['paid_social', 'tiktok', true, 'click_id']],
  ['counts a Google ad on YouTube as paid YouTube', '?gclid=G1', 'https://www.youtube.com/', ['paid_social', 'youtube', true, 'click_id']],
  ['counts a Microsoft ad on LinkedIn as paid LinkedIn', '?msclkid=M1', 'https://www.linkedin.com/', ['paid_social', 'linkedin', true, 'click_id']],
  ['never calls a click id stale for a search referrer', '?gclid=G1', 'https://www.google.de/', ['paid_search', 'google', true, 'click_id']],
  ['ignores a paid click id copied to another social network', '?gclid=G1', 'https://l.facebook.com/', ['organic_social', 'facebook', false, 'referrer']],
  ['ignores a paid click id copied to a forum', '?ttclid=T1', 'https://www.reddit.com/', ['organic_social', 'reddit', false, 'referrer']],
  ['ignores a paid click id copied to YouTube from elsewhere', '?ttclid=T1', 'https://www.youtube.com/', ['organic_social', 'youtube', false, 'referrer']],
  ['ignores a paid click id copied into a chat', '?msclkid=M1', 'https://web.whatsapp.com/', ['messaging', 'whatsapp', false, 'referrer']],
  ['ignores a paid click id copied into a mail', '?twclid=T1', 'https://mail.google.com/', ['email', 'gmail', false, 'referrer']],
  ['does not call fbclid alone paid', '?fbclid=F1', '', ['organic_social', 'facebook', null, 'click_id']],
  ['lets the referrer decide over fbclid', '?fbclid=F1', 'https://l.instagram.com/', ['organic_social', 'instagram', false, 'referrer']],
  ['lets an unknown site decide over fbclid', '?fbclid=F1', 'https://news.example/', REFERRAL],
  ['lets the source decide over fbclid', '?utm_source=newsletter&fbclid=F1', '', ['email', null, false, 'utm']],
  ['names Facebook for a paid medium with fbclid', '?utm_source=spring&utm_medium=paid&fbclid=F1', '', ['paid_social', 'facebook', true, 'utm']],
  ['does not call igshid paid', '?igshid=I1', '', ['organic_social', 'instagram', null, 'click_id']],
  ['does not call epik paid', '?epik=E1', '', ['organic_social', 'pinterest', null, 'click_id']],
  ['does not read a click id inside another name', '?my_gclid=G1', '', DIRECT],
  ['ignores a click id that is an unfilled macro', '?gclid={gclid}', '', DIRECT],
  ['ignores an empty click id', '?gclid=', '', DIRECT],

  // Mediums that hint
  ['counts social of an unknown source as organic social', '?utm_source=spring&utm_medium=social', '', ['organic_social', null, false, 'utm']],
  ['names the referrer where it agrees with the hint', '?utm_source=spring&utm_medium=social', 'https://t.co/', ['organic_social', 'x', false, 'utm']],
  ['counts organic-social as social', '?utm_source=spring&utm_medium=organic-social', '', ['organic_social', null, false, 'utm']],
  ['counts organic of an unknown source as organic search', '?utm_source=spring&utm_medium=organic', '', ['organic_search', null, false, 'utm']],
  ['counts chat of an unknown source as messaging', '?utm_source=spring&utm_medium=chat', '', ['messaging', null, false, 'utm']],
  ['lets a known source decide over a hint', '?utm_source=facebook&utm_medium=organic', '', ['organic_social', 'facebook', false, 'utm']],
  ['counts referral of an unknown source as referral', '?utm_source=partner&utm_medium=referral', '', ['referral', null, false, 'utm']],
  ['lets a known referrer decide over referral', '?utm_source=partner&utm_medium=referral', 'https://t.co/', ['organic_social', 'x', false, 'referrer']],
  ['does not take the medium "internal" for a step within the shop', '?utm_source=banner1&utm_medium=internal', 'https://t.co/', ['organic_social', 'x', false, 'referrer']],

  // Tags that nobody knows
  ['counts unknown tags without referrer as other', '?utm_source=spring&utm_medium=thing', '', ['other', null, false, 'utm']],
  ['counts a campaign name alone as other', '?utm_campaign=spring', '', ['other', null, false, 'utm']],
  ['counts unknown tags from an unknown site as referral', '?utm_source=spring', 'https://blog.example/', REFERRAL],
  ['counts unknown tags from a network as that network', '?utm_source=spring', 'https://t.co/', ['organic_social', 'x', false, 'referrer']],

  // Parameters as links really carry them
  ['reads tags whatever their case', '?UTM_Source=Facebook&utm_MEDIUM=CPC', '', ['paid_social', 'facebook', true, 'utm']],
  ['reads encoded values', '?utm_source=facebook&utm_medium=paid%20social', '', ['paid_social', 'facebook', true, 'utm']],
  ['reads encoded names', '?utm%5Fsource=facebook', '', ['organic_social', 'facebook', false, 'utm']],
  ['reads a plus as a space', '?utm_source=facebook&utm_medium=paid+social', '', ['paid_social', 'facebook', true, 'utm']],
  ['takes the first of a repeated tag', '?utm_source=facebook&utm_source=google', '', ['organic_social', 'facebook', false, 'utm']],
  ['takes the first usable of a repeated tag', '?utm_source=&utm_source={{src}}&utm_source=google', '', ['organic_search', 'google', false, 'utm']],
  ['reads &amp; as &', '?a=1&amp;utm_source=facebook', '', ['organic_social', 'facebook', false, 'utm']],
  ['reads a second question mark as &', '?a=1?utm_source=facebook', '', ['organic_social', 'facebook', false, 'utm']],
  ['reads tags behind #', '#utm_source=facebook', '', ['organic_social', 'facebook', false, 'utm']],
  ['reads tags behind #?', '#?utm_source=facebook', '', ['organic_social', 'facebook', false, 'utm']],
  ['reads tags of a route behind #', '#/route?utm_source=facebook', '', ['organic_social', 'facebook', false, 'utm']],
  ['prefers tags of the query to those behind #', '?utm_source=google#utm_source=facebook', '', ['organic_search', 'google', false, 'utm']],
  ['ignores names with brackets', '?utm_source[]=facebook', '', DIRECT],
  ['ignores tags of another prefix', '?xutm_source=facebook', '', DIRECT],
  ...['{{ad.name}}', '{source}', '[SOURCE]', '__SOURCE__', '%25%25SOURCE%25%25', '(not+set)', '(none)', '(direct)', 'null', 'undefined', '+', ''].map(
    (value): Row => [`counts utm_source=${value} as absent`, `?utm_source=${value}`, '', DIRECT]),
  ['survives percent signs that encode nothing', '?utm_source=facebook&utm_campaign=%E0%A4%A&x=%', '', ['organic_social', 'facebook', false, 'utm']],
];

test.each(ROWS)('%s', (_promise, query, referrer, expected) => {
  expect(summarize(classifyLanding({ url: SHOP + query, referrer, internalHosts: ['shop-pay.example'] }))).toEqual(expected);
});

test('keeps the parent host of the shop internal', () => {
  expect(summarize(classifyLanding({ url: 'https://de.shop.example/', referrer: 'https://www.shop.example/' }))).toEqual(INTERNAL);
});

test('keeps a step within a shop on localhost internal', () => {
  expect(summarize(classifyLanding({ url: 'http://127.0.0.1:4173/cart', referrer: 'http://127.0.0.1:4173/' }))).toEqual(INTERNAL);
});

test('takes a listed host for internal only at a label', () => {
  const input = { url: SHOP, referrer: 'https://notpay.example/', internalHosts: ['pay.example'] };
  expect(summarize(classifyLanding(input))).toEqual(REFERRAL);
});

// In-app browsers

const IOS = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ANDROID = 'Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/137.0 Mobile Safari/537.36';

const APPS: [channel: Channel, network: string, userAgent: string][] = [
  ['organic_social', 'facebook', `${IOS} Mobile/15E148 [FBAN/FBIOS;FBAV/520.0.0;FBBV/1]`],
  ['organic_social', 'facebook', `${ANDROID} [FB_IAB/FB4A;FBAV/520.0.0;]`],
  ['messaging', 'messenger', `${IOS} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/500.0;]`],
  ['messaging', 'messenger', `${ANDROID} [FB_IAB/Orca-Android;FBAV/500.0;]`],
  ['messaging', 'messenger', `${ANDROID} [FB_IAB/MESSENGER;FBAV/500.0;]`],
  ['messaging', 'whatsapp', `${IOS} Mobile/15E148 [FBAN/FBIOS] WAiOS/2.25`],
  ['messaging', 'whatsapp', `${ANDROID} WA4A/2.25`],
  ['organic_social', 'instagram', `${IOS} Mobile/15E148 Instagram 380.0.0 (iPhone15,2; FBAN/x)`],
  ['organic_social', 'threads', `${IOS} Mobile/15E148 Barcelona 380.0.0 (iPhone15,2; FBAN/x)`],
  ['organic_social', 'x', `${IOS} Mobile/15E148 Twitter for iPhone/10.40`],
  ['organic_social', 'x', `${ANDROID} TwitterAndroid`],
  ['organic_social', 'linkedin', `${IOS} Mobile/15E148 [LinkedInApp]/9.30`],
  ['organic_social', 'pinterest', `${IOS} Mobile/15E148 [Pinterest/iOS]`],
  ['organic_social', 'tiktok', `${ANDROID} musical_ly_2023 JsSdk/1.0`],
  ['organic_social', 'tiktok', `${ANDROID} trill_390 AppName/trill`],
  ['organic_social', 'snapchat', `${IOS} Mobile/15E148 Snapchat/13.0 (like Safari)`],
  ['organic_social', 'weibo', `${IOS} Mobile/15E148 Weibo (iPhone15,2__weibo__15.0)`],
  ['organic_social', 'reddit', `${IOS} Mobile/15E148 Reddit/Version 2025.20`],
  ['messaging', 'wechat', `${ANDROID} MicroMessenger/8.0.50`],
  ['messaging', 'line', `${IOS} Mobile/15E148 Safari Line/15.0`],
  ['messaging', 'telegram', `${ANDROID} Telegram-Android/11.0`],
];

test.each(APPS)('knows a visit without referrer as %s in the app of %s (%s)', (channel, network, userAgent) => {
  expect(summarize(classifyLanding({ url: SHOP, userAgent }))).toEqual([channel, network, false, 'in_app']);
});

const INSTAGRAM = `${IOS} Mobile/15E148 Instagram 380.0.0`;

test.each<[string, LandingInput, Expected]>([
  ['lets a referrer decide over the in-app browser', { url: SHOP, referrer: 'https://t.co/', userAgent: INSTAGRAM }, ['organic_social', 'x', false, 'referrer']],
  ['lets tags decide over the in-app browser', { url: SHOP + '?utm_source=spring', userAgent: INSTAGRAM }, ['other', null, false, 'utm']],
  ['lets a click id decide over the in-app browser', { url: SHOP + '?gclid=G1', userAgent: INSTAGRAM }, ['paid_search', 'google', true, 'click_id']],
  ['keeps a step within the shop internal in an in-app browser', { url: SHOP, referrer: SHOP, userAgent: INSTAGRAM }, INTERNAL],
  ['takes no crawler for an in-app browser', { url: SHOP, userAgent: 'Mozilla/5.0 (compatible; Pinterestbot/1.0)' }, DIRECT],
  ['takes no ordinary browser for an in-app browser', { url: SHOP, userAgent: `${IOS} Version/18.5 Mobile/15E148 Safari/604.1` }, DIRECT],
  ['does not find LINE inside a word', { url: SHOP, userAgent: `${IOS} Offline/1.0` }, DIRECT],
])('%s', (_promise, input, expected) => {
  expect(summarize(classifyLanding(input))).toEqual(expected);
});

// Evidence that is kept

test('keeps the campaign as it is written', () => {
  const { campaign } = classifyLanding({
    url: SHOP + '?utm_source=Facebook&utm_medium=CPC&utm_campaign=Spring%20Sale&utm_term=shoes&utm_content=a%2Bb&utm_id=42&utm_other=x',
  });
  expect(campaign).toEqual({ source: 'Facebook', medium: 'CPC', name: 'Spring Sale', term: 'shoes', content: 'a+b', id: '42' });
});

test('leaves the campaign out when there is none', () => {
  expect(classifyLanding({ url: SHOP + '?gclid=G1' }).campaign).toBeUndefined();
});

test('keeps no campaign value that the batch schema would refuse', () => {
  expect(classifyLanding({ url: `${SHOP}?utm_campaign=${'x'.repeat(1000)}` }).campaign?.name).toHaveLength(300);
});

test('keeps every known click id as it is written, the stale ones too', () => {
  const { clickIds } = classifyLanding({ url: SHOP + '?GCLID=Cj0-_AbC&fbclid=IwZXh0&fbclid=second&other=1', referrer: 'https://t.co/' });
  expect(clickIds).toEqual({ gclid: 'Cj0-_AbC', fbclid: 'IwZXh0' });
});

// Hostile input

const LONG = 'a'.repeat(1_000_000);
const HOSTILE: [string, unknown][] = [
  ['nothing at all', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a number', 7],
  ['null in every field', { url: null, referrer: null, userAgent: null, internalHosts: null }],
  ['numbers in every field', { url: 1, referrer: 2, userAgent: 3, internalHosts: 4 }],
  ['symbols in every field', { url: Symbol('u'), referrer: Symbol('r'), userAgent: Symbol('a'), internalHosts: [Symbol('h')] }],
  ['objects without prototype', { url: Object.create(null), referrer: Object.create(null), internalHosts: [Object.create(null), null] }],
  ['text where a list of hosts belongs', { url: SHOP, referrer: '', internalHosts: 'shop.example' }],
  ['an address that is none', { url: '%%%', referrer: 'http://', userAgent: '' }],
  ['names of object members as tags', { url: SHOP + '?__proto__=x&constructor=y&utm___proto__=z&toString=w' }],
  ['names of object members as referrer', { url: SHOP, referrer: 'https://__proto__/' }],
  ['a megabyte of address', { url: SHOP + '?x=' + LONG }],
  ['tags behind a megabyte of address, which nobody looks at', { url: SHOP + '?x=' + LONG + '&utm_source=facebook' }],
  ['a megabyte of user agent', { url: SHOP, userAgent: LONG }],
  ['a megabyte of opening brackets', { url: SHOP + '?x=' + '{'.repeat(1_000_000) }],
  ['lone surrogates and control characters', { url: SHOP + '?\ud800=\u0000\udfff', referrer: '\u0000', userAgent: '\ud800' }],
];

test.each(HOSTILE)('answers direct, and does not throw, for %s', (_name, input) => {
  const landing = classifyLanding(input as LandingInput);
  expect(summarize(landing)).toEqual(DIRECT);
  expect(landing).toMatchObject({ campaign: undefined, clickIds: {} });
  expect(Object.prototype).not.toHaveProperty('x');
});

test.each([
  ['dots', 'https://' + 'a.'.repeat(500_000) + 'com/'],
  ['at signs', 'https://' + '@'.repeat(1_000_000)],
  ['tags', SHOP + '?' + 'utm_source=x&gclid=y&'.repeat(50_000)],
])('answers in good time for a megabyte of %s', (_name, text) => {
  const start = performance.now();
  classifyLanding({ url: text, referrer: text, userAgent: text });
  expect(performance.now() - start).toBeLessThan(500);
});

test.each(['constructor', 'toString', '.com', '.'])('knows no source called %s', (source) => {
  const landing = classifyLanding({ url: `${SHOP}?utm_source=${encodeURIComponent(source)}` });
  expect(landing).toMatchObject({ channel: 'other', network: null });
});

test('never throws and always answers with a known channel', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.array(fc.constantFrom('utm_source', 'utm_medium', 'gclid', 'fbclid', '=', '&', '?', '#', '%', 'facebook', 'cpc', 'https://', 't.co', '/', '.', 'Instagram '))
      .map((parts) => SHOP + '?' + parts.join('')),
  );
  fc.assert(
    fc.property(text, text, text, fc.array(text), (url, referrer, userAgent, internalHosts) => {
      const landing = classifyLanding({ url, referrer, userAgent, internalHosts });
      expect(CHANNELS).toContain(landing.channel);
      expect([true, false, null]).toContain(landing.paid);
      expect(['referrer', 'utm', 'click_id', 'in_app', null]).toContain(landing.by);
      expect(landing.network === null || /^[a-z_]+$/.test(landing.network)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
