import { addToBag, addUp, countBag, CURRENCY, findSock, placeOrder, reportLost, shop, signIn, signOut, SOCKS, takeFromBag, toggleWish, toItem, toItems, type Place, type Sock } from './shop';
import { onStage, tracker } from './tracking';
import { findTitle, findView, showSizes, type View } from './views';

const find = <Found extends HTMLElement>(selector: string): Found => document.querySelector<Found>(selector)!;

const content = find('main');
const hint = find('[data-hint]');
const sizes = find<HTMLDialogElement>('[data-sizes]');

let view: View;

/* Views */

/** Shows what belongs to the address. Called again, it shows what has changed. */
function show(): void {
  const focused = document.activeElement?.id;
  view = findView(location);
  document.title = findTitle(location);
  content.innerHTML = view.body.text;
  if (focused) document.getElementById(focused)?.focus();
  showCount();
  for (const link of document.querySelectorAll('.menu a')) {
    if (link.getAttribute('href') === location.pathname) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  showHint();
}

function showCount(): void {
  find('[data-count]').textContent = `${countBag()}`;
}

/** Shows the view of a new address, and tells the tracker what is on it. */
function openView(): void {
  show();
  // A task later: the first page view begins when the document is parsed, and this runs a moment before. Those of routes begin at once.
  setTimeout(trackView, 0, view);
}

/** Goes to an address of the shop. */
function go(address: string): void {
  if (address !== location.pathname + location.search) {
    history.pushState(null, '', address);
    openView();
  }
  scrollTo(0, 0);
  content.querySelector('h1')?.focus({ preventScroll: true });
}

/** What is on a view, beside the page view that is tracked without a call. */
function trackView(seen: View): void {
  if (seen.name === 'shelf') trackList('All socks', SOCKS);
  if (seen.name === 'search') {
    tracker.track('search', { search_term: seen.query });
    if (seen.found.length) trackList('Search results', seen.found);
  }
  if (seen.name === 'sock') tracker.track('view_item', { currency: CURRENCY, value: seen.sock.price, items: [toItem(seen.sock)] });
  if (seen.name === 'bag') tracker.track('view_cart', { currency: CURRENCY, value: addUp(shop.bag).goods, items: toItems(shop.bag) });
  if (seen.name === 'checkout') tracker.checkout();
  if (seen.name === 'thanks') {
    const { id, lines, goods, post } = seen.order;
    // However often this view is opened or reloaded, the order counts once.
    tracker.purchase({ transaction_id: id, value: goods, shipping: post, items: toItems(lines) });
  }
}

function trackList(name: string, socks: readonly Sock[]): void {
  tracker.track('view_item_list', { item_list_name: name, items: socks.map((sock) => toItem(sock)) });
}

/** Says something to those who listen to the page. */
function say(words: string): void {
  find('[data-said]').textContent = words;
}

/* The hint: the page reacts to where the visitor is in the journey */

let isDeciding = false;
let isHintDone = false;

function showHint(): void {
  const isShopping = view.name === 'shelf' || view.name === 'search' || view.name === 'sock' || view.name === 'bag';
  hint.hidden = !isDeciding || isHintDone || !isShopping;
}

function closeHint(): void {
  isHintDone = true;
  showHint();
}

function openSizes(from: 'product' | 'hint'): void {
  closeHint();
  sizes.innerHTML = showSizes().text;
  sizes.showModal();
  // Who asks for their size is choosing, not looking around.
  tracker.track('size_guide_open', { from, ...(view.name === 'sock' && { item_id: view.sock.id }) }, { stage: 'decision' });
}

/* What the visitor does */

/** Puts sets in the bag, or takes them out with a quantity below 0. */
function changeBag(slug: string, size: string, quantity: number): void {
  const item = toItem(findSock(slug)!, size, Math.abs(quantity));
  if (quantity > 0) {
    addToBag(slug, size, quantity);
    tracker.cart.add(item);
  } else {
    takeFromBag(slug, size, -quantity);
    tracker.cart.remove(item);
  }
  showCount();
  say(`${countBag()} in the bag`);
}

/** The same on the page of the bag, which shows what has changed. */
function changeLine(slug: string, size: string, quantity: number): void {
  changeBag(slug, size, quantity);
  show();
}

/** What buttons do, by their `data-action`. */
const actions: Record<string, (data: DOMStringMap, button: HTMLElement) => void> = {
  wish({ slug }, button) {
    const isWished = toggleWish(slug!);
    button.setAttribute('aria-pressed', `${isWished}`);
    tracker.track(isWished ? 'wishlist_add' : 'wishlist_remove', { item_id: findSock(slug!)!.id });
  },
  lost({ place }) {
    reportLost(place as Place);
    tracker.track('lost_sock_reported', { place: place as Place });
    show();
    say('Thank you. We are looking, too.');
  },
  more: ({ slug, size }) => changeLine(slug!, size!, 1),
  less: ({ slug, size }) => changeLine(slug!, size!, -1),
  remove({ slug, size }) {
    const line = shop.bag.find((other) => other.slug === slug && other.size === size)!;
    changeLine(slug!, size!, -line.quantity);
    content.querySelector('h1')?.focus();
  },
  sizes: () => openSizes('product'),
  'compare-sizes': () => openSizes('hint'),
  'close-hint': closeHint,
  'sign-out'() {
    signOut();
    tracker.reset();
    show();
  },
};

/** What forms do, by their `data-form`. Only what is named here is read; names and addresses are not. */
const forms: Record<string, (form: FormData, element: HTMLFormElement) => void> = {
  search(form, element) {
    go(`/search?q=${encodeURIComponent(`${form.get('q')}`)}`);
    element.reset();
  },
  add(form, { dataset }) {
    changeBag(dataset.slug!, `${form.get('size')}`, Number(form.get('quantity')));
    find('[data-added]').hidden = false;
  },
  delivery() {
    tracker.checkout('shipping');
    go('/checkout/payment');
  },
  payment() {
    tracker.checkout('payment');
    go(`/thanks/${placeOrder().id}`);
  },
  'sign-in'(form) {
    const customer = `${form.get('customer')}`.toUpperCase();
    signIn(customer);
    // The shop's own number, never an e-mail address.
    tracker.identify(customer, { wishes: shop.wishes.length });
    show();
  },
};

document.addEventListener('click', (event) => {
  const target = event.target as Element;
  const button = target.closest<HTMLElement>('[data-action]');
  if (button) return actions[button.dataset.action!]?.(button.dataset, button);

  const link = target.closest('a');
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || link.origin !== location.origin || link.hash) return;
  event.preventDefault();
  go(link.pathname + link.search);
});

document.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement;
  const act = forms[form.dataset.form ?? ''];
  if (!act) return;
  event.preventDefault();
  act(new FormData(form), form);
});

addEventListener('popstate', () => {
  // The skip link changes only the address's end.
  if (!location.hash) openView();
});

openView();
onStage((stage) => {
  isDeciding = stage === 'decision';
  showHint();
});
