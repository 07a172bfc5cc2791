import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { classify, type Landing, type LandingInput } from '../../src/capture/classify.js';
import { classifyLanding } from '../../src/capture/classify-landing.js';
import { compact, full } from '../../src/capture/compact-networks.mjs';

interface Facts {
  category: string;
  hosts?: string[];
  shims?: string[];
  apps?: string[];
  tokens?: string[];
  clickIds?: Record<string, boolean | 'unknown'>;
  aliases?: string[];
  adAliases?: string[];
}
const facts = JSON.parse(readFileSync('src/capture/social-sources.json', 'utf8')) as {
  networks: Record<string, Facts>;
  script: { categories: string[]; networks: string[]; passthroughNames: string[] };
  categoryChannel: Record<string, string>;
  clickIdNetwork: Record<string, string>;
  countryEndings: Record<string, string[]>;
  mediumClasses: Record<string, string[]>;
  sourceClasses: Record<string, string[]>;
  emailClickIds: string[];
  passthrough: string[];
  passthroughNames: string[];
  shorteners: string[];
  notSearch: string[];
};
const NETWORKS = Object.entries(facts.networks);
const SHOP = 'https://shop.example/';
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const UNKNOWN: Partial<Landing> = { channel: 'referral', network: null, paid: false, by: 'referrer' };

/** How the rules of the issue did: shown when the file is done. */
const score = new Map<string, { cases: number; passed: number }>();
function check(rule: string, input: LandingInput, expected: Partial<Landing>) {
  const of = score.get(rule) ?? { cases: 0, passed: 0 };
  score.set(rule, of);
  of.cases++;
  expect(classifyLanding({ url: SHOP, ...input }), `${rule}: ${JSON.stringify(input).slice(0, 300)}`).toMatchObject(expected);
  of.passed++;
}
afterAll(() => console.table(Object.fromEntries([...score].sort())));

const paidBy = (channel: string) => (/^(affiliate|influencer|ai)/.test(channel) ? null : /^(paid|display)/.test(channel));
const free = (category: string) => facts.categoryChannel[category] as Landing['channel'];
const bought = (category: string) => free(category).replace('messaging', 'organic_social').replace('organic', 'paid').replace('referral', 'paid_other') as Landing['channel'];
const hostsOf = (id: string, { hosts = [], shims = [] }: Facts) =>
  [...hosts, ...shims].flatMap((host) => (host.includes('{cc}') ? (facts.countryEndings[id] ?? ['com', 'de', 'co.uk', 'com.au', 'fr']).map((cc) => host.replace('{cc}', cc)) : host));

const ALL_HOSTS = NETWORKS.flatMap(([id, network]) => hostsOf(id, network));
/** Whether a host is below another that is known: what stands before it is below that one, too. */
const isBelow = (name: string) => ALL_HOSTS.some((host) => !/[=/]/.test(host) && name.endsWith(`.${host}`));

test('the tables are what the build makes of the JSON', () => {
  expect(readFileSync('src/capture/networks.ts', 'utf8')).toBe(compact);
  expect(readFileSync('src/capture/all-networks.ts', 'utf8')).toBe(full);
});

