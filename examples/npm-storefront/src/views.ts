import { drawLine, drawPair, drawSet, drawStamp, drawStep } from './art';
import { html, type Html } from './html';
import { addUp, findOrder, findSock, formatPrice, PLACES, POST, searchSocks, shop, SIZES, SOCKS, type Line, type Order, type Place, type Sock } from './shop';

/** What the visitor looks at: its title, what it shows, and what of the shop it is about. */
export type View = { title: string; body: Html } & (
  | { name: 'shelf' | 'story' | 'bag' | 'checkout' | 'payment' | 'account' | 'missing' }
  | { name: 'search'; query: string; found: readonly Sock[] }
  | { name: 'sock'; sock: Sock }
  | { name: 'thanks'; order: Order }
);

/** What of an address says which view it is. */
type Address = Pick<Location, 'pathname' | 'search'>;

/** The view at an address; one that says so where there is nothing. */
export function findView({ pathname, search }: Address): View {
  if (pathname === '/') return { name: 'shelf', title: 'Socks in threes', body: showShelf() };
  if (pathname === '/story') return { name: 'story', title: 'Why three?', body: showStory() };
  if (pathname === '/account') return { name: 'account', title: 'Your account', body: showAccount() };
  if (pathname === '/search') {
    const query = new URLSearchParams(search).get('q') ?? '';
    const found = searchSocks(query);
    return { name: 'search', title: 'Search', query, found, body: showSearch(query, found) };
  }
  if (pathname === '/checkout' && shop.bag.length) return { name: 'checkout', title: 'Delivery', body: showDelivery() };
  if (pathname === '/checkout/payment' && shop.bag.length) return { name: 'payment', title: 'Payment', body: showPayment() };
  if (/^\/(bag|checkout)/.test(pathname)) return { name: 'bag', title: 'Your bag', body: showBag() };

  const [, part, name = ''] = pathname.split('/');
  const sock = part === 'socks' && findSock(name);
  if (sock) return { name: 'sock', title: sock.name, sock, body: showSock(sock) };
  const order = part === 'thanks' && findOrder(name);
  if (order) return { name: 'thanks', title: 'Thank you', order, body: showThanks(order) };
  return { name: 'missing', title: 'Gone missing', body: showMissing() };
}

/** The document's title at an address. */
export const findTitle = (address: Address): string => `${findView(address).title} | Pair & a Spare`;

/** What the places of the poll are called, and how many socks have been lost there, as far as the shop knows. */
const LOST: Record<Place, [name: string, share: number]> = {
  dryer: ['In the dryer', 41],
  bed: ['Under the bed', 22],
  dog: ['The dog has it', 13],
  nobody_knows: ['Nobody knows', 24],
};

function showShelf(): Html {
  return html`<section class="hero"><div class="hero-words"><h1 tabindex="-1">A pair,<br>and a spare.</h1>
      <p>One always goes missing. So we knit three of each, and sell them as a set.</p>
      <a class="button" href="/socks/behind-the-dryer" data-test="hero-link">See the one from behind the dryer</a></div>${drawLine()}</section>
    <section class="wrap page" aria-labelledby="shelf">
      <div class="section-head"><h2 id="shelf">Eight socks, three of each</h2><p>Post from ${formatPrice(POST.price)}, free from ${formatPrice(POST.freeFrom)}</p></div>
      ${showCards(SOCKS)}
    </section>
    ${showPoll()}`;
}

const showCards = (socks: readonly Sock[]): Html => html`<ul class="cards">${socks.map(
  (sock) => html`<li class="card"><a href="/socks/${sock.slug}" data-test="card-${sock.slug}">${drawPair(sock)}<h3>${sock.name}</h3></a>
    <p>${sock.kind}</p><p class="price">${formatPrice(sock.price)} <span>for three</span></p>${showWish(sock, true)}</li>`,
)}</ul>`;

/** The button of the wish list; on a card there is only room for its heart. */
function showWish({ slug, name }: Sock, isSmall = false): Html {
  return html`<button class="${isSmall ? 'heart' : 'button quiet'}" type="button" data-action="wish" data-slug="${slug}" aria-pressed="${`${shop.wishes.includes(slug)}`}" data-test="wish-${slug}">
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M12 20C5 15 2.5 11.5 3.5 8 5 4 10 4 12 8c2-4 7-4 8.5 0 1 3.5-1.500 7-8.5 12z"/></svg>
    <span class="${isSmall && 'hidden'}">Keep for later<span class="hidden">: ${name}</span></span></button>`;
}

function showPoll(): Html {
  const answer = PLACES.map((place) => {
    const [name, share] = LOST[place];
    return shop.lost
      ? html`<li class="bar ${shop.lost === place ? 'mine' : ''}"><span>${name}</span><b>${share}%</b><i style="width:${share}%"></i></li>`
      : html`<li><button class="button quiet" type="button" data-action="lost" data-place="${place}" data-test="lost-${place}">${name}</button></li>`;
  });
  return html`<section class="poll" aria-labelledby="poll"><div class="poll-in"><h2 id="poll">Where did yours go?</h2>
    <p>${shop.lost ? 'Thank you. We are looking, too.' : 'The last sock you lost. Your best guess will do.'}</p><ul class="${shop.lost ? 'bars' : 'answers'}" data-test="poll">${answer}</ul></div></section>`;
}

