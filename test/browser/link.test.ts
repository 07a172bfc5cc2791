import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { openSite, openTab, ready } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser(['--host-resolver-rules=MAP *.test 127.0.0.1']);

/** Two domains of one shop, with a link from each to the other. Both send to one collector: paths are relative. */
async function openDomains(attributes = 'data-link-domains="one.test,two.test"') {
  let number = 0;
  const site = await openSite({ attributes, body: '<a id="to" href="/">to</a><script src="/none.js"></script>' });
  const { port } = new URL(site.url);
  // A name of its own, so that nothing is stored there yet.
  const name = `s${Math.random().toString(36).slice(2)}`;
  const at = (domain: string, path = '/') => `http://${name}.${domain}.test:${port}${path}`;
  return {
    ...site,
    at,
    async open(url: string): Promise<Page> {
      const page = await openTab(browser);
      await page.goto(url);
      await ready(page);
      return page;
    },
    /** Clicks a link to an address; returns what the browser then shows. */
    async follow(page: Page, to: string): Promise<string> {
      number++;
      await page.evaluate((href) => document.querySelector('#to')!.setAttribute('href', href), `${to}?n=${number}`);
      await page.click('#to');
      await page.waitForURL((url) => url.href.startsWith(`${to}?n=${number}`));
      await ready(page);
      return page.url();
    },
    visitors: () => new Set(site.events().map(({ visitor }) => visitor.id)),
  };
}

describe('links between the shop’s domains', () => {
  test('make one visitor of both, and no arrival', async () => {
    const { at, open, follow, visitors, named } = await openDomains();
    const page = await open(at('one'));
    const url = await follow(page, at('two', '/b'));
    expect(new URL(url).searchParams.get('wml')).toMatch(/^[\da-f-]{36}\./);
    expect(visitors().size).toBe(1);
    expect(named('landing')).toHaveLength(1);
    expect(named('page_view').map(({ page: view }) => view!.url)).toEqual([at('one'), at('two', '/b')]);
  });

  test('count once: they change nobody who is known, and a copied one is of no use a second time', async () => {
    const { at, open, follow, visitors } = await openDomains();
    const known = await open(at('two'));
    const page = await open(at('one'));
    await follow(page, at('two', '/b'));
    expect(visitors().size).toBe(2);
    await known.evaluate('waymark.forget()');
    await known.goto(page.url());
    await ready(known);
    // The address has the sum of this browser, and comes from no domain of the shop's: typed, it may be taken once.
    const taken = visitors().size;
    await known.evaluate('waymark.forget()');
    await known.evaluate("waymark('consent', 'granted')");
    await known.evaluate("waymark.track('after')");
    await ready(known);
    expect(visitors().size).toBe(taken + 1);
  });

  test('leave the page’s own links as they are', async () => {
    const { at, open } = await openDomains();
    const page = await open(at('one'));
    const href = `${at('two', '/b')}?q=1`;
    const seen = await page.evaluate(async (to) => {
      const link = document.querySelector('#to')!;
      link.setAttribute('href', to);
      const during = new Promise<string>((resolve) => link.addEventListener('click', (event) => (event.preventDefault(), resolve(link.getAttribute('href')!))));
      (link as HTMLElement).click();
      const clicked = await during;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return [clicked.includes('wml='), link.getAttribute('href')];
    }, href);
    expect(seen).toEqual([true, href]);
  });

  test.each([
    ['without the option', 'data-bots="keep"', ''],
    ['to other sites', 'data-link-domains="two.test"', 'other'],
    ['without consent to marketing', 'data-link-domains="one.test,two.test" data-consent="analytics=granted,marketing=denied"', ''],
    ['without identifiers', 'data-link-domains="one.test,two.test" data-identity="none"', ''],
  ])('say nothing %s', async (_what, attributes, domain) => {
    const { at, open, follow } = await openDomains(attributes);
    const page = await open(at('one'));
    expect(await follow(page, at(domain || 'two', '/b'))).not.toContain('wml');
  });
});
