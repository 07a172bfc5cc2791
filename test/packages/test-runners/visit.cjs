/**
 * What a shop's own test does: a tracker is made, and the page used. Runs as it is under every runner; leaves a tracker behind that goes on, with a cart in
 * it and events that wait, and one whose collector is not there. Prints what it saw.
 */
module.exports = async function visit(createTracker) {
  const tracker = createTracker({ collector: `${process.env.COLLECTOR}/${process.env.RUNNER}`, headers: {} });
  const names = [];
  tracker.on('event', ({ name }) => names.push(name));
  document.body.innerHTML = '<button data-waymark-event="hello">Hello</button><form data-waymark-event="sent"></form>';
  document.querySelector('button').click();
  document.querySelector('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  tracker.purchase({ transaction_id: 'T-1', items: [{ item_id: 'A1', price: 2 }] });
  history.pushState(null, '', '/next');
  tracker.page();
  const { delivered, kept } = await tracker.flush();
  console.log(`told: ${names}; delivered ${delivered}; kept ${kept};`);
  tracker.cart.add({ item_id: 'A1', price: 2 });
  createTracker({ collector: 'http://127.0.0.1:9/nobody', key: 'other' }).track('search', { search_term: 'kite' });
};