function showSock(sock: Sock): Html {
  const others = SOCKS.filter(({ category, slug }) => category === sock.category && slug !== sock.slug);
  return html`<div class="wrap page">
    <nav class="crumbs" aria-label="You are here"><a href="/">All socks</a> <span aria-hidden="true">/</span> ${sock.category}</nav>
    <article class="product">
      <div class="product-art">${drawSet(sock)}</div>
      <div>
        <h1 tabindex="-1">${sock.name}</h1><p class="kind">${sock.kind}</p>
        <p class="lead">${sock.line}</p>
        <p class="price big">${formatPrice(sock.price)} <span>for a set of three, VAT included</span></p>
        <form class="buy" data-form="add" data-slug="${sock.slug}">
          <fieldset class="size-choice"><legend>Shoe size, EU</legend>
            ${SIZES.map(({ size }, index) => html`<label><input type="radio" name="size" value="${size}" required ${index === 1 && 'checked'}><span>${size}</span></label>`)}
          </fieldset>
          <button class="link" type="button" data-action="sizes" data-test="size-guide">Which size am I?</button>
          <div class="buy-row"><label class="hidden" for="quantity">Sets</label><select id="quantity" name="quantity" data-test="quantity">${[1, 2, 3, 4].map((n) => html`<option value="${n}">${n} ${n === 1 ? 'set' : 'sets'}</option>`)}</select>
          <button class="button" type="submit" data-test="add-to-bag">Put in the bag</button></div>
          <p class="added" data-added hidden>In the bag. <a href="/bag" data-test="added-go-to-bag">Go and look</a></p>
          ${showWish(sock)}
        </form>
        <p>${sock.text}</p>
        <dl class="facts"><div><dt>Yarn</dt><dd>${sock.yarn}</dd></div><div><dt>Wash</dt><dd>${sock.wash}</dd></div><div><dt>In the set</dt><dd>Three socks, all alike. None is left or right.</dd></div></dl>
      </div>
    </article>
    <section aria-labelledby="others"><h2 id="others">From the same drawer</h2>${showCards(others)}</section></div>`;
}

/** The table in the dialog of sizes. */
export const showSizes = (): Html => html`<h2 id="sizes-title" tabindex="-1">Which size am I?</h2>
  <p>Stand on a sheet of paper, mark heel and toe, measure between. Between two sizes, take the larger: wool forgives, elastane does not.</p>
  <table><thead><tr><th scope="col">Shoe size</th><th scope="col">Your foot</th><th scope="col">What we hear</th></tr></thead>
  <tbody>${SIZES.map(({ size, foot, note }) => html`<tr><th scope="row">${size}</th><td>${foot}</td><td>${note}</td></tr>`)}</tbody></table>
  <form method="dialog"><button class="button" data-test="sizes-close">Back to the socks</button></form>`;

function showSearch(query: string, found: readonly Sock[]): Html {
  const said = found.length ? `${found.length === 1 ? 'One sock' : `${found.length} socks`} for` : 'Not in any drawer:';
  return html`<div class="wrap page"><h1 tabindex="-1">${said} “${query}”</h1>
    ${found.length ? showCards(found) : html`<p class="lead">Try “merino”, “stripes” or “dog”, or look through <a href="/">all eight</a>.</p>`}</div>`;
}

function showLines(lines: readonly Line[], canChange = false): Html {
  return html`<ul class="lines">${lines.map(({ slug, size, quantity }) => {
    const sock = findSock(slug)!;
    return html`<li class="line">${drawStamp(sock)}<div><a href="/socks/${slug}">${sock.name}</a><br><small>EU ${size}, ${quantity} ${quantity === 1 ? 'set' : 'sets'}</small>
      ${canChange && html`<div class="line-actions"><button class="step" type="button" id="less-${slug}-${size}" data-action="less" data-slug="${slug}" data-size="${size}" data-test="less-${slug}"><span class="hidden">One set less of ${sock.name}</span>−</button>
      <button class="step" type="button" id="more-${slug}-${size}" data-action="more" data-slug="${slug}" data-size="${size}" data-test="more-${slug}"><span class="hidden">One set more of ${sock.name}</span>+</button>
      <button class="link" type="button" id="remove-${slug}-${size}" data-action="remove" data-slug="${slug}" data-size="${size}" data-test="remove-${slug}">Take out<span class="hidden"> ${sock.name}</span></button></div>`}</div>
      <b>${formatPrice(sock.price * quantity)}</b></li>`;
  })}</ul>`;
}

const showSums = (goods: number, post: number): Html => html`<dl class="sums"><div><dt>Socks</dt><dd>${formatPrice(goods)}</dd></div>
  <div><dt>Post</dt><dd>${post ? formatPrice(post) : 'free'}</dd></div><div class="total"><dt>Together</dt><dd data-test="total">${formatPrice(goods + post)}</dd></div></dl>`;

