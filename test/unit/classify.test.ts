import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyLanding } from '../../src/capture/classify-landing.js';
import type { Channel, Landing, LandingInput } from '../../src/capture/classify.js';

const SHOP = 'https://shop.example/';
const CHANNELS: Channel[] = [
  'paid_social', 'organic_social', 'messaging', 'influencer', 'affiliate', 'shared_link',
  'paid_search', 'organic_search', 'ai_assistant', 'email', 'sms', 'push',
  'display', 'paid_other', 'offline', 'referral', 'internal', 'other', 'direct',
];

/** Whether a visit of a channel was paid, where nothing more is known. */
const paidBy = (channel: Channel) => (/^(affiliate|influencer|ai)/.test(channel) ? null : false);

/** channel, network, paid, by */
type Expected = [Channel, string | null, boolean | null, Landing['by']];
type Row = [promise: string, query: string, referrer: string, expected: Expected];

const summarize = ({ channel, network, paid, by }: Landing): Expected => [channel, network, paid, by];

const DIRECT: Expected = ['direct', null, false, null];
const REFERRAL: Expected = ['referral', null, false, 'referrer'];
const INTERNAL: Expected = ['internal', null, false, 'referrer'];
const OTHER: Expected = ['other', null, false, 'utm'];

const NETWORKS: [host: string, channel: Channel, network: string][] = [
  ['www.facebook.com', 'organic_social', 'facebook'],
  ['m.facebook.com', 'organic_social', 'facebook'],
  ['l.facebook.com', 'organic_social', 'facebook'],
  ['fb.com', 'organic_social', 'facebook'],
  ['l.instagram.com', 'organic_social', 'instagram'],
  ['l.threads.com', 'organic_social', 'threads'],
  ['t.co', 'organic_social', 'x'],
  ['x.com', 'organic_social', 'x'],
  ['mobile.twitter.com', 'organic_social', 'x'],
  ['www.linkedin.com', 'organic_social', 'linkedin'],
  ['www.pinterest.com', 'organic_social', 'pinterest'],
  ['www.pinterest.de', 'organic_social', 'pinterest'],
  ['pinterest.co.uk', 'organic_social', 'pinterest'],
  ['vm.tiktok.com', 'organic_social', 'tiktok'],
  ['www.snapchat.com', 'organic_social', 'snapchat'],
  ['out.reddit.com', 'organic_social', 'reddit'],
  ['m.youtube.com', 'organic_social', 'youtube'],
  ['l.messenger.com', 'messaging', 'messenger'],
  ['web.whatsapp.com', 'messaging', 'whatsapp'],
  ['wa.me', 'messaging', 'whatsapp'],
  ['web.telegram.org', 'messaging', 'telegram'],
  ['t.me', 'messaging', 'telegram'],
  ['mail.google.com', 'email', 'gmail'],
  ['chatgpt.com', 'ai_assistant', 'chatgpt'],
  ['gemini.google.com', 'ai_assistant', 'gemini'],
  ['www.google.com', 'organic_search', 'google'],
  ['www.google.de', 'organic_search', 'google'],
  ['google.co.uk', 'organic_search', 'google'],
  ['www.google.com.au', 'organic_search', 'google'],
  ['www.bing.com', 'organic_search', 'bing'],
  ['search.yahoo.com', 'organic_search', 'yahoo'],
  ['duckduckgo.com', 'organic_search', 'duckduckgo'],
];

test.each(NETWORKS)('knows a visit from %s as %s of %s', (host, channel, network) => {
  expect(summarize(classifyLanding({ url: SHOP, referrer: `https://${host}/` }))).toEqual([channel, network, paidBy(channel), 'referrer']);
});

test.each(NETWORKS)('knows %s in utm_source as %s of %s', (host, channel, network) => {
  const source = host.replace(/^www\./, '');
  expect(summarize(classifyLanding({ url: `${SHOP}?utm_source=${source}` }))).toEqual([channel, network, paidBy(channel), 'utm']);
});