describe.each(NETWORKS)('%s', (id, network) => {
  const channel = free(network.category);
  const arrived = { channel, network: id, paid: paidBy(channel) };

  test('by its hosts, and none that looks like them', () => {
    for (const host of hostsOf(id, network)) {
      const [name = '', ...path] = host.replace('=', '').split('/');
      const rest = path.length ? '/' + path.join('/') : '/';
      for (const referrer of [`https://${name}${rest}`, `HTTP://${name.toUpperCase()}:8080${rest}?a=b#c`, `https://www.${name}${rest}`, ` https://me:pw@${name}.${rest} `, `android-app://${name}${rest}`]) {
        check('03 network-match', { referrer }, { ...arrived, by: 'referrer' });
      }
      if (!host.startsWith('=')) check('03 network-match', { referrer: `https://m.sub.${name}${rest}` }, { ...arrived, by: 'referrer' });
      if (!isBelow(name)) check('03 look-alikes', { referrer: `https://not${name}${rest}` }, UNKNOWN);
      for (const referrer of [`https://${name}.evil.example${rest}`, `https://${name.replace(/\./g, '-')}.example/`, `https://evil.example/${name}`, `https://evil.example/?u=https://${name}/`, `https://${name}@evil.example/`]) {
        check('03 look-alikes', { referrer }, UNKNOWN);
      }
    }
  });

  test('by its apps', () => {
    for (const app of network.apps ?? []) {
      check('03 network-match', { referrer: `android-app://${app}/` }, { ...arrived, by: 'referrer' });
      check('03 network-match', { referrer: `android-app://${app.toUpperCase()}` }, { ...arrived, by: 'referrer' });
      check('03 look-alikes', { referrer: `android-app://${app}.evil` }, UNKNOWN);
      check('03 look-alikes', { referrer: `android-app://evil${app}` }, UNKNOWN);
    }
  });

  test('by its names', () => {
    for (const alias of network.aliases ?? []) {
      for (const source of [alias, alias.toUpperCase(), ` ${alias} `]) check('12 source', { url: `${SHOP}?utm_source=${encodeURIComponent(source)}` }, { ...arrived, by: 'utm' });
      check('12 source', { url: `${SHOP}?utm_source=${encodeURIComponent(alias)}`, referrer: 'https://www.google.com/' }, { ...arrived, by: 'utm' });
      check('04 source-match', { url: `${SHOP}?ref=${encodeURIComponent(alias)}` }, { ...arrived, by: 'utm' });
      const ad = `${alias}-ads`;
      if (!NETWORKS.some(([, { aliases = [] }]) => aliases.includes(ad))) check('04 source-match', { url: `${SHOP}?utm_source=${encodeURIComponent(ad)}` }, { channel: bought(network.category), network: id, paid: true, by: 'utm' });
      check('07 paid', { url: `${SHOP}?utm_source=${encodeURIComponent(alias)}&utm_medium=CPC` }, { channel: bought(network.category), network: id, paid: true, by: 'utm' });
    }
    for (const ad of network.adAliases ?? []) check('04 source-match', { url: `${SHOP}?utm_source=${encodeURIComponent(ad)}` }, { channel: bought(network.category), network: id, paid: true, by: 'utm' });
  });

  test('by its click ids', () => {
    for (const [param, paid] of Object.entries(network.clickIds ?? {})) {
      const value = 'AbC-_dE.1%2F';
      const expected = { network: facts.clickIdNetwork[param] ?? id, by: 'click_id' as const, clickIds: { [param]: 'AbC-_dE.1/' } };
      for (const url of [`${SHOP}?a=b&${param}=${value}`, `${SHOP}?${param.toUpperCase()}=${value}`]) {
        if (network.category === 'affiliate') check('06 click-affiliate', { url }, { ...expected, channel: 'affiliate', paid: null });
        else if (paid === true) check('07 paid', { url }, { ...expected, channel: param === 'dclid' ? 'display' : bought(network.category), paid: true });
        else if (param !== 'fbclid' || id === 'facebook') check('09 ambiguous-click-id', { url }, { ...expected, channel, paid: null });
      }
      if (network.category === 'affiliate') continue;
      const other = id === 'x' ? 'https://www.reddit.com/' : 'https://t.co/x';
      check('08 stale-click-id', { url: `${SHOP}?${param}=${value}`, referrer: other }, { channel: 'organic_social', network: id === 'x' ? 'reddit' : 'x', paid: false, by: 'referrer' });
    }
  });

  test('by the mark in the user agent', () => {
    for (const token of network.tokens ?? []) {
      // One token may be the beginning of what an earlier network has.
      const userAgent = `${SAFARI} ${token}123`;
      check('18 in-app', { userAgent }, { ...arrived, by: 'in_app', confidence: 'medium', inApp: { network: id, evidence: expect.any(String) as unknown as string } });
      check('18 in-app', { userAgent, referrer: 'https://blog.example/' }, { ...UNKNOWN, inApp: { network: id, evidence: expect.any(String) as unknown as string } });
      check('18 in-app', { userAgent: `${userAgent} somebot/1.0` }, { channel: 'direct', network: null, inApp: null });
    }
  });

  test('in the script too, by its first host and its id', () => {
    if (!facts.script.categories.includes(network.category) && !facts.script.networks.includes(id)) return;
    const [host = ''] = hostsOf(id, network);
    expect(classify({ url: SHOP, referrer: `https://${host.replace('=', '')}/` })).toMatchObject({ ...arrived, by: 'referrer' });
    for (const param of Object.keys(network.clickIds ?? {})) expect(Object.keys(classify({ url: `${SHOP}?${param}=1` }).clickIds)).toEqual([param]);
  });
});

describe('the words of utm_medium', () => {
  const channels: Record<string, string> = { share: 'shared_link', ai: 'ai_assistant' };
  test.each(['offline', 'email', 'sms', 'push', 'affiliate', 'influencer', 'share', 'ai'])('%s', (name) => {
    const channel = (channels[name] ?? name) as Landing['channel'];
    for (const word of facts.mediumClasses[name]!) {
      for (const medium of [word, word.toUpperCase(), `crm ${word}`, `${word}|x`, `a.${word}/b`]) {
        check('05 tagged-class', { url: `${SHOP}?utm_source=spring&utm_medium=${encodeURIComponent(medium)}` }, { channel, network: null, paid: paidBy(channel), by: 'utm' });
      }
      check('05 tagged-class', { url: `${SHOP}?utm_source=instagram&utm_medium=${word}&gclid=1` }, { channel, network: 'instagram', by: 'utm' });
      check('05 tagged-class', { url: `${SHOP}?utm_medium=${word}`, referrer: 'https://t.co/' }, { channel, network: /^(share|ai)$/.test(name) ? 'x' : null });
    }
  });
  test.each(Object.entries(facts.sourceClasses))('of utm_source, where there is no medium: %s', (channel, words) => {
    for (const word of words) check('05 tagged-class', { url: `${SHOP}?utm_source=${word}&utm_medium=(none)` }, { channel: channel as Landing['channel'], network: null, by: 'utm' });
  });
  test.each(facts.mediumClasses.paid!)('%s is paid', (word) => {
    for (const medium of [word, `summer-${word}`]) check('07 paid', { url: `${SHOP}?utm_source=tiktok&utm_medium=${medium}` }, { channel: 'paid_social', network: 'tiktok', paid: true });
    for (const medium of ['un' + word, 'non-paid', 'not_paid']) check('07 paid', { url: `${SHOP}?utm_source=tiktok&utm_medium=${medium}` }, { channel: 'organic_social', network: 'tiktok', paid: false });
  });
  test.each(facts.mediumClasses.display!.filter((word) => word !== 'cpm'))('%s is display', (word) => {
    check('07 paid', { url: `${SHOP}?utm_source=spring&utm_medium=${word}` }, { channel: 'display', network: null, paid: true });
    check('07 paid', { url: `${SHOP}?utm_source=google&utm_medium=${word}` }, { channel: 'display', network: 'google', paid: true });
    check('07 paid', { url: `${SHOP}?utm_source=facebook&utm_medium=${word}` }, { channel: 'paid_social', network: 'facebook', paid: true });
  });
  test.each([['organic', 'organic_search'], ['social', 'organic_social'], ['messaging', 'messaging'], ['referral', 'referral']] as const)('%s is a hint', (name, channel) => {
    for (const word of facts.mediumClasses[name]!) {
      check('11 medium-hint', { url: `${SHOP}?utm_source=spring&utm_medium=${word}` }, { channel, network: null, paid: false, by: 'utm', confidence: 'medium' });
      check('12 source', { url: `${SHOP}?utm_source=facebook&utm_medium=${word}` }, { channel: 'organic_social', network: 'facebook', paid: false, by: 'utm' });
    }
  });
});

