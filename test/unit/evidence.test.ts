import { describe, expect, test } from 'vitest';
import { hasEvidence, readArrival } from '../../src/capture/arrival.js';
import { classify } from '../../src/capture/classify.js';

const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const CHROME = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';
const SHOP = 'https://shop.example/p/1';

describe('a first page is told without the classifier as with it,', () => {
  test.each([
    ['typed', { url: SHOP, referrer: '', userAgent: SAFARI }],
    ['typed, in Firefox', { url: SHOP, referrer: '', userAgent: FIREFOX }],
    ['from a page of the shop', { url: SHOP, referrer: 'https://shop.example/', userAgent: CHROME }],
    ['driven by a program', { url: SHOP, referrer: '', userAgent: CHROME.replace('Chrome', 'HeadlessChrome') }],
    ['with a fragment', { url: `${SHOP}#reviews`, referrer: '', userAgent: CHROME }],
  ])('where there is no evidence: %s', (_, visit) => {
    expect(hasEvidence(visit)).toBe(false);
    expect(readArrival(visit, undefined)).toEqual(readArrival(visit, classify));
  });
});

describe('the classifier is asked for', () => {
  test.each([
    ['a foreign referrer', { url: SHOP, referrer: 'https://www.instagram.com/', userAgent: SAFARI }],
    ['another host of the shop', { url: SHOP, referrer: 'https://blog.shop.example/', userAgent: SAFARI }],
    ['an app that opened it', { url: SHOP, referrer: 'android-app://com.pinterest/', userAgent: CHROME }],
    ['a campaign', { url: `${SHOP}?utm_source=newsletter`, referrer: 'https://shop.example/', userAgent: SAFARI }],
    ['a campaign in the fragment', { url: `${SHOP}#utm_source=newsletter`, referrer: '', userAgent: SAFARI }],
    ['a click id', { url: `${SHOP}?fbclid=abc`, referrer: '', userAgent: SAFARI }],
    ['Instagram', { url: SHOP, referrer: '', userAgent: `${SAFARI.replace(/ Version.*/, '')} Mobile/15E148 Instagram 381.0.0.29.92 (iPhone14,5; iOS 18_5)` }],
    ['Facebook', { url: SHOP, referrer: '', userAgent: `${SAFARI.replace(/ Version.*/, '')} Mobile/15E148 [FBAN/FBIOS;FBAV/510.0.0]` }],
    ['TikTok', { url: SHOP, referrer: '', userAgent: `${CHROME} trill_390003 BytedanceWebview/d8a21c6` }],
    ['LINE', { url: SHOP, referrer: '', userAgent: `${SAFARI} Line/15.9.0` }],
    ['Pinterest', { url: SHOP, referrer: '', userAgent: `${SAFARI.replace(/ Version.*/, '')} Mobile/15E148 [Pinterest/iOS]` }],
  ])('by %s', (_, visit) => {
    expect(hasEvidence(visit)).toBe(true);
  });
});

test.each([
  ['a referrer', { url: SHOP, referrer: 'https://www.instagram.com/' }, { channel: 'other', by: 'referrer', campaign: undefined, confidence: 'low' }],
  ['a campaign', { url: `${SHOP}?utm_source=insta&utm_campaign=may&x=1`, referrer: '' }, { channel: 'other', by: 'utm', campaign: { source: 'insta', name: 'may' }, confidence: 'low' }],
  ['a shared link', { url: `${SHOP}?wm=3f9a1c0b7d2e-2`, referrer: '' }, { channel: 'shared_link', by: 'token', confidence: 'high' }],
])('an arrival whose classifier could not be loaded is told by %s', (_, visit, properties) => {
  expect(readArrival(visit, undefined).properties).toMatchObject({ network: null, ...properties });
});

describe('where the classifier could not be loaded, no arrival is who comes', () => {
  const internalHosts = ['pay.example', 'www.Blog.example'];
  test.each([
    ['from another host of the shop’s own', { url: SHOP, referrer: 'https://pay.example/done' }],
    ['from a host within it', { url: SHOP, referrer: 'https://eu.pay.example/' }],
    ['from one that is written with www and capitals', { url: SHOP, referrer: 'https://blog.example/' }],
    ['from a host within the page’s', { url: SHOP, referrer: 'https://help.shop.example/' }],
    ['from the shop, to a filtered list', { url: `${SHOP}?sort=price`, referrer: 'https://shop.example/' }],
  ])('%s', (_, visit) => {
    const found = readArrival({ ...visit, internalHosts, userAgent: CHROME }, undefined).properties;
    expect(found.channel).toBe('internal');
    expect(readArrival({ ...visit, internalHosts, userAgent: CHROME }, classify).properties.channel).toBe('internal');
  });

  test.each([
    ['a campaign', { url: `${SHOP}?utm_source=mail`, referrer: 'https://pay.example/' }],
    ['a click id', { url: `${SHOP}?fbclid=abc`, referrer: 'https://pay.example/' }],
    ['a host that only ends alike', { url: SHOP, referrer: 'https://notpay.example/' }],
    ['a foreign host', { url: SHOP, referrer: 'https://www.instagram.com/' }],
    ['no referrer', { url: `${SHOP}?a=1`, referrer: '' }],
  ])('but with %s it is one', (_, visit) => {
    expect(readArrival({ ...visit, internalHosts, userAgent: CHROME }, undefined).properties.channel).toBe('other');
  });
});