test.each([...new Map(NETWORKS.map(([, channel, network]) => [network, channel]))])('knows %s in utm_source, however it is written', (network, channel) => {
  for (const source of [network, network.toUpperCase()]) {
    expect(summarize(classifyLanding({ url: `${SHOP}?utm_source=${source}` }))).toEqual([channel, network, paidBy(channel), 'utm']);
  }
});

test.each([
  'notfacebook.com', 'facebook.com.evil.example', 'facebook.co', 'my-facebook.com', 'netflix.com', 'xx.com', 'fax.com', 'not-t.co', 'chat.com',
  'x.com.evil.example', 'google.com.evil.example', 'notgoogle.de', 'my-google.de', 'google.evil.com', 'google.company', 'pinterest.evil', 'evil-pinterest.de',
  'facebook-com.example', 'mail-google.com', '__proto__.example', 'constructor.example', 'instagram.example', 'x.example', 'organic-social.example',
])('never takes %s for a network', (host) => {
  expect(summarize(classifyLanding({ url: SHOP, referrer: `https://${host}/` }))).toEqual(REFERRAL);
  expect(classifyLanding({ url: `${SHOP}?utm_source=${host}` })).toMatchObject({ channel: 'other', network: null });
});

const ROWS: Row[] = [
  // The referrer as text
  ['reads a referrer in capitals', '', 'HTTPS://WWW.Facebook.COM/', ['organic_social', 'facebook', false, 'referrer']],
  ['reads a referrer with port, user and password', '', 'https://me:secret@l.facebook.com:8443/l.php?u=1', ['organic_social', 'facebook', false, 'referrer']],
  ['is not fooled by a network in the user part', '', 'https://facebook.com@evil.example/', REFERRAL],
  ['is not fooled by a network in the path', '', 'https://evil.example/facebook.com', REFERRAL],
  ['is not fooled by a network in the query', '', 'https://evil.example/?q=https://facebook.com/', REFERRAL],
  ['reads a referrer with white space around', '', '  https://t.co/abc \n', ['organic_social', 'x', false, 'referrer']],
  ['counts an unknown site as referral', '', 'https://blog.example/post', REFERRAL],
  ['counts a site with an international name as referral', '', 'https://bücher.example/', REFERRAL],
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
  ['counts a look-alike of a listed host as referral', '', 'https://notshop-pay.example/', REFERRAL],
  ['counts a sister host of the shop as referral', '', 'https://other.example/', REFERRAL],
  ...['www.paypal.com', 'checkout.stripe.com', 'pay.klarna.com', 'accounts.google.com'].map(
    (host): Row => [`counts the way back from ${host} as internal`, '', `https://${host}/return`, INTERNAL],
  ),
  ['believes the tags of a link within the shop', '?utm_source=facebook&utm_medium=cpc', 'https://shop.example/', ['paid_social', 'facebook', true, 'utm']],
  ['does not name the payment provider of a tagged visit', '?utm_source=spring', 'https://www.paypal.com/', OTHER],

  // Sources
  ['knows a source by its short name', '?utm_source=ig', '', ['organic_social', 'instagram', false, 'utm']],
  ['knows fb as Facebook', '?utm_source=fb', '', ['organic_social', 'facebook', false, 'utm']],
  ['knows twitter as X', '?utm_source=twitter', '', ['organic_social', 'x', false, 'utm']],
  ['knows the source that ChatGPT adds', '?utm_source=chatgpt.com', '', ['ai_assistant', 'chatgpt', null, 'utm']],
  ['believes the source more than the referrer', '?utm_source=pinterest', 'https://www.google.com/', ['organic_social', 'pinterest', false, 'utm']],

  // Mediums that decide
  ['counts a QR code as offline', '?utm_source=box&utm_medium=qr-code', '', ['offline', null, false, 'utm']],
  ['counts print as offline', '?utm_medium=Print', '', ['offline', null, false, 'utm']],
  ['counts offline as offline', '?utm_medium=offline', '', ['offline', null, false, 'utm']],
  ['counts email as email', '?utm_source=spring&utm_medium=email', '', ['email', null, false, 'utm']],
  ['counts a newsletter as email', '?utm_source=spring&utm_medium=Newsletter', '', ['email', null, false, 'utm']],
  ['counts sms as sms', '?utm_source=spring&utm_medium=sms', '', ['sms', null, false, 'utm']],
  ['counts web push as push', '?utm_source=spring&utm_medium=web-push', '', ['push', null, false, 'utm']],
  ['counts an affiliate link as affiliate', '?utm_source=awin&utm_medium=affiliate', '', ['affiliate', 'awin', null, 'utm']],
  ['counts an influencer link as influencer and keeps the network', '?utm_source=instagram&utm_medium=influencer', '', ['influencer', 'instagram', null, 'utm']],
  ['counts a creator link as influencer', '?utm_source=tiktok&utm_medium=creator', '', ['influencer', 'tiktok', null, 'utm']],
  ['counts a share button as shared link and keeps the network', '?utm_source=whatsapp&utm_medium=share', '', ['shared_link', 'whatsapp', false, 'utm']],
  ['names the referrer of a shared link', '?utm_source=button&utm_medium=share', 'https://t.co/', ['shared_link', 'x', false, 'utm']],
  ['counts an AI answer as ai_assistant', '?utm_source=somebot&utm_medium=ai', '', ['ai_assistant', null, null, 'utm']],
  ['counts a banner as display, which somebody paid for', '?utm_source=spring&utm_medium=banner', '', ['display', null, true, 'utm']],
  ['counts display on a social network as paid social', '?utm_source=facebook&utm_medium=display', '', ['paid_social', 'facebook', true, 'utm']],
  ['counts affiliate-cpa as affiliate, not as an ad', '?utm_source=awin&utm_medium=affiliate-cpa', '', ['affiliate', 'awin', null, 'utm']],
  ['counts paid_influencer as influencer, not as an ad', '?utm_source=tiktok&utm_medium=paid_influencer', '', ['influencer', 'tiktok', null, 'utm']],
  ['lets the medium decide over the referrer', '?utm_source=spring&utm_medium=email', 'https://t.co/', ['email', null, false, 'utm']],
  ['finds a word of the medium between others', '?utm_source=spring&utm_medium=crm_email|weekly', '', ['email', null, false, 'utm']],
  ['does not find a word inside another', '?utm_source=spring&utm_medium=emailed', '', OTHER],

  // Paid
  ['counts cpc on Facebook as paid social', '?utm_source=facebook&utm_medium=cpc', '', ['paid_social', 'facebook', true, 'utm']],
  ['counts cpc on Google as paid search', '?utm_source=google&utm_medium=cpc', '', ['paid_search', 'google', true, 'utm']],
  ...['CPC', 'ppc', 'cpm', 'cpa', 'cpv', 'paid', 'paid_social', 'paid-social', 'paidsocial', 'paid+social', 'ads', 'ad', 'social_ads'].map(
    (medium): Row => [`reads ${medium} as paid`, `?utm_source=instagram&utm_medium=${medium}`, '', ['paid_social', 'instagram', true, 'utm']],
  ),
  ['counts paid on a chat as paid social', '?utm_source=telegram&utm_medium=paid', '', ['paid_social', 'telegram', true, 'utm']],
  ['counts paid on an AI assistant as paid ai_assistant', '?utm_source=chatgpt&utm_medium=cpc', '', ['ai_assistant', 'chatgpt', true, 'utm']],
  ['names the network of the referrer for a paid visit', '?utm_source=spring&utm_medium=cpc', 'https://l.facebook.com/', ['paid_social', 'facebook', true, 'utm']],
  ['counts cpc of an unknown source as paid_other', '?utm_source=spring&utm_medium=cpc', '', ['paid_other', null, true, 'utm']],
  ['counts cpc of an unknown source on an unknown site as paid_other', '?utm_source=spring&utm_medium=cpc', 'https://blog.example/', ['paid_other', null, true, 'utm']],
  ['does not read "adventure" or "loads" as an ad', '?utm_source=instagram&utm_medium=adventure-loads', '', ['organic_social', 'instagram', false, 'utm']],
  ['takes a click id of ads for paid', '?gclid=G1&fbclid=F1', '', ['paid_search', 'google', true, 'click_id']],

  // Mediums that hint
  ['counts social of an unknown source as organic social', '?utm_source=spring&utm_medium=social', '', ['organic_social', null, false, 'utm']],
  ['counts organic-social as social', '?utm_source=spring&utm_medium=organic-social', '', ['organic_social', null, false, 'utm']],
  ['counts organic of an unknown source as organic search', '?utm_source=spring&utm_medium=organic', '', ['organic_search', null, false, 'utm']],
  ['counts messaging of an unknown source as messaging', '?utm_source=spring&utm_medium=messaging', '', ['messaging', null, false, 'utm']],
  ['lets a known source decide over a hint', '?utm_source=facebook&utm_medium=organic', '', ['organic_social', 'facebook', false, 'utm']],
  ['names the network of the referrer where a hint decides', '?utm_source=spring&utm_medium=social', 'https://t.co/', ['organic_social', 'x', false, 'utm']],

  // Tags that nobody knows
  ['counts unknown tags without referrer as other', '?utm_source=spring&utm_medium=thing', '', OTHER],
  ['counts a campaign name alone as other', '?utm_campaign=spring', '', OTHER],
  ['counts unknown tags from an unknown site as referral', '?utm_source=spring', 'https://blog.example/', ['referral', null, false, 'referrer']],
  ['counts unknown tags from a network as that network', '?utm_source=spring', 'https://t.co/', ['organic_social', 'x', false, 'referrer']],

  // Parameters as links really carry them
  ['reads tags whatever their case', '?UTM_Source=Facebook&utm_MEDIUM=CPC', '', ['paid_social', 'facebook', true, 'utm']],
  ['reads encoded values', '?utm_source=facebook&utm_medium=paid%20social', '', ['paid_social', 'facebook', true, 'utm']],
  ['reads encoded names', '?utm%5Fsource=facebook', '', ['organic_social', 'facebook', false, 'utm']],
  ['ignores empty tags', '?utm_source=&utm_medium=', '', DIRECT],
  ['ignores tags of another prefix', '?xutm_source=facebook', '', DIRECT],
  ['reads tags behind #', '#utm_source=facebook', '', ['organic_social', 'facebook', false, 'utm']],
  ['survives percent signs that encode nothing', '?utm_source=facebook&utm_campaign=%E0%A4%A&x=%', '', ['organic_social', 'facebook', false, 'utm']],
];