test('e-mail click ids, payment providers, shorteners, what is no search', () => {
  for (const param of facts.emailClickIds) {
    check('14 click-id-network', { url: `${SHOP}?${param}=1` }, { channel: 'email', network: null, paid: false, by: 'click_id', clickIds: { [param]: '1' } });
    check('14 click-id-network', { url: `${SHOP}?${param}=1`, referrer: 'https://webmail.example/' }, { channel: 'email', network: null, paid: false, by: 'click_id' });
  }
  const endings = ['com', 'com.br', 'de', 'co.uk'];
  const hosts = [...facts.passthrough.flatMap((host) => (host.includes('{cc}') ? endings.map((ending) => host.replace('{cc}', ending)) : host)), ...facts.passthroughNames.flatMap((name) => endings.map((ending) => `${name}.${ending}`))];
  for (const host of hosts) {
    check('10 internal', { referrer: `https://${host}/return?x=1` }, { channel: 'internal', network: null, paid: false });
    check('10 internal', { referrer: `https://x.${host}/` }, { channel: 'internal', network: null });
    check('03 look-alikes', { referrer: `https://not${host.replace(/\./g, '')}.example/` }, UNKNOWN);
    check('03 look-alikes', { referrer: `https://${host}.evil.example/` }, UNKNOWN);
    check('03 look-alikes', { referrer: `https://${host.replace(/\./g, '-')}.example/` }, UNKNOWN);
    if (!/pay(ments?)?\./.test(host)) check('03 look-alikes', { referrer: `https://not${host.replace(/^\w+\.(?=\w+\.\w+$)/, '')}/` }, UNKNOWN);
  }
  for (const host of facts.shorteners) check('17 referral', { referrer: `https://${host}/x` }, UNKNOWN);
  for (const host of facts.notSearch) for (const path of ['/', '/url?q=1']) check('17 referral', { referrer: `https://${host}${path}` }, UNKNOWN);
});

/** Hosts that people come back from, as the script has to know them too. */
const HANDING_BACK = `
  shop.app pay.google.com checkout.stripe.com hooks.stripe.com www.paypal.com www.paypal.de checkout.paypal.com paypal.me pay.klarna.com js.playground.klarna.com checkoutshopper-live.adyen.com live.adyen.com www.mollie.com
  www.mercadopago.com.br www.mercadopago.com.ar mercadopago.cl checkout.shopify.com pay.amazon.com payments.amazon.de secure.worldpay.com secure-test.worldpay.com www.sofort.com giropay.de www.paydirekt.de portal.clearpay.co.uk
  portal.afterpay.com checkout.sezzle.com checkout.affirm.com secure.payu.com secure.payu.in secure.payu.ro przelewy24.pl secure.przelewy24.pl secure.tpay.com ssl.dotpay.pl gate.gopay.cz payments.comgate.cz secure.barion.com secure.simplepay.hu
  api.razorpay.com securegw.paytm.in mercury.phonepe.com payments.cashfree.com www.payfast.co.za pay.yoco.com checkout.paystack.com checkout.flutterwave.com api.komojupay.com pagseguro.uol.com.br pagseguro.com.br webpay3g.transbank.cl khipu.com checkout.wompi.co pay.conekta.com
  yookassa.ru auth.robokassa.ru securepay.tinkoff.ru www.liqpay.ua secure.wayforpay.com checkout.iyzico.com www.paytr.com mclient.alipay.com www.paypay.ne.jp zalopay.vn online-pay.kakaopay.com pay.naver.com pay.line.me secure.paytabs.sa kpay.knet.com.kw
  www.trustly.com api.vipps.no mobilepay.dk www.quickpay.net online.paytrail.com www.multisafepay.com checkout.buckaroo.nl payconiq.com www.bancontact.com sis.redsys.es bizum.es online.satispay.com xpay.nexi.it secure.payplug.com secure.payzen.eu tpeweb.paybox.com oney.fr portal.scalapay.com
  test.authorize.net squareup.com centinelapi.cardinalcommerce.com secure7.arcot.com www.twint.ch www.saferpay.com skrill.com pay.skrill.com customer.cc.at.paysafecard.com 3ds.somebank.com acs2.bank.co.uk checkout.somewhere.io login.mybank.it
  checkout.svea.com payments.qliro.com secure.ogone.com p.monetico-services.com live.sequra.es pay.gocardless.com
  accounts.google.com accounts.google.de appleid.apple.com login.live.com login.microsoftonline.com login.yahoo.com login.yahoo.co.jp firm.okta.com firm.eu.auth0.com firm.onelogin.com nid.naver.com kauth.kakao.com accounts.kakao.com access.line.me open.weixin.qq.com
  id.vk.com oauth.vk.com passport.yandex.ru oauth.yandex.ru accounts.shopify.com account.apple.com login.bankid.no idp.itsme.be app.franceconnect.gouv.fr sso.firm.com signin.firm.org auth.firm.net log-in.firm.nl
`.trim().split(/\s+/);
test.each(HANDING_BACK)('%s hands the visitor back: coming from there is no arrival', (host) => {
  for (const read of [classify, classifyLanding]) {
    expect(read({ url: `${SHOP}thanks?session_id=cs_1`, referrer: `https://${host}/` })).toMatchObject({ channel: 'internal', network: null });
    expect(read({ url: `${SHOP}?utm_source=facebook&utm_medium=cpc`, referrer: `https://${host}/` })).toMatchObject({ channel: 'paid_social', network: 'facebook' });
  }
});
test.each(`
  paypal.evil.example paypal.evil.com paypal-login.com notpaypal.com paypal.com.evil.com klarna.com.evil.example klarnas.com myklarna.com evil-klarna.com shop.com myshop.app shop.apps.com accounts.google.com.evil.com login.shop.evil.com
  pay.shop.of.evil.com alipay.evil.com alipays.com payroll.com payback.de paysages.fr pays-de-loire.fr papaya.com repaying.com loginstitute.com login.example auth.example blog.auth.firm.com my-login.firm.com accountant.firm.com checkouts.firm.com ok.okta.evil.com
`.trim().split(/\s+/))('%s hands nobody back', (host) => {
  for (const read of [classify, classifyLanding]) expect(read({ url: SHOP, referrer: `https://${host}/` })).toMatchObject(UNKNOWN);
});

