// The shop's own behaviour, page by page, and the calls by which it tells Waymark what happened.
// Basket, orders and forms are the shop's business: all of it works when Waymark never loads.
import {
  addToCart, addUp, changeOrder, clearCart, countCart, findOrder, hasCoupon, isHelpClosed, keepSharedLink, listItems, placeOrder, readCart, readDelivery,
  readOrders, readWishes, setCoupon, setDelivery, setHelpClosed, setQuantity, toggleWish,
} from './cart.js';

/** Queued by the stub in the page's head until the file has loaded. */
const waymark = (...call) => window.waymark?.(...call);

const find = (selector) => document.querySelector(selector);
const data = JSON.parse(find('#page-data')?.textContent ?? '{}');

const formatPrice = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' }).format;

/** Shown again when another tab changes the basket, or when the page comes back from the back/forward cache. */
const shows = [showCount];

const pages = {
  category: startList,
  'tagged-category': startTaggedList,
  product: startProduct,
  compare: startCompare,
  search: startSearch,
  cart: startCart,
  checkout: startCheckout,
  payment: startPayment,
  'thank-you': startThankYou,
  'order-status': startOrderStatus,
  account: startAccount,
};

startHelp();
startThanks();
startCoupon();
startShare();
startNewsletter();
pages[document.body.dataset.page]?.();
show();
addEventListener('storage', show);
addEventListener('pageshow', (event) => { if (event.persisted) show(); });

function show() {
  for (const part of shows) part();
}

function showCount() {
  const count = countCart();
  find('[data-cart-count]').textContent = count;
  find('.basket').setAttribute('aria-label', `Basket, ${count} ${count === 1 ? 'thing' : 'things'} in it`);
}

/* Looking around */

function startList() {
  waymark('track', 'view_item_list', { item_list_name: data.list, items: data.items });
}

/**
 * The part of the shop that was made for Google's tags: it tells `dataLayer` what happens, in GA4's words, and Waymark nothing. Waymark hears it
 * there, also what was pushed before it had loaded.
 */
function startTaggedList() {
  const dataLayer = (window.dataLayer ??= []);
  function push(event, ecommerce) {
    // As Google's documentation has it: else parts of the last one stay.
    dataLayer.push({ ecommerce: null });
    dataLayer.push({ event, ecommerce });
  }
  const itemOf = (element) => data.items.find(({ item_id }) => item_id === element.closest('[data-card]').dataset.card);
  push('view_item_list', { item_list_name: data.list, items: data.items });
  for (const link of document.querySelectorAll('[data-card] a')) {
    link.addEventListener('click', () => push('select_item', { item_list_name: data.list, items: [itemOf(link)] }));
  }
  for (const button of document.querySelectorAll('[data-quick]')) {
    button.addEventListener('click', () => {
      const item = itemOf(button);
      addToCart(item.item_id, 1);
      push('add_to_cart', { currency: 'EUR', value: item.price, items: [item] });
      sayAdded(1, button.closest('[data-card]'));
    });
  }
}

function sayAdded(quantity, place = document) {
  show();
  const link = create('a', { href: '/cart', textContent: 'Go to the basket' });
  link.dataset.test = 'added-go-to-cart';
  place.querySelector('[data-added]').replaceChildren(`${quantity === 1 ? 'One' : quantity} more in the basket. `, link);
}

function startSearch() {
  if (!data.term) return;
  waymark('track', 'search', { search_term: data.term });
  if (data.items.length > 0) waymark('track', 'view_item_list', { item_list_name: 'Search results', items: data.items });
}

function startCompare() {
  waymark('track', 'compare_items', { items: data.items });
}

function startProduct() {
  const { item } = data;
  // That it is looked at, Waymark reads from the page's JSON-LD; that its reviews are, from `data-waymark-event` on them.
  find('[data-add-to-cart]').addEventListener('submit', (event) => {
    event.preventDefault();
    const quantity = find('#quantity').valueAsNumber;
    addToCart(item.item_id, quantity);
    waymark('cart.add', { ...item, quantity });
    sayAdded(quantity);
  });

  const wish = find('[data-wish]');
  const { waymarkEvent } = wish.dataset;
  shows.push(() => {
    const saved = readWishes().includes(item.item_id);
    wish.setAttribute('aria-pressed', saved);
    wish.textContent = saved ? 'Saved' : 'Save for later';
    // Saved once, the button takes the kite off the list again, and that is no wish.
    if (saved) delete wish.dataset.waymarkEvent;
    else wish.dataset.waymarkEvent = waymarkEvent;
  });
  wish.addEventListener('click', () => {
    toggleWish(item.item_id);
    // After the click: whoever else listens to it must still find the button as it was.
    setTimeout(show);
  });
}

/* On every page */