test.each(ROWS)('%s', (_promise, query, referrer, expected) => {
  expect(summarize(classifyLanding({ url: SHOP + query, referrer, internalHosts: ['shop-pay.example'] }))).toEqual(expected);
});

test.each([
  ['https://www.shop.example/', 'https://www.shop.example/cart'],
  ['https://www.shop.example/', 'https://checkout.www.shop.example/'],
  ['https://www.shop.example/', 'https://shop.example/'],
  ['https://de.shop.example/', 'https://de.shop.example/cart'],
  ['https://de.shop.example/', 'https://www.shop.example/'],
  ['http://127.0.0.1:4173/cart', 'http://127.0.0.1:4173/'],
  ['http://localhost:4173/cart', 'http://localhost:5000/'],
])('keeps a step within a shop on %s internal', (url, referrer) => {
  expect(summarize(classifyLanding({ url, referrer }))).toEqual(INTERNAL);
});

describe('the campaign', () => {
  test('is kept as it is written', () => {
    const { campaign } = classifyLanding({
      url: `${SHOP}?utm_source=Facebook&utm_medium=CPC&utm_campaign=Spring%20Sale&utm_term=shoes&utm_content=a%2Bb&utm_id=42&other=x`,
    });
    expect(campaign).toEqual({ source: 'Facebook', medium: 'CPC', name: 'Spring Sale', term: 'shoes', content: 'a+b', id: '42' });
  });

  test('is left out where there is none', () => {
    expect(classifyLanding({ url: `${SHOP}?gclid=G1&utm_source=`, referrer: 'https://t.co/' }).campaign).toBeUndefined();
  });

  test('is kept also where the referrer decides', () => {
    expect(classifyLanding({ url: `${SHOP}?utm_campaign=spring`, referrer: 'https://t.co/' }).campaign).toEqual({ name: 'spring' });
  });

  test('has no value that the batch schema would refuse', () => {
    expect(classifyLanding({ url: `${SHOP}?utm_campaign=${'x'.repeat(1000)}` }).campaign?.name).toHaveLength(300);
  });

  test('has no end of tags', () => {
    const tags = Array.from({ length: 5000 }, (_, index) => `utm_tag${index}=x`).join('&');
    expect(Object.keys(classifyLanding({ url: `${SHOP}?utm_source=spring&${tags}` }).campaign!).length).toBeLessThan(20);
  });
});