const row = (channel: Landing['channel'], network: string | null, paid: boolean | null, by: Landing['by']) => ({ channel, network, paid, by });
const FB_IOS = `${SAFARI} Mobile/15E148 [FBAN/FBIOS;FBAV/400.0.0.34.112;FBBV/1]`;
const INSTAGRAM = 'Mozilla/5.0 (Linux; Android 13; SM-S901B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36 Instagram 309.0.0.40.113 Android (33/13; 420dpi; FBAV)';
const MACROS = ['{{site_source_name}}', '{campaignid}', '[network]', '__CAMPAIGN_NAME__', '%%CAMPAIGN%%', '%25%25SITE%25%25', '', '+', '(none)', '(not+set)', '(direct)', 'null', 'UNDEFINED'];
const RULES: [rule: string, input: LandingInput, expected: Partial<Landing>][] = [
  ...['facebook', '//t.co/', 'javascript:alert(1)', 'data:text/html,t.co', 'file:///t.co', 'about:blank', 'http://localhost:3000/', 'http://intranet/', 'http://192.168.0.1/', 'http://[::1]/', 'http://', '%%%', 'null'].map(
    (referrer): (typeof RULES)[number] => ['01 parse', { referrer }, row('direct', null, false, null)],
  ),
  ...MACROS.map((macro): (typeof RULES)[number] => ['02 params', { url: `${SHOP}?utm_source=${macro}&utm_medium=${macro}&utm_campaign=${macro}&gclid=${macro}` }, { ...row('direct', null, false, null), campaign: undefined, clickIds: {} }]),
  ['02 params', { url: `${SHOP}?UTM_SOURCE=Facebook&amp;utm_medium=Paid%20Social` }, row('paid_social', 'facebook', true, 'utm')],
  ['02 params', { url: `${SHOP}?a=b?utm_source=facebook&utm_medium=cpc` }, row('paid_social', 'facebook', true, 'utm')],
  ['02 params', { url: `${SHOP}?utm_source=&utm_source=(none)&utm_source=tiktok&utm_source=google` }, row('organic_social', 'tiktok', false, 'utm')],
  ['02 params', { url: `${SHOP}?utm_source[]=facebook&xutm_source=facebook&next=utm_source=facebook` }, row('direct', null, false, null)],
  ...['#utm_source=facebook', '#?utm_source=facebook', '#/route?utm_source=facebook', '#!/a/b?x=y&utm_source=facebook', '?utm_source=#utm_source=facebook'].map(
    (end): (typeof RULES)[number] => ['02 params', { url: SHOP + end }, row('organic_social', 'facebook', false, 'utm')],
  ),
  ['02 params', { url: `${SHOP}?utm_source=tiktok#utm_source=facebook` }, row('organic_social', 'tiktok', false, 'utm')],
  ['02 params', { url: `${SHOP}#gclid=1` }, row('direct', null, false, null)],
  ['03 network-match', { referrer: 'https://mail.google.com/' }, row('email', 'gmail', false, 'referrer')],
  ['03 network-match', { referrer: 'https://x.com/i/grok?c=1' }, row('ai_assistant', 'grok', null, 'referrer')],
  ['03 network-match', { referrer: 'https://news.google.com/' }, row('organic_search', 'google_news', false, 'referrer')],
  ['03 network-match', { referrer: 'https://plus.url.google.com/url?sa=z' }, row('organic_search', 'google', false, 'referrer')],
  ['03 network-match', { referrer: 'android-app://com.google.android.gm/' }, row('email', 'gmail', false, 'referrer')],
  ['03 network-match', { referrer: 'android-app://org.telegram.messenger' }, row('messaging', 'telegram', false, 'referrer')],
  ...['google.company', 'google.evil.com', 'pinterest.xy', 'google.com.evil.example', 'xx.com', 'netflix.com', 'my-t.co', 'googlebing.com', 'yandex.evil', 'amazon.co.uk.evil.com'].map(
    (host): (typeof RULES)[number] => ['03 look-alikes', { referrer: `https://${host}/` }, UNKNOWN],
  ),
  ['04 source-match', { url: `${SHOP}?utm_source=Facebook_Ads` }, row('paid_social', 'facebook', true, 'utm')],
  ['04 source-match', { url: `${SHOP}?utm_source=threads` }, row('organic_social', 'threads', false, 'utm')],
  ['04 source-match', { url: `${SHOP}?utm_source=threads_ads` }, row('paid_social', 'threads', true, 'utm')],
  ['04 source-match', { url: `${SHOP}?utm_source=adwords` }, row('paid_search', 'google', true, 'utm')],
  ['04 source-match', { url: `${SHOP}?ref=producthunt` }, row('organic_social', 'producthunt', false, 'utm')],
  ['04 source-match', { url: `${SHOP}?source=facebook_ads` }, row('direct', null, false, null)],
  ['04 source-match', { url: `${SHOP}?utm_source=spring&ref=producthunt` }, row('other', null, false, 'utm')],
  ['04 source-match', { url: `${SHOP}?via=nav&ref=menu`, referrer: `${SHOP}a` }, row('internal', null, false, 'referrer')],
  ...([
    ['google shopping', 'organic_search', 'google', false], ['Google Shopping Ads', 'paid_search', 'google', true], ['google_cpc', 'paid_search', 'google', true], ['google-display', 'display', 'google', true], ['google my business', 'organic_search', 'google', false],
    ['Facebook Ads', 'paid_social', 'facebook', true], ['facebook_mobile_feed', 'organic_social', 'facebook', false], ['fb_story', 'organic_social', 'facebook', false], ['FB-paid', 'paid_social', 'facebook', true], ['Meta Ads', 'paid_social', 'facebook', true], ['meta', 'organic_social', 'facebook', false],
    ['instagram stories', 'organic_social', 'instagram', false], ['ig_story', 'organic_social', 'instagram', false], ['Instagram_Feed', 'organic_social', 'instagram', false], ['instagram-creator', 'influencer', 'instagram', null], ['ig|bio', 'organic_social', 'instagram', false],
    ['tiktok shop', 'organic_social', 'tiktok', false], ['youtube_tv', 'organic_social', 'youtube', false], ['yt shorts', 'organic_social', 'youtube', false], ['pinterest organic', 'organic_social', 'pinterest', false], ['linkedin_company_page', 'organic_social', 'linkedin', false], ['bing shopping', 'organic_search', 'bing', false],
    ['klaviyo email', 'email', null, false], ['weekly newsletter', 'email', null, false], ['facebook newsletter', 'email', 'facebook', false],
    // Names that are words of any language, or addresses.
    ['face cream', 'other', null, false], ['product line', 'other', null, false], ['line sheet', 'other', null, false], ['x mas', 'other', null, false], ['snap hooks', 'other', null, false], ['myfacebook page', 'other', null, false], ['google.evil.example', 'other', null, false], ['facebook-fans.example', 'other', null, false], ['read on facebook', 'other', null, false],
  ] as const).map(([source, channel, network, paid]): (typeof RULES)[number] => ['04 names of several words', { url: `${SHOP}?utm_source=${encodeURIComponent(source)}` }, row(channel, network, paid, 'utm')]),
  ...([['Tik Tok', 'tiktok'], ['face_book', 'facebook'], ['Linked  In', 'linkedin'], ['snap-chat', 'snapchat'], ['Insta_Gram', 'instagram'], ['what s app', 'whatsapp'], ['x - tra', null]] as const).map(([source, network]): (typeof RULES)[number] => [
    '04 names of several words, in two parts', { url: `${SHOP}?utm_source=${encodeURIComponent(source)}&utm_medium=paid+social` }, row('paid_social', network, true, 'utm'),
  ]),
  ['04 names of several words', { url: `${SHOP}?utm_source=google+shopping&utm_medium=cpc` }, row('paid_search', 'google', true, 'utm')],
  ['04 names of several words', { url: `${SHOP}?utm_source=instagram+stories&utm_medium=paid_social` }, row('paid_social', 'instagram', true, 'utm')],
  ['04 names of several words', { url: `${SHOP}?utm_source=facebook+cpc&utm_medium=organic` }, row('organic_social', 'facebook', false, 'utm')],
  ['05 tagged-class', { url: `${SHOP}?utm_medium=direct-mail` }, row('offline', null, false, 'utm')],
  ['05 tagged-class', { url: `${SHOP}?utm_source=weekly_newsletter_12` }, row('email', null, false, 'utm')],
  ['05 tagged-class', { url: `${SHOP}?utm_source=newsletter&utm_medium=foo` }, row('other', null, false, 'utm')],
  ['06 click-affiliate', { url: `${SHOP}?awc=1_2_3&utm_medium=cpc` }, row('affiliate', 'awin', null, 'click_id')],
  ['06 click-affiliate', { url: `${SHOP}?awc=1&utm_medium=email` }, row('email', null, false, 'utm')],
  ['07 paid', { url: `${SHOP}?utm_source=chatgpt&utm_medium=cpc` }, row('ai_assistant', 'chatgpt', true, 'utm')],
  ['07 paid', { url: `${SHOP}?utm_source=spring&utm_medium=paid_social` }, row('paid_social', null, true, 'utm')],
  ['07 paid', { url: `${SHOP}?utm_source=spring&utm_medium=paidsocial` }, row('paid_social', null, true, 'utm')],
  ['07 paid', { url: `${SHOP}?utm_source=spring&utm_medium=paid-search` }, row('paid_search', null, true, 'utm')],
  ['07 paid', { url: `${SHOP}?utm_source=spring&utm_medium=sem` }, row('paid_search', null, true, 'utm')],
  ['07 paid', { url: `${SHOP}?utm_source=spring&utm_medium=cpm` }, row('display', null, true, 'utm')],
  ['07 paid', { url: `${SHOP}?utm_source=google&utm_medium=cpm` }, row('paid_search', 'google', true, 'utm')],
  ['07 paid', { url: `${SHOP}?utm_source=spring&utm_medium=cpc` }, row('paid_other', null, true, 'utm')],
  ['07 paid', { url: `${SHOP}?utm_medium=cpc`, referrer: 'https://l.facebook.com/' }, row('paid_social', 'facebook', true, 'utm')],
  ['07 paid', { url: `${SHOP}?gclid=1`, referrer: 'https://blog.example/' }, row('paid_search', 'google', true, 'click_id')],
  ['07 paid', { url: `${SHOP}?utm_source=amazon&utm_medium=cpc` }, row('paid_other', 'amazon', true, 'utm')],
  ['08 stale-click-id', { url: `${SHOP}?gclid=1`, referrer: 'https://l.instagram.com/' }, { ...row('organic_social', 'instagram', false, 'referrer'), clickIds: { gclid: '1' } }],
  ['08 stale-click-id', { url: `${SHOP}?gclid=1`, referrer: 'https://mail.google.com/' }, row('email', 'gmail', false, 'referrer')],
  ['08 stale-click-id', { url: `${SHOP}?gclid=1`, referrer: 'https://www.youtube.com/' }, row('paid_social', 'youtube', true, 'click_id')],
  ['08 stale-click-id', { url: `${SHOP}?msclkid=1`, referrer: 'https://www.linkedin.com/' }, row('paid_social', 'linkedin', true, 'click_id')],
  ['08 stale-click-id', { url: `${SHOP}?gclid=1`, referrer: 'https://www.bing.com/' }, row('paid_search', 'bing', true, 'click_id')],
  ['08 stale-click-id', { url: `${SHOP}?ttclid=1`, referrer: 'https://www.tiktok.com/' }, row('paid_social', 'tiktok', true, 'click_id')],
  ['09 ambiguous-click-id', { url: `${SHOP}?fbclid=1` }, row('organic_social', 'facebook', null, 'click_id')],
  ['09 ambiguous-click-id', { url: `${SHOP}?fbclid=1`, referrer: 'https://l.instagram.com/' }, row('organic_social', 'instagram', false, 'referrer')],
  ['09 ambiguous-click-id', { url: `${SHOP}?fbclid=1`, referrer: 'https://blog.example/' }, row('referral', null, false, 'referrer')],
  ['09 ambiguous-click-id', { url: `${SHOP}?fbclid=1&utm_source=google` }, row('organic_search', 'google', false, 'utm')],
  ['09 ambiguous-click-id', { url: `${SHOP}?fbclid=1&utm_source=fb&utm_medium=paid` }, row('paid_social', 'facebook', true, 'utm')],
  ...['webmail1m.orange.fr', 'webmail.shaw.ca', 'mail.aruba.it', 'webmail02.register.it', 'email.telekom.example', 'mail2.firm.co.uk', 'webmail1.firm.com.br', 'messagerie.free.example', 'poczta.o2.pl', 'zimbra.free.fr', 'roundcube.firm.example'].map(
    (host): (typeof RULES)[number] => ['13 webmail', { referrer: `https://${host}/inbox` }, row('email', expect.toBeOneOf([null, expect.any(String)]) as unknown as string, false, 'referrer')],
  ),
  ...['mailchimp.example', 'mailing.shop.firm.example.com', 'notmail.firm.example', 'mail.ru.evil.shop.example.com', 'voicemail.firm.example', 'my-mail.firm.example', 'mail.example'].map((host): (typeof RULES)[number] => ['03 look-alikes', { referrer: `https://${host}/` }, UNKNOWN]),
  ['13 webmail', { url: 'https://shop.example/', referrer: 'https://mail.shop.example/' }, row('internal', null, false, 'referrer')],
  ...(['m.yahoo.com', 'www2.google.de', 'cdn.naver.com', 'static.baidu.com', 'img.google.com', 'images.yandex.ru'] as const).map((host): (typeof RULES)[number] => ['03 network-match', { referrer: `https://${host}/` }, { channel: 'organic_search', by: 'referrer' }]),
  ...(['static.pinterest.com', 'cdn.reddit.com', 'img.vk.com', 'm.facebook.com'] as const).map((host): (typeof RULES)[number] => ['03 network-match', { referrer: `https://${host}/` }, { channel: 'organic_social', by: 'referrer' }]),
  ...(['com.etsy.android', 'com.amazon.mShop.android.shopping', 'com.ebay.mobile', 'com.alibaba.aliexpresshd', 'com.einnovation.temu', 'com.shopee.id', 'com.walmart.android', 'de.idealo.android', 'com.mercadolibre'] as const).map(
    (app): (typeof RULES)[number] => ['03 network-match', { referrer: `android-app://${app}/` }, row('referral', expect.any(String) as unknown as string, false, 'referrer')],
  ),
  ['10 internal', { referrer: 'https://www.shop.example/cart' }, row('internal', null, false, 'referrer')],
  ['10 internal', { referrer: 'https://checkout.shop.example/' }, row('internal', null, false, 'referrer')],
  ['10 internal', { url: 'https://de.shop.example/', referrer: 'https://shop.example/' }, row('internal', null, false, 'referrer')],
  ['10 internal', { referrer: 'https://pay.other.example/', internalHosts: ['www.Other.example'] }, row('internal', null, false, 'referrer')],
  ['10 internal', { url: `${SHOP}?utm_term=x`, referrer: 'https://www.paypal.com/' }, row('internal', null, false, 'referrer')],
  ['10 internal', { referrer: 'https://access.line.me/' }, row('internal', null, false, 'referrer')],
  ['10 internal', { url: `${SHOP}?utm_source=google&utm_medium=cpc`, referrer: SHOP }, row('paid_search', 'google', true, 'utm')],
  ['10 internal', { referrer: 'https://notshop.example/' }, UNKNOWN],
  ['11 medium-hint', { url: `${SHOP}?utm_source=spring&utm_medium=social`, referrer: 'https://t.co/' }, row('organic_social', 'x', false, 'utm')],
  ['11 medium-hint', { url: `${SHOP}?utm_source=spring&utm_medium=referral`, referrer: 'https://t.co/' }, row('organic_social', 'x', false, 'referrer')],
  ['11 medium-hint', { url: `${SHOP}?utm_source=spring&utm_medium=organic-social` }, row('organic_social', null, false, 'utm')],
  ['13 referrer', { url: `${SHOP}?utm_campaign=spring`, referrer: 'https://t.co/' }, row('organic_social', 'x', false, 'referrer')],
  ['13 referrer', { referrer: 'https://ad.doubleclick.net/' }, row('display', 'google_ads_network', true, 'referrer')],
  ['13 referrer', { referrer: 'https://www.amazon.co.jp/' }, row('referral', 'amazon', false, 'referrer')],
  ['15 landing-params', { url: `${SHOP}?from=timeline&isappinstalled=0` }, row('messaging', 'wechat', false, 'click_id')],
  ['15 landing-params', { url: `${SHOP}?from=timeline` }, row('direct', null, false, null)],
  ['16 tagged-unknown', { url: `${SHOP}?utm_source=spring` }, { ...row('other', null, false, 'utm'), confidence: 'low' }],
  ['16 tagged-unknown', { url: `${SHOP}?utm_source=spring`, referrer: 'https://blog.example/' }, row('referral', null, false, 'referrer')],
  ['18 in-app', { userAgent: FB_IOS }, { ...row('organic_social', 'facebook', false, 'in_app'), inApp: { network: 'facebook', evidence: 'FBAN/' } }],
  ['18 in-app', { userAgent: INSTAGRAM, url: `${SHOP}?utm_source=newsletter&utm_medium=email` }, { ...row('email', null, false, 'utm'), inApp: { network: 'instagram', evidence: 'Instagram ' } }],
  ['18 in-app', { userAgent: INSTAGRAM.replace('SM-S901B', 'CUBOT X18') }, row('organic_social', 'instagram', false, 'in_app')],
  ['18 in-app', { userAgent: `${SAFARI} Mobile/15E148 [FBAN/FBIOS;FBAV/400.0.0.34.112;FBCR/OrangeBotswana;FBID/phone]` }, row('organic_social', 'facebook', false, 'in_app')],
  ['18 in-app', { userAgent: INSTAGRAM.replace('SM-S901B', 'TECNO PHANTOM X2') }, row('organic_social', 'instagram', false, 'in_app')],
  ['18 in-app', { userAgent: INSTAGRAM.replace('SM-S901B', 'Botox Talk') }, row('organic_social', 'instagram', false, 'in_app')],
  ...[
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh ColorScheme/Light', 'wecom'],
    ['Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/6.8.0.16 wxwork/4.1.16 Language/zh', 'wecom'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) wxwork/4.1.0 (MicroMessenger/6.2) WeWork', 'wecom'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wxworklocal/3.3.0 MicroMessenger/7.0.1', 'wecom'],
    ['Mozilla/5.0 (Linux; Android 13; V2241A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0 Mobile Safari/537.36 wxworklocalpro/2.8 MicroMessenger/7.0.1 NetType/WIFI', 'wecom'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0 Safari/537.36 notwxwork/1 MicroMessenger/6.8.0', 'wechat'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/107.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/6.8.0.34(0x16080000) MacWechat/3.8 XWEB/30817', 'wechat'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781 WindowsWechat(0x63090a13)', 'wechat'],
    ['Mozilla/5.0 (Linux; Android 13; 22101316C) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0 MQQBrowser/6.2 TBS/046 Mobile Safari/537.36', null],
    [`${SAFARI} Version/17.5 Mobile/15E148 Safari/604.1 Online/1.0 Offline/2`, null],
    [`${SAFARI} Mobile/15E148 Safari Line/14.1.0`, 'line'],
    [`${SAFARI} Mobile/15E148 NotSnapchat/1.0 MyTikTok/2 HyperBarcelona 3 XFBAN/1`, null],
    [`${SAFARI} Mobile/15E148 [FBAN/FBIOS;FBAV/1]`, 'facebook'],
  ].map(([userAgent, network]): (typeof RULES)[number] => ['18 in-app', { userAgent: userAgent! }, network ? { by: 'in_app', network, channel: network === 'facebook' ? 'organic_social' : 'messaging' } : row('direct', null, false, null)]),
  ['18 in-app', { userAgent: 'facebookexternalhit/1.1 FBAN/' }, row('direct', null, false, null)],
  ['19 direct', {}, { ...row('direct', null, false, null), confidence: 'low', inApp: null, clickIds: {} }],
];
test.each(RULES)('%s %j', check);
// What the big networks have, the script has too.
test.each(RULES.filter(([rule]) => /several words|webmail|in-app/.test(rule)))('in the script, %s %j', (_rule, input, expected) => expect(classify({ url: SHOP, ...input })).toMatchObject(expected));