function startCoupon() {
  const button = find('[data-coupon]');
  if (!button) return;
  const words = button.textContent;
  shows.push(() => {
    button.disabled = hasCoupon();
    button.textContent = hasCoupon() ? 'Taken' : words;
    find('[data-coupon-said]').textContent = hasCoupon() ? 'It will come off in the basket.' : '';
  });
  button.addEventListener('click', () => {
    setCoupon(true);
    setTimeout(show);
  });
}

/**
 * Help, as long as the visitor is in `decision`: the style sheet shows it, by `data-journey-stage` on <html>. Here it is only declined, and
 * an interest in it is told.
 */
function startHelp() {
  const help = find('[data-help]');
  const details = help.querySelector('details');
  shows.push(() => { help.hidden = isHelpClosed(); });
  help.querySelector('[data-close]').addEventListener('click', () => {
    setHelpClosed(true);
    show();
    find('#content').focus({ preventScroll: true });
  });
  details.addEventListener('toggle', () => { if (details.open) waymark('track', 'help_open', {}, { stage: 'decision' }); });
}

/** Thanks, once for each move to `advocacy`: said when it happens, and not again on the next page. */
function startThanks() {
  const thanks = find('[data-thanks]');
  thanks.querySelector('[data-close]').addEventListener('click', () => {
    thanks.hidden = true;
    find('#content').focus({ preventScroll: true });
  });
  waymark('on', 'stage', ({ stage }) => {
    // Who scrolls on to the reviews has been thanked all the same; help takes the corner.
    if (stage === 'advocacy' || stage === 'decision') thanks.hidden = stage === 'decision';
    // For those who do not see the corner.
    if (stage === 'advocacy') find('[data-stage-said]').textContent = 'Thank you for the good word.';
    if (stage === 'decision' && !isHelpClosed()) find('[data-stage-said]').textContent = 'Questions before you buy? There is help below the page.';
  });
}

/** What is said once a link has been handed on, by how. */
const SHARED = {
  copy: 'The link is copied. Off it goes.',
  sheet: 'Off it goes.',
  whatsapp: 'WhatsApp opens beside this page.',
};

function startShare() {
  const button = find('[data-copy]');
  if (!button) return;
  const say = (words) => { find('[data-share-said]').textContent = words; };
  const { copy: path, copyItem: itemId } = button.dataset;
  // The other two buttons need no call: `data-waymark-share`.
  button.addEventListener('click', async () => {
    const { share } = window.waymark ?? {};
    if (!share) return copyPlain(path).then(say);
    const link = await share({ url: path, network: 'copy', ...(itemId && { item_id: itemId }) });
    if (link) keepSharedLink(link);
  });
  waymark('on', 'event', ({ name, properties }) => { if (name === 'share') say(SHARED[properties.method]); });
  waymark('on', 'problem', ({ code }) => { if (code === 'share_failed') say('Your browser did not let us. The address of this page will do, too.'); });
}

/** Where Waymark is blocked, the link has no token, and is a link all the same. Returns what to say. */
async function copyPlain(path) {
  const { href } = new URL(path, location.origin);
  const copied = await navigator.clipboard?.writeText(href).then(() => true, () => false);
  return copied ? SHARED.copy : href;
}

function startNewsletter() {
  const form = find('[data-newsletter]');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // Waymark sees by the form's build what it is for, and that it was sent: `newsletter_subscribe`. Never who.
    setTimeout(() => form.reset());
    find('[data-newsletter-said]').textContent = 'Thank you. The next letter comes with the next west wind.';
  });
}

function startAccount() {
  const form = find('[data-account-form]');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // As for the newsletter: `sign_up`, for there is a new password. A goal, by `data-goals` in the script tag.
    setTimeout(() => form.reset());
    find('[data-account-said]').textContent = 'You are in the book. Fly it, break it, send it.';
  });
}

/* Basket */

function startCart() {
  shows.push(() => {
    showCartOrEmpty();
    find('[data-lines]').replaceChildren(...listItems(data).map(createCartLine));
    const { goods, discount } = addUp(listItems(data), data);
    const missing = data.freeFrom - (goods - discount);
    find('[data-free-hint]').textContent = missing > 0 ? `${formatPrice(missing)} more and the post is free.` : '';
    showSaved();
  });
  find('[data-clear]').addEventListener('click', () => {
    clearCart();
    waymark('cart.clear');
    show();
  });
  const items = listItems(data);
  if (items.length === 0) return;
  const value = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  waymark('track', 'view_cart', { currency: 'EUR', value, items });
}

