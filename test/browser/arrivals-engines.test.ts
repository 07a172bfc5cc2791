import { expect, test } from 'vitest';
import { REFERRERS } from '../../examples/storefront/arrivals.mjs';
import { until } from '../helpers/shop.js';
import { inEachEngine, IS_THOROUGH, useEngine } from '../helpers/use-browser.js';
import { HTTPS_ONLY } from '../helpers/web.js';

inEachEngine('somebody who clicks on a link, in %s,', (name) => {
  const { web, engine } = useEngine(name);

  /** Clicks on a link to a new shop on a page of `host`, and returns the referrer that the shop's page has. */
  async function clickThrough(host: string, path = '/kites', attributes = ''): Promise<string> {
    const shop = web.openShop(attributes);
    const tab = await engine.newTab();
    await tab.goto(`http://${host}/?to=${encodeURIComponent(shop + path)}`);
    await tab.evaluate("void setTimeout(() => document.getElementById('link0').click())");
    // In between, there may be no page to ask.
    const referrer = await until('the shop', () => tab.evaluate(`location.href.startsWith('${shop}') && !!window.waymark?.track && 'from ' + document.referrer`).catch(() => ''));
    await web.arrived('page_view');
    await tab.close();
    return `${referrer}`.slice(5);
  }
  // `example-shop.test.ts` shows what Chromium says of the others.
  const canServe = (host: string) => name !== 'chromium' || !HTTPS_ONLY.includes(host);
  // What an engine tells does not depend on the host: where all are not tried, some are enough.
  const hosts = REFERRERS.filter(({ host }, index) => canServe(host) && (name === 'chromium' || IS_THOROUGH || index % 5 === 0));
  const landings = () => [...web.named('social_landing'), ...web.named('landing')];

  test.each(hosts)('on $host comes by $expect.channel, of $expect.network', async ({ host, expect: expected }) => {
    expect(await clickThrough(host)).toBe(`http://${host}/`);
    expect(landings().map(({ properties: { channel, network = null, paid = null, by } }) => ({ channel, network, paid, by }))).toEqual([expected]);
  });

  test.each(['www.paypal.com', 'accounts.google.com', 'till.example'].filter(canServe))('on %s was in the shop before: no arrival from there', async (host) => {
    expect(await clickThrough(host, '/thank-you', 'data-internal-hosts="till.example"')).toBe(`http://${host}/`);
    expect(landings()).toEqual([]);
  });

  test('to pay, at a host that nobody knows, and comes back within the checkout has not arrived from there; with a campaign, or after the order, they have', async () => {
    const shop = web.openShop();
    const tab = await engine.newTab();
    const goTo = async (address: string) => {
      await tab.goto(address);
      if (address.startsWith(shop)) await until('the shop', () => tab.evaluate('!!window.waymark?.exportData && waymark.exportData().then(() => true)').catch(() => false));
    };
    const comeBack = async (from: string, path: string) => {
      await goTo(`http://${from}/?to=${encodeURIComponent(shop + path)}`);
      await tab.evaluate("void setTimeout(() => document.getElementById('link0').click())");
      await until('the shop', () => tab.evaluate(`location.href.startsWith('${shop}') && !!window.waymark?.exportData && waymark.exportData().then(() => true)`).catch(() => false));
      await tab.evaluate('waymark.flush().then(() => 1)');
    };
    const channels = () => landings().map(({ properties: { channel, by } }) => `${channel} ${by}`);
    await goTo(`${shop}/kites`);
    await tab.evaluate("waymark.cart.add({ item_id: 'kite', price: 20 }), waymark.flush().then(() => 1)");
    // Not in the checkout yet.
    await comeBack('blog.example', '/kites');
    await tab.evaluate('waymark.checkout(), waymark.flush().then(() => 1)');
    await comeBack('acs.some-bank.example', '/checkout/callback');
    await comeBack('search.example', '/checkout');
    await comeBack('blog.example', '/checkout?utm_source=news&utm_medium=email');
    await comeBack('acs.some-bank.example', '/checkout/success');
    await tab.evaluate("waymark.purchase({ transaction_id: 'T1', value: 20, currency: 'EUR' }), waymark.flush().then(() => 1)");
    await comeBack('blog.example', '/kites');
    // A shop that says nothing of its checkout: by the address.
    await goTo(`${shop}/kasse/adresse`);
    await tab.evaluate('waymark.flush().then(() => 1)');
    await comeBack('bank.example', '/kasse/fertig');
    await tab.close();
    expect(channels()).toEqual(['direct null', 'referral referrer', 'email utm', 'referral referrer']);
    expect(web.named('purchase')[0]!.touchpoint).toMatchObject({ channel: 'email' });
  });

  test('that bears tags comes by these, whoever passed it on', async () => {
    await clickThrough('t.co', '/kites?utm_source=newsletter&utm_medium=email&utm_campaign=spring');
    expect(landings()).toMatchObject([{ name: 'landing', properties: { channel: 'email', by: 'utm' } }]);
  });

  test('that an ad was copied into, on another network, comes by that network and unpaid', async () => {
    await clickThrough('lm.facebook.com', '/kites?ttclid=E.C.P.copied');
    expect(landings()).toMatchObject([{ properties: { channel: 'organic_social', network: 'facebook', paid: false, by: 'referrer' } }]);
  });
});