test.each<[userAgent: string, network: string | null]>([
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 14_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.6 Mobile/15E148 Safari/604.1 Lark/4.1.3 LarkLocale/zh_CN', 'lark'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Lark/7.10.5 Chrome/112.0.5615.165 Safari/537.36 LarkLocale/zh_CN', 'lark'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 AliApp(DingTalk/7.5.0) com.laiwang.DingTalk/1', 'dingtalk'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 discover/8.45.1 Resolution/1170*2532 xhsdiscover NetType/WiFi', 'xiaohongshu'],
  ['ZhihuHybrid DefaultBrowser com.zhihu.android/Futureve/5.32.1 Mozilla/5.0 (Linux; Android 10; Redmi 8A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/87.0 Mobile Safari/537.36', 'zhihu'],
  ['Mozilla/5.0 (Linux; Android 14; SM-S921N; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36 NAVER(inapp; search; 2000; 12.6.3)', 'naver'],
  ['Mozilla/5.0 (Linux; Android 12; M2012K11AC; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/97.0 Mobile Safari/537.36 T7/13.32 SP-engine/2.70.0 baiduboxapp/13.32.0.10 (Baidu; P1 12)', 'baidu'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Skylark/1.0', null],
])('knows the app of %s', (userAgent, network) => {
  expect(classifyLanding({ url: SHOP, userAgent }).network).toBe(network);
});