const LONG = 'a'.repeat(1_000_000);

test.each<[what: string, input: unknown]>([
  ['nothing at all', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a number', 7],
  ['null for addresses', { url: null, referrer: null, userAgent: null }],
  ['numbers for addresses', { url: 1, referrer: 2, userAgent: 3 }],
  ['symbols for addresses', { url: Symbol('u'), referrer: Symbol('r') }],
  ['objects without prototype for addresses', { url: Object.create(null), referrer: Object.create(null) }],
  ['empty texts', { url: '', referrer: '', internalHosts: [''] }],
  ['addresses that are none', { url: '%%%', referrer: 'http://', userAgent: '' }],
  ['names of object members as parameters', { url: `${SHOP}?__proto__=x&constructor=y&toString=w` }],
  ['a megabyte of address', { url: `${SHOP}?x=${LONG}`, referrer: LONG }],
  ['lone surrogates and control characters', { url: `${SHOP}?\ud800=\u0000\udfff`, referrer: '\u0000' }],
])('answers direct, and does not throw, for %s', (_what, input) => {
  const landing = classifyLanding(input as LandingInput);
  expect(summarize(landing)).toEqual(DIRECT);
  expect(landing.campaign).toBeUndefined();
});

test('does not let a tag change what objects are', () => {
  const { campaign } = classifyLanding({ url: `${SHOP}?utm___proto__=z&utm_constructor=y` });
  expect(({} as Record<string, unknown>).z).toBeUndefined();
  expect(campaign).toBeUndefined();
});

test.each([
  ['dots', `https://${'a.'.repeat(500_000)}com/`],
  ['at signs', `https://${'@'.repeat(1_000_000)}`],
  ['a tag', `${SHOP}?utm_source=${LONG}&utm_medium=${LONG}`],
  ['words', `${SHOP}?utm_medium=${'a-'.repeat(500_000)}`],
  ['tags', `${SHOP}?${'utm_source=x&utm_medium=y&'.repeat(40_000)}`],
])('answers in good time for a megabyte of %s', (_what, text) => {
  const start = performance.now();
  classifyLanding({ url: text, referrer: text });
  expect(performance.now() - start).toBeLessThan(1000);
});

test.each(['constructor', 'toString', 'proto__', '.com', '.', ':', '=', 'organic_social', 'com'])('knows no source called %s', (source) => {
  expect(classifyLanding({ url: `${SHOP}?utm_source=${encodeURIComponent(source)}` })).toMatchObject({ channel: 'other', network: null });
});

test('never throws, and always answers with a channel that there is', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.array(fc.constantFrom('utm_source', 'utm_medium', 'utm_campaign', '=', '&', '?', '#', '%', 'facebook', 'cpc', 'email', 'social', 'https://', 't.co', '/', '.', ' '))
      .map((parts) => `${SHOP}?${parts.join('')}`),
    fc.constantFrom(...NETWORKS.map(([host]) => `https://${host}/`)),
  );
  fc.assert(
    fc.property(text, text, fc.array(text), (url, referrer, internalHosts) => {
      const landing = classifyLanding({ url, referrer, internalHosts });
      expect(CHANNELS).toContain(landing.channel);
      expect([true, false, null]).toContain(landing.paid);
      expect(['referrer', 'utm', 'click_id', null]).toContain(landing.by);
      expect(landing.network === null || /^[a-z_]+$/.test(landing.network)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