function showBag(): Html {
  if (!shop.bag.length) {
    return html`<div class="wrap page"><h1 tabindex="-1">Your bag</h1><p class="lead">Nothing in it, and for once nothing has gone missing.</p><p><a class="button" href="/">To the socks</a></p></div>`;
  }
  const { goods, post } = addUp(shop.bag);
  return html`<div class="wrap page"><h1 tabindex="-1">Your bag</h1><div class="till"><div>${showLines(shop.bag, true)}</div>
    <div class="receipt">${showSums(goods, post)}${post > 0 && html`<p class="note">${formatPrice(POST.freeFrom - goods)} more and the post is free.</p>`}
      <a class="button wide" href="/checkout" data-test="checkout">To the checkout</a></div></div></div>`;
}

/** A page of the checkout: a form, and beside it what is bought. */
function showCheckout(title: string, step: 1 | 2, form: Html): Html {
  const { goods, post } = addUp(shop.bag);
  const steps = ['Bag', 'Delivery', 'Payment'].map((name, index) => html`<li ${index === step && 'aria-current=step'}>${name}</li>`);
  return html`<div class="wrap page"><ol class="steps" aria-label="Checkout">${steps}</ol><h1 tabindex="-1">${title}</h1>
    <div class="till"><div>${form}</div><div class="receipt">${showLines(shop.bag)}${showSums(goods, post)}</div></div></div>`;
}

const showDelivery = (): Html => showCheckout('Where shall they go?', 1, html`<form class="fields" data-form="delivery">
  <label>Name<input autocomplete="name" required data-test="name"></label>
  <label>Street and number<input autocomplete="street-address" required data-test="street"></label>
  <div class="two"><label>Postcode<input autocomplete="postal-code" required data-test="postcode"></label><label>Town<input autocomplete="address-level2" required data-test="town"></label></div>
  <label>E-mail, for the receipt<input type="email" autocomplete="email" required data-test="email"></label>
  <button class="button" type="submit" data-test="to-payment">Go on to the payment</button></form>`);

const showPayment = (): Html => showCheckout('How would you like to pay?', 2, html`<form class="fields" data-form="payment">
  <fieldset class="choice"><legend class="hidden">Way to pay</legend>
    <label><input type="radio" name="method" value="card" required checked><span><b>Card</b><br>Nothing to fill in: this shop is invented.</span></label>
    <label><input type="radio" name="method" value="transfer"><span><b>Bank transfer</b><br>We knit when it has arrived.</span></label>
    <label><input type="radio" name="method" value="button"><span><b>Buttons</b><br>Four holes, any colour. Accepted since 1931.</span></label></fieldset>
  <button class="button" type="submit" data-test="place-order">Place the order</button></form>`);

const showThanks = ({ id, lines, goods, post }: Order): Html => html`<div class="wrap page narrow"><h1 tabindex="-1">Thank you. They are on the needles.</h1>
  <p class="lead">Your order is <b data-test="order-id">${id}</b>. Look after all three.</p>
  <div class="receipt">${showLines(lines)}${showSums(goods, post)}</div><p><a class="button quiet" href="/">Back to the socks</a></p></div>`;

function showAccount(): Html {
  const wishes = SOCKS.filter(({ slug }) => shop.wishes.includes(slug));
  const sign = shop.customer
    ? html`<p class="lead">You are customer <b data-test="customer">${shop.customer}</b>.</p><p><button class="button quiet" type="button" data-action="sign-out" data-test="sign-out">Sign out, and forget me here</button></p>`
    : html`<p class="lead">Your customer number is on the paper band around each set.</p>
      <form class="fields slim" data-form="sign-in"><label>Customer number<input name="customer" pattern="[Cc]-[0-9]{3,6}" placeholder="C-1042" title="C, a dash, and up to six digits" required autocomplete="off" data-test="customer-number"></label>
      <button class="button" type="submit" data-test="sign-in">Sign in</button></form>`;
  return html`<div class="wrap page"><h1 tabindex="-1">${shop.customer ? 'Welcome back' : 'Your account'}</h1>${sign}
    <h2>Your wish list</h2>${wishes.length ? showCards(wishes) : html`<p>Empty. Hearts put socks here.</p>`}</div>`;
}

const showStory = (): Html => html`<div class="wrap page"><h1 tabindex="-1">Why three?</h1>
  <p class="lead">A pair is two socks that have not been washed yet.</p>
  <ol class="story"><li>${drawStep(1)}<h2>You get three</h2><p>All alike. We do not knit left ones and right ones, so any two of them are a pair.</p></li>
  <li>${drawStep(2)}<h2>One goes</h2><p>It always does. Into the dryer, under the bed, to the dog. We have asked; nobody has ever seen it happen.</p></li>
  <li>${drawStep(3)}<h2>You still have a pair</h2><p>And should the first one come back, you are the owner of a spare again. It is a good feeling.</p></li></ol>
  <p><a class="button" href="/">To the socks</a></p></div>`;

const showMissing = (): Html => html`<div class="wrap page"><h1 tabindex="-1">Gone missing</h1><p class="lead">There was a page here. It may be behind the dryer.</p><p><a class="button" href="/">To the socks</a></p></div>`;