function createCartLine(item) {
  const { slug, kind } = data.products[item.item_id];
  const label = create('label', { className: 'hidden', htmlFor: `quantity-${item.item_id}`, textContent: `How many ${item.item_name}` });
  const input = create('input', { id: `quantity-${item.item_id}`, type: 'number', min: 0, max: 99, value: item.quantity, inputMode: 'numeric' });
  input.dataset.test = 'line-quantity';
  input.addEventListener('change', () => changeQuantity(item, Math.min(99, Math.max(0, Math.trunc(input.valueAsNumber) || 0)), input.id));
  const remove = create('button', { type: 'button', className: 'link-button', textContent: 'Remove' });
  remove.dataset.test = 'line-remove';
  remove.setAttribute('aria-label', `Remove ${item.item_name}`);
  remove.addEventListener('click', () => changeQuantity(item, 0));
  return createLine(item, { slug, kind }, create('div', { className: 'line-tools' }, label, input, remove));
}

function changeQuantity(item, quantity, focusId) {
  const before = readCart()[item.item_id] ?? 0;
  if (quantity > before) waymark('cart.add', { ...item, quantity: quantity - before });
  if (quantity < before) waymark('cart.remove', { ...item, quantity: before - quantity });
  setQuantity(item.item_id, quantity);
  show();
  // The lines are new elements: the keyboard must not be thrown back to the top of the page.
  const next = quantity > 0 && focusId ? document.getElementById(focusId) : find('[data-lines] input') ?? find('#content');
  next.focus();
  find('[data-said]').textContent = quantity === 0 ? `${item.item_name} is out of the basket.` : `${quantity} × ${item.item_name} in the basket.`;
}

function showSaved() {
  const saved = readWishes().map((id) => data.products[id]).filter(Boolean);
  find('[data-saved]').hidden = saved.length === 0;
  find('[data-saved-list]').replaceChildren(...saved.map(({ item, slug }) => create('li', {},
    create('img', { src: `/art/${slug}.svg`, alt: '', width: 56, height: 56 }),
    create('a', { href: `/products/${slug}`, textContent: item.item_name }),
    create('span', { textContent: formatPrice(item.price) }))));
}

/** Basket pages show either their contents or the empty sky. */
function showCartOrEmpty() {
  const items = listItems(data);
  find('[data-empty]').hidden = items.length > 0;
  find('[data-full]').hidden = items.length === 0;
  showTotals(addUp(items, data));
  return items;
}

/* Checkout */

function startCheckout() {
  shows.push(showCheckout);
  if (listItems(data).length > 0) waymark('checkout');

  const form = find('[data-delivery-form]');
  const chosen = form.querySelector(`[name=delivery][value="${readDelivery()}"]`);
  if (chosen) chosen.checked = true;
  form.addEventListener('change', ({ target }) => {
    if (target.name !== 'delivery') return;
    setDelivery(target.value);
    show();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    waymark('checkout', 'shipping');
    location.assign('/checkout/payment');
  });
}

function startPayment() {
  shows.push(showCheckout);
  find('[data-payment-form]').addEventListener('submit', (event) => {
    event.preventDefault();
    waymark('checkout', 'payment');
    const order = placeOrder(data);
    location.assign(`/thank-you/${order.number}`);
  });
}

function showCheckout() {
  const items = showCartOrEmpty();
  find('[data-short-lines]').replaceChildren(...items.map(({ item_name: name, price, quantity }) => create('li', {},
    create('span', { textContent: `${quantity} × ${name}` }), create('span', { textContent: formatPrice(price * quantity) }))));
}

/* After the order */

function startThankYou() {
  const order = findOrder(data.order);
  find('[data-known]').hidden = !order;
  find('[data-unknown]').hidden = Boolean(order);
  if (!order) return;
  showOrder(order);
  // At every load, reloads too: Waymark counts an order once.
  const { goods, discount, delivery, tax } = order.totals;
  waymark('purchase', {
    transaction_id: order.number,
    value: Math.round((goods - discount) * 100) / 100,
    currency: 'EUR',
    tax,
    shipping: delivery,
    ...(order.coupon && { coupon: order.coupon }),
    items: order.items,
  });
  startFeedback(order);
}

/** How it was. From four stars up it is praise, and the stage is `advocacy`; below, it is a customer's. */
function startFeedback({ items }) {
  const form = find('[data-feedback-form]');
  const about = form.querySelector('select');
  about.append(...items.map(({ item_id: value, item_name: name }) => create('option', { value, textContent: `the ${name}` })));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const answers = new FormData(form);
    const rating = Number(answers.get('rating'));
    const sentiment = answers.get('sentiment') ?? undefined;
    const item = items.find(({ item_id }) => item_id === about.value);
    // Of a kite it is a review, of the shop it is feedback.
    if (item) waymark('track', 'review_submit', { rating, sentiment, item_id: item.item_id, item_name: item.item_name });
    else waymark('feedback', { rating, sentiment, about: about.value });
    form.querySelector('[data-feedback-fields]').disabled = true;
    find('[data-feedback-said]').textContent = rating >= 4
      ? 'That goes up on the wall of the loft.'
      : 'Thank you for telling us. Teun reads these first, and he will not rest.';
  });
}