test.each([
  'pay.nl', 'secure.pay.nl', 'www.tikkie.me', 'payment.wero-wallet.eu', 'sips.mercanet.bnpparibas.fr.mercanet.com', 'tpe.sogenactif.com', 'www.paypo.pl', 'secure.imoje.pl', 'pay.bm.pl', 'sanalposprov.garanti.com.tr',
  'securepayment.papara.com', 'qr.nspk.ru', 'pay.kaspi.kz', 'my.click.uz', 'pgi.billdesk.com', 'pay.easebuzz.in', 'p01.mul-pay.jp', 'link.paidy.com', 'web.ksnet.co.kr', 'atome.sg', 'app.faspay.co.id', 'm.dana.id',
  'checkout.paymongo.com', 'payoo.vn', 'api.shophumm.com', 'remita.net', 'checkout.placetopay.com', 'sandbox.vnforapps.com', 'decidir.com.ar', 'faturas.iugu.com', 'www.getbread.com', 'sis.sermepa.redsys.es', 'aplazame.com',
  'checkout.riverty.com', 'payment.ratepay.com', 'www.payrexx.com', 'securesuite.co.uk', 'emv3ds.com', 'www.heylight.com', 'frisbii.com', 'www.viabill.com', 'dintero.com', 'euro.alphaecommerce.gr',
])('who comes back from %s has not arrived', (host) => {
  expect(classifyLanding({ url: SHOP, referrer: `https://${host}/` }).channel).toBe('internal');
});
test.each(['repay.blog.example', 'wave.com', 'stone.com', 'clip.studio', 'moka.com', 'payday.news', 'checkout-tips.com', 'valu.blog'])('who comes from %s has', (host) => {
  expect(classifyLanding({ url: SHOP, referrer: `https://${host}/` }).channel).toBe('referral');
});

