import { expect, test } from 'vitest';
import { until } from '../helpers/shop.js';
import { openSite, STUB } from '../helpers/site.js';
import { inEachEngine, useEngine } from '../helpers/use-browser.js';

const BASE = '<base href="https://elsewhere.invalid/">';
/** Adds frames that have no address of their own, each with Waymark and an event. */
const ADD = `
  const attributes = 'data-collector="/events" data-batch-wait-ms="50" data-web-vitals="false"';
  const html = (kind) => '<title>' + kind + '</title>${STUB}<script>waymark("track", "' + kind + '")</script><script async src="' + origin + '/waymark.min.js" ' + attributes + '></script>';
  const add = (fields) => document.body.appendChild(Object.assign(document.createElement('iframe'), fields));
  add({ srcdoc: '${BASE}' + html('in_srcdoc') });
  add({ src: URL.createObjectURL(new Blob([html('in_blob')], { type: 'text/html' })) });
  const { contentDocument, contentWindow } = add({});
  contentWindow.waymark = (...call) => (contentWindow.waymark.q ??= []).push(call);
  contentWindow.waymark('track', 'in_blank');
  const script = Object.assign(contentDocument.createElement('script'), { src: origin + '/waymark.min.js' });
  Object.assign(script.dataset, { collector: '/events', batchWaitMs: '50', webVitals: 'false' });
  contentDocument.body.append(script);`;

inEachEngine('the shop’s own page in a frame, in %s,', (name) => {
  // Nothing goes through the proxy: all is on this machine.
  const { engine } = useEngine(name, async () => ({ proxy: 'http://127.0.0.1:9', close: async () => {} }));

  test('is the same visitor’s, in the same session, also where frames and page start at once', async () => {
    const frames = `<script>if (self === top) for (const path of ['/framed', '/other']) document.write('<iframe src="' + path + '"></iframe>')</script>`;
    const site = await openSite({ body: frames });
    for (let visit = 0; visit < 2; visit++) {
      const tab = await engine.newTab();
      await tab.goto(`${site.url}/one`);
      await until('all views', () => site.named('page_view').length === 3 * (visit + 1));
      await tab.close();
    }
    const events = site.events();
    expect(new Set(events.map(({ visitor }) => visitor.id)).size).toBe(1);
    expect(new Set(events.map(({ session }) => JSON.stringify(session))).size).toBe(1);
    expect(events[0]!.session.number).toBe(1);
    expect(site.named('landing')).toHaveLength(1);
  });

  test('without an address of its own sends to the page’s own collector, whatever a base element says, and is part of that page', async () => {
    const site = await openSite({ head: '<script defer src="/add.js"></script>', tag: BASE, files: { '/add.js': ADD } });
    const tab = await engine.newTab();
    await tab.goto(`${site.url}/one`);
    const kinds = ['in_srcdoc', 'in_blob', 'in_blank'];
    for (const kind of kinds) {
      const event = await until(kind, () => site.named(kind)[0]);
      expect(event.page.url).toBe(`${site.url}/one`);
    }
    // No arrival: the page's own address is where they come from.
    expect(site.events().filter(({ name: event }) => /landing/.test(event))).toEqual([]);
    // Confirmed: nothing waits to be sent again. One of them may be sending while another is asked.
    const kept = () => tab.evaluate('Promise.all(Array.from(frames).map((frame) => frame.waymark.flush())).then((all) => all.map(({ kept }) => kept).join())');
    await until('everything to be confirmed', async () => (await kept()) === '0,0,0');
    // The second file is there, too.
    expect(await tab.evaluate(`frames[0].waymark.exportData().then((data) => !!data)`)).toBe(true);
    await tab.close();
  });

  test('that is sandboxed and may not see where it is does nothing with a path, says so, and throws nothing; with a whole address it tracks', async () => {
    const frame = (collector: string) =>
      `<script>onerror = (error) => parent.postMessage('threw ' + error, '*'); for (const type of ['warn', 'error']) console[type] = (text) => parent.postMessage(type + ' ' + text, '*')</script>${STUB}<script>waymark('track', 'in_sandbox')</script><script src="ORIGIN/waymark.min.js" data-collector="${collector}" data-batch-wait-ms="50" data-web-vitals="false" data-page-views="false"></script><script>parent.postMessage('track ' + typeof waymark.track, '*'); waymark.track('again')</script>`;
    const add = (collector: string) => `<script>addEventListener('message', ({ data }) => (window.said ??= []).push(data)); document.body.append(Object.assign(document.createElement('iframe'), { sandbox: 'allow-scripts', srcdoc: ${JSON.stringify(frame(collector)).replace(/<\//g, '<\\/')}.replaceAll('ORIGIN', origin) }))</script>`;
    const [lost, whole] = await Promise.all(['/events', 'ORIGIN/events'].map((collector) => openSite({ tag: BASE, body: add(collector), headers: { 'Referrer-Policy': 'no-referrer' } })));
    for (const [site, isTracked] of [[lost!, false], [whole!, true]] as const) {
      const tab = await engine.newTab();
      await tab.goto(`${site.url}/one`);
      const said = () => tab.evaluate('window.said ?? []') as Promise<string[]>;
      await until('the frame to be through', async () => (await said()).some((line) => line.startsWith('track ')));
      if (isTracked) {
        await until('both', () => site.named('in_sandbox').length && site.named('again').length);
        expect((await said()).filter((line) => !line.includes('storage_unavailable'))).toEqual(['track function']);
      } else {
        expect(await said()).toEqual([expect.stringMatching(/^warn waymark: this frame may not see .*"https:\/\/shop.example\/events"/), 'track function']);
        expect(site.bodies).toEqual([]);
      }
      await tab.close();
    }
  });
});