function startOrderStatus() {
  const number = data.order.toUpperCase();
  const order = number ? findOrder(number) : readOrders()[0];
  find('[data-known]').hidden = !order;
  if (!order) {
    find('[data-said]').textContent = number
      ? `We do not know ${number} here. Orders of this demonstration are kept in the browser they were placed in.`
      : 'There is no order in this browser yet.';
    return;
  }
  find('#order').value = order.number;
  find('[data-order-number]').textContent = order.number;
  showProgress(order);
  showOrder(order);
  waymark('track', 'order_status_view', { transaction_id: order.number });
  startFeedback(order);
  startSecondThoughts(order);

  find('[data-again]').addEventListener('click', () => {
    for (const item of order.items) {
      addToCart(item.item_id, item.quantity);
      waymark('cart.add', item);
    }
    location.assign('/cart');
  });
}

/** Cancelling the order, or sending something back. In a real shop, whoever opens the parcel says that it is back: from the server. */
function startSecondThoughts(first) {
  let order = first;
  const said = find('[data-order-said]');
  const cancel = find('[data-cancel]');
  function showState() {
    const { cancelled, returned = [] } = order;
    find('[data-progress]').hidden = Boolean(cancelled);
    cancel.hidden = Boolean(cancelled) || returned.length > 0;
    said.textContent = cancelled ? 'Cancelled. The table is free for somebody else, and your money is on its way back.' : '';
    [...find('[data-lines]').children].forEach((line, index) => {
      const item = order.items[index];
      const isBack = returned.includes(item.item_id);
      const button = create('button', { type: 'button', className: 'link-button', textContent: isBack ? 'Sent back' : 'Send back', disabled: isBack, hidden: Boolean(cancelled) });
      button.dataset.test = 'line-return';
      button.setAttribute('aria-label', `${button.textContent}: ${item.item_name}`);
      button.addEventListener('click', () => {
        // Once at a time, the whole line.
        waymark('refund', { transaction_id: order.number, currency: 'EUR', value: Math.round(item.price * item.quantity * 100) / 100, items: [item] });
        order = changeOrder(order.number, { returned: [...returned, item.item_id] });
        showState();
        said.textContent = `${item.item_name}: send it to the loft, sand and all. You have your money the day that it is here.`;
      });
      line.querySelector('.line-tools').replaceChildren(`${item.quantity} ×`, button);
    });
  }
  cancel.addEventListener('click', () => {
    waymark('cancel', { transaction_id: order.number, currency: 'EUR', value: order.totals.goods });
    order = changeOrder(order.number, { cancelled: true });
    showState();
    find('#content').focus({ preventScroll: true });
  });
  showState();
}

/** The demonstration moves an order one step on every two minutes. */
function showProgress({ time }) {
  const steps = [...find('[data-progress]').children];
  const current = Math.min(steps.length - 1, Math.floor((Date.now() - time) / 120_000));
  steps.forEach((step, index) => {
    step.className = index < current ? 'past' : '';
    if (index === current) step.setAttribute('aria-current', 'step');
  });
}

function showOrder({ items, totals }) {
  find('[data-lines]').replaceChildren(...items.map((item) => createLine(item, data.products[item.item_id],
    create('div', { className: 'line-tools', textContent: `${item.quantity} ×` }))));
  showTotals(totals);
}

function showTotals(totals) {
  for (const cell of document.querySelectorAll('[data-total]')) {
    const amount = totals[cell.dataset.total];
    cell.textContent = cell.dataset.total === 'discount' ? `−${formatPrice(amount)}` : cell.dataset.total === 'delivery' && amount === 0 ? 'free' : formatPrice(amount);
  }
  find('[data-discount-row]').hidden = totals.discount === 0;
  find('[data-delivery-name]').textContent = totals.deliveryName;
}

function createLine(item, { slug, kind }, tools) {
  const name = create('a', { href: `/products/${slug}`, className: 'line-name', textContent: item.item_name });
  const line = create('li', {},
    create('img', { src: `/art/${slug}.svg`, alt: '', width: 96, height: 96 }),
    create('div', { className: 'line-words' }, name, create('span', { textContent: `${kind}, ${formatPrice(item.price)} each` })),
    tools,
    create('b', { className: 'line-sum', textContent: formatPrice(item.price * item.quantity) }));
  line.dataset.test = `line-${slug}`;
  return line;
}

function create(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  if (children.length > 0) element.append(...children);
  return element;
}
