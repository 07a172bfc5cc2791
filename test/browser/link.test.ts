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
    /** The address that the browser asked the server for, since the page's own is cleaned. */
    requested: (page: Page) => page.evaluate("performance.getEntriesByType('navigation')[0].name") as Promise<string>,
    visitors: () => new Set(site.events().map(({ visitor }) => visitor.id)),
  };
}

describe('links between the shop’s domains', () => {
  test('make one visitor of both, and no arrival', async () => {
    const { at, open, follow, requested, visitors, named, bodies } = await openDomains('data-link-domains="one.test,two.test" data-allowed-parameters="wml n"');
    const page = await open(at('one'));
    const url = await follow(page, at('two', '/b'));
    expect(new URL(await requested(page)).searchParams.get('wml')).toMatch(/^[\da-f-]{36}\./);
    // It is off the address at once, and nothing that is told or shared has it.
    expect(url).toBe(`${at('two', '/b')}?n=1`);
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: { writeText: async () => {} } })");
    const shared = (await page.evaluate(`waymark.share({ network: 'copy', url: ${JSON.stringify(await requested(page))} })`)) as string;
    expect(shared).toMatch(/\?n=1&wm=[\da-f]{12}-1$/);
    await follow(page, at('two', '/c'));
    expect(bodies.join()).not.toContain('wml');
    expect(visitors().size).toBe(1);
    expect(named('landing')).toHaveLength(1);
    expect(named('page_view').map(({ page: view }) => view!.url)).toEqual([at('one'), `${at('two', '/b')}?n=1`, `${at('two', '/c')}?n=2`]);
  });

  test('change nobody who is known, and are of no use to whoever gets the address, by hand or by its link', async () => {
    const { at, open, follow, requested, visitors } = await openDomains();
    const known = await open(at('two'));
    const page = await open(at('one'));
    await follow(page, at('two', '/b'));
    expect(visitors().size).toBe(2);
    // The address with its sum, within two minutes, in a browser of the same kind where nobody is known any more; but from no page of the shop's.
    for (const address of [page.url(), await requested(page)]) {
      const before = visitors().size;
      await known.evaluate('waymark.forget()');
      await known.goto(address);
      await ready(known);
      expect(visitors().size).toBe(before + 1);
    }
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

  test('add to the query alone, for the click: all else of an address stays as it is written', async () => {
    const { at, open } = await openDomains();
    const page = await open(at('one'));
    const two = at('two', '/b');
    const addresses = [
      `${two}?sig=a%20c&flag`, `${two}?a=1;b=2#x?y=1`, `${two}`, `${two}?`, `${two}?a=1&`, `${two}#/route?x`, `//${new URL(two).host}/b?q=%C3%A4+ä'"`, `${two}?wml=old&b=%2f`, `${two.toUpperCase().replace('HTTP', 'http').replace('/B', '/b')}?A=b`,
      `  ${two}?x  `, `${two}?=&==&a==b&%zz`, `http://xn--kse-qla.two.test/?a=b+c`, `http://käse.two.test/?a`,
    ];
    const seen = await page.evaluate(async (given) => {
      const results: [during: string, after: string][] = [];
      addEventListener('click', (event) => event.preventDefault());
      const host = document.body.appendChild(document.createElement('div'));
      const root = host.attachShadow({ mode: 'open' });
      for (const address of given) {
        root.innerHTML = '<a><svg width="20" height="20"><path d="M0 0h20v20H0z"></path></svg></a>';
        const link = root.querySelector('a')!;
        link.setAttribute('href', address);
        root.querySelector('path')!.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }));
        const during = link.getAttribute('href')!;
        await new Promise((resolve) => setTimeout(resolve, 5));
        results.push([during, link.getAttribute('href')!]);
      }
      return results;
    }, addresses);
    const token = /wml=[\da-f]{8}-[\da-f-]{27}\.[\da-z]+\.[\da-f]{8}/;
    expect(seen.map(([, after]) => after)).toEqual(addresses);
    expect(seen.map(([during]) => during.replace(token, 'W'))).toEqual([
      `${two}?sig=a%20c&flag&W`, `${two}?a=1;b=2&W#x?y=1`, `${two}?W`, `${two}?W`, `${two}?a=1&&W`, `${two}?W#/route?x`, `//${new URL(two).host}/b?q=%C3%A4+ä'"&W`, `${two}?W&b=%2f`, `${two.toUpperCase().replace('HTTP', 'http').replace('/B', '/b')}?A=b&W`,
      `${two}?x&W`, `${two}?=&==&a==b&%zz&W`, 'http://xn--kse-qla.two.test/?a=b+c&W', 'http://käse.two.test/?a&W',
    ]);
    const others = await page.evaluate((to) => {
      document.body.insertAdjacentHTML('beforeend', `<a id="download" download href="${to}">x</a><a id="mail" href="mailto:a@two.test">x</a><a id="script" href="javascript:0//two.test">x</a><a id="right" href="${to}">x</a><a id="middle" href="${to}">x</a>
        <map name="m"><area id="area" href="${to}"></map><svg><a id="drawn" xlink:href="${to}"><text>x</text></a><a id="drawn2" href="${to}"><text>x</text></a></svg>`);
      const marked = (id: string, type = 'click', button = 0) => {
        const link = document.getElementById(id)!;
        (link.firstElementChild ?? link).dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, button }));
        return (link.getAttribute('href') ?? link.getAttribute('xlink:href'))!.includes('wml=');
      };
      return [['download', 'mail', 'script'].map((id) => marked(id)), marked('right', 'auxclick', 2), marked('middle', 'auxclick', 1), ['area', 'drawn', 'drawn2'].map((id) => marked(id))];
    }, two);
    expect(others).toEqual([[false, false, false], false, true, [true, true, true]]);
  });

  test.each([
    ['without the option', 'data-bots="keep"', ''],
    ['to other sites', 'data-link-domains="two.test"', 'other'],
    ['without consent to marketing', 'data-link-domains="one.test,two.test" data-consent="analytics=granted,marketing=denied"', ''],
    ['without identifiers', 'data-link-domains="one.test,two.test" data-identity="none"', ''],
  ])('say nothing %s', async (_what, attributes, domain) => {
    const { at, open, follow, requested } = await openDomains(attributes);
    const page = await open(at('one'));
    await follow(page, at(domain || 'two', '/b'));
    expect(await requested(page)).not.toContain('wml');
  });

  test('take the token off the address whatever is allowed, with the page’s state and fragment kept, and count no view for it', async () => {
    const { at, events } = await openDomains('data-link-domains="one.test,two.test" data-consent="required"');
    const page = await openTab(browser);
    await page.goto(`${at('two', '/b')}?sig=a%20c&wml=7d1f2c9a-41b8-4f0e-8c55-20a4c7de9b13.abc.01234567&flag#/x`);
    // Before anybody has answered.
    await page.waitForURL(`${at('two', '/b')}?sig=a%20c&flag#/x`);
    await page.waitForFunction('window.waymark?.consent');
    await page.evaluate("waymark('consent', 'granted')");
    await ready(page);
    expect(events().filter(({ name }) => name === 'page_view')).toHaveLength(1);
  });
});