describe('what the shop adds', () => {
  const networks = { mynet: { category: 'forum', hosts: ['my.example', 'their.{cc}', 'big.example/forum'], aliases: ['My Net'], clickIds: { MyClid: true }, tokens: ['MyApp/'], apps: ['com.my.app'] }, fine: 'fine.example', facebook: { category: 'messaging', hosts: ['facebook.com'] } } as const;
  test.each<[LandingInput, string, string | null]>([
    [{ referrer: 'https://www.my.example/' }, 'organic_social', 'mynet'],
    [{ referrer: 'https://their.co.uk/' }, 'organic_social', 'mynet'],
    [{ referrer: 'https://big.example/forum/1' }, 'organic_social', 'mynet'],
    [{ referrer: 'https://big.example/' }, 'referral', null],
    [{ referrer: 'https://a.fine.example/' }, 'organic_social', 'fine'],
    [{ referrer: 'https://facebook.com/' }, 'messaging', 'facebook'],
    [{ referrer: 'https://t.co/' }, 'organic_social', 'x'],
    [{ referrer: 'android-app://com.my.app' }, 'organic_social', 'mynet'],
    [{ url: `${SHOP}?utm_source=my+net` }, 'organic_social', 'mynet'],
    [{ url: `${SHOP}?myclid=1` }, 'paid_social', 'mynet'],
    [{ userAgent: 'x MyApp/1' }, 'organic_social', 'mynet'],
  ])('%j', (input, channel, network) => {
    for (const known of [classify, classifyLanding]) expect(known({ url: SHOP, ...input, networks })).toMatchObject({ channel, network });
  });
});

