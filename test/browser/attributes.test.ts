import { describe, expect, test } from 'vitest';
import { openSite, problemsOf, PROBLEMS, type ArrivedEvent } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** What arrived beside the page view and the landing, in order. */
const own = (events: ArrivedEvent[]) => events.filter(({ name }) => !/^(page_view|landing|web_vitals|engagement)$/.test(name));
const named = (events: ArrivedEvent[]) => own(events).map(({ name, properties }) => [name, properties]);

describe('an element with data-waymark-event', () => {
  test('makes a zero of the text 0, and leaves what is reserved out of the properties', async () => {
    const site = await openSite({ body: '<button data-waymark-event="add" data-waymark-on="click" data-waymark-price="0" data-waymark-quantity="2" data-waymark-note="">Add</button>' });
    const page = await site.visit(browser);
    await page.click('button');
    expect(named(await site.flushed(page))).toEqual([['add', { price: 0, quantity: 2, note: '' }]]);
  });

  test('may be shared, too: both events have its properties, and neither the mark of the other', async () => {
    const site = await openSite({ body: '<button data-waymark-event="kept" data-waymark-share="copy" data-waymark-item_id="007">Keep and tell</button>' });
    const page = await site.visit(browser);
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: async () => {} } }));
    await page.click('button');
    await site.arrived('share');
    const events = await site.flushed(page);
    expect(events.find(({ name }) => name === 'kept')!.properties).toEqual({ item_id: '007' });
    expect(Object.keys(events.find(({ name }) => name === 'share')!.properties).sort()).toEqual(['item_id', 'method', 'share']);
  });

  test('has its items as a list in JSON; what is none is a problem, and the event goes without', async () => {
    const site = await openSite({
      head: PROBLEMS,
      body: `<button id="good" data-waymark-event="view_item_list" data-waymark-on="click" data-waymark-items='[{"item_id":"007","price":"1,50"}]'>A</button><button id="bad" data-waymark-event="purchase" data-waymark-items='[{"item_id":"A"'>B</button>`,
    });
    const page = await site.visit(browser);
    for (const id of ['good', 'bad']) await page.click(`#${id}`);
    await site.arrived('purchase');
    expect(named(await site.flushed(page)).map(([name, properties]) => [name, (properties as { items?: unknown }).items])).toEqual([['view_item_list', [{ item_id: '007', price: 1.5 }]], ['purchase', []]]);
    expect((await problemsOf(page)).filter(({ code }) => code === 'invalid_items')).toEqual([{ code: 'invalid_items', message: 'items takes a list in JSON, got "[{\\"item_id\\":\\"A\\""' }]);
  });

  test('tells by data-waymark-on what it is marked for: what is inside counts for the next around it', async () => {
    const site = await openSite({
      body: `<div data-waymark-event="card_opened"><p id="seen" data-waymark-event="seen" data-waymark-on="view">Seen</p></div>
        <form id="form" data-waymark-event="sent" onsubmit="return false"><input id="field"><button id="send">Send</button></form>
        <form data-waymark-event="clicked" data-waymark-on="click" onsubmit="return false"><button id="other">Other</button></form>`,
    });
    const page = await site.visit(browser);
    await page.click('#seen');
    await page.click('#field');
    await page.click('#send');
    await page.focus('#field');
    await page.keyboard.press('Enter');
    await page.click('#other');
    const events = own(await site.flushed(page)).filter(({ name }) => name !== 'seen');
    expect(events.map(({ name }) => name)).toEqual(['card_opened', 'sent', 'sent', 'clicked']);
  });

  test('counts when it is added later, and inside an open shadow root, for clicks and for submits', async () => {
    const site = await openSite();
    const page = await site.visit(browser);
    await page.evaluate(() => {
      const markup = (where: string) => `<button id="b-${where}" data-waymark-event="pressed" data-waymark-about="${where}">Press</button>
        <form data-waymark-event="sent" data-waymark-about="${where}" onsubmit="event.preventDefault()"><input id="f-${where}"><button id="s-${where}">Send</button></form>`;
      document.body.insertAdjacentHTML('beforeend', markup('later'));
      const outer = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' });
      const inner = outer.appendChild(document.createElement('div')).attachShadow({ mode: 'open' });
      inner.innerHTML = markup('shadow');
      inner.querySelector('form')!.addEventListener('submit', (event) => event.stopImmediatePropagation());
    });
    for (const where of ['later', 'shadow']) {
      await page.click(`#b-${where}`);
      await page.click(`#s-${where}`);
      await page.focus(`#f-${where}`);
      await page.keyboard.press('Enter');
    }
    const twice = (about: string) => [['pressed', { about }], ['sent', { about }], ['sent', { about }]];
    expect(named(await site.flushed(page))).toEqual([...twice('later'), ...twice('shadow')]);
  });

  test('counts once for each click of a person: on a label around a box, on one that names it, on the box, by key, and where the page clicks on', async () => {
    const site = await openSite({
      body: `<label id="around" data-waymark-event="around"><span id="around-text">Text</span><input type="checkbox" id="around-box"></label>
        <label id="for" for="for-box" data-waymark-event="for">Text</label><input type="checkbox" id="for-box">
        <div data-waymark-event="card"><label id="card" for="card-box">Text</label><input type="radio" id="card-box"></div>
        <label id="both" data-waymark-event="both">Text <input type="checkbox" data-waymark-event="both_box" id="both-box"></label>
        <label id="inner"><span>Text</span><input type="checkbox" data-waymark-event="inner"></label>
        <label id="file" data-waymark-event="file">Text <button type="button" id="file-button">x</button></label>
        <div data-waymark-event="list"><label id="list" for="list-box">Text</label><input type="checkbox" id="list-box" data-waymark-event="list_box"></div>
        <fancy-box id="fancy" data-waymark-event="fancy">Text <input type="checkbox" id="fancy-box" style="pointer-events: none"></fancy-box>
        <details data-waymark-event="details"><summary id="details">Text</summary>More</details>
        <script>fancy.onclick = ({ target }) => target !== document.getElementById('fancy-box') && document.getElementById('fancy-box').click()</script>`,
    });
    const page = await site.visit(browser);
    const click = (...ids: string[]) => ids.reduce((before, id) => before.then(() => page.click(`#${id}`, { position: { x: 3, y: 3 } })), Promise.resolve());
    await click('around-text', 'around-text', 'around-box', 'for', 'card', 'card-box', 'both', 'both-box', 'inner', 'file', 'file-button', 'list', 'fancy', 'details');
    await page.focus('#around-box');
    await page.keyboard.press(' ');
    // By a script, one after the other in one task: each counts.
    await page.evaluate("around.click(); around.click(); document.querySelector('details').click(); document.querySelector('details').click()");
    const names = own(await site.flushed(page)).map(({ name }) => name);
    expect(names).toEqual([
      'around', 'around', 'around', 'for', 'card', 'card', 'both', 'both_box', 'inner', 'file', 'file', 'list', 'list_box', 'fancy', 'details', 'around', 'around', 'around', 'details', 'details',
    ]);
  });

  test('does not submit what the browser itself finds invalid', async () => {
    const site = await openSite({ body: '<form data-waymark-event="sent" onsubmit="return false"><input required><button>Send</button></form>' });
    const page = await site.visit(browser);
    await page.click('button');
    expect(named(await site.flushed(page))).toEqual([]);
  });

  test('gives the event the stage of data-waymark-stage, and none where it says none', async () => {
    const site = await openSite({ body: '<button id="a" data-waymark-event="joined" data-waymark-stage="retention">Join</button><button id="b" data-waymark-event="plain">Plain</button>' });
    const page = await site.visit(browser);
    await page.click('#b');
    await page.click('#a');
    expect(own(await site.flushed(page)).map(({ journey }) => journey.stage)).toEqual(['awareness', 'retention']);
  });
});