describe('whatever comes', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.anything(), fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.constant(Symbol('x')));
  test('never throws', () => {
    fc.assert(fc.property(anything, anything, anything, anything, (url, referrer, userAgent, internalHosts) => {
      expect(classifyLanding({ url, referrer, userAgent, internalHosts } as LandingInput).channel).toMatch(/^[a-z_]+$/);
    }), { numRuns: 1000 });
    for (const input of [undefined, null, 1, 'x', [], Symbol('x'), () => 1]) expect(classifyLanding(input as unknown as LandingInput)).toMatchObject({ channel: 'direct', clickIds: {}, inApp: null });
  });
  test('takes no look-alike for a network', () => {
    const host = fc.constantFrom(...ALL_HOSTS.map((name) => name.replace(/=|\/.*/g, '')).filter((name) => !isBelow(name)));
    fc.assert(fc.property(host, fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z]{1,8}$/), (name, before, after) => {
      for (const fake of [`${before}-${name}`, `${name}.${after}.example`, `${name}-${after}.example`]) expect(classifyLanding({ url: SHOP, referrer: `https://${fake}/` })).toMatchObject(UNKNOWN);
    }), { numRuns: 1000 });
  });
  test('keeps click ids as they are', () => {
    fc.assert(fc.property(fc.stringMatching(/^[\w.~!*:@$,;|-]{1,200}$/), (value) => {
      fc.pre(!/^__|^null$|^undefined$/i.test(value));
      expect(classifyLanding({ url: `${SHOP}?gclid=${value}` }).clickIds).toEqual({ gclid: value });
    }));
    expect(classifyLanding({ url: `${SHOP}?fbclid=${'Ab'.repeat(500)}` }).clickIds.fbclid).toHaveLength(300);
    expect(classifyLanding({ url: `${SHOP}?fbclid=${'A'.repeat(299)}😀` }).clickIds.fbclid).toBe('A'.repeat(299));
  });
  test.each<[string, LandingInput, Partial<Landing>]>([
    ['10 kB before the medium', { url: `${SHOP}?utm_campaign=${'x'.repeat(10_000)}&utm_source=google&utm_medium=cpc` }, { channel: 'paid_search', network: 'google' }],
    ['a broken percent sign', { url: `${SHOP}?utm_source=facebook&utm_campaign=%E0%A4%A&x=%` }, { channel: 'organic_social', network: 'facebook' }],
    ['ten sources', { url: `${SHOP}?${Array.from({ length: 10 }, (_, index) => `utm_source=s${index}`).join('&')}` }, { campaign: { source: 's0' } }],
    ['emoji', { url: `${SHOP}?utm_source=%F0%9F%8C%BB&utm_campaign=🌻` }, { channel: 'other', campaign: { source: '🌻', name: '🌻' } }],
    ['lone surrogates', { url: `${SHOP}?utm_source=\ud83c`, referrer: 'https://\udf3b/' }, { channel: 'other', network: null }],
  ])('copes with %s', (_what, input, expected) => expect(classifyLanding(input)).toMatchObject(expected));
});
