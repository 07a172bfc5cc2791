import { html } from 'hono/html';
import {
  CATEGORIES, COUPON, CURRENCY, DELIVERIES, FREE_DELIVERY_FROM, PRODUCTS, VAT_SHARE, findProduct, searchProducts, toItem,
} from './catalogue.mjs';
import { formatPrice, renderLayout, writeJson } from './layout.mjs';

/** What an order number looks like: `LG-` and six letters or digits that cannot be mistaken for one another. */
const ORDER_NUMBER = /^LG-[2-9A-HJ-NP-Z]{6}$/;

/** Strongest wind on the little wind gauge, Beaufort. Nobody should fly above it. */
const TOP_WIND = 6;

/**
 * The page at an address of the shop. Pure: the same address gives the same page.
 *
 * @param {string} address path and query, such as `/search?q=tail`
 * @param {object} site
 * @param {string} site.collector where Waymark sends its batches
 * @param {number} site.cartIdleMinutes after how many minutes without a move a basket counts as left
 * @returns {{ status: 200 | 404, html: string }}
 */
export function renderPage(address, { collector, cartIdleMinutes }) {
  const { pathname: path, searchParams: query } = new URL(address, 'http://shop.invalid');
  const page = choosePage(path, query);
  const { status = 200, ...content } = page ?? missingPage();
  return { status, html: String(renderLayout(content, { path, collector, cartIdleMinutes })) };
}

function choosePage(path, query) {
  const [first = '', second, ...rest] = path.slice(1).split('/');
  if (rest.length > 0) return undefined;
  const category = CATEGORIES.find(({ slug }) => slug === first);
  if (second === undefined) {
    if (first === '') return homePage();
    if (category) return categoryPage(category);
    if (first === 'story') return storyPage();
    if (first === 'compare') return comparePage();
    if (first === 'help') return helpPage();
    if (first === 'search') return searchPage(query.get('q')?.trim() ?? '');
    if (first === 'cart') return cartPage();
    if (first === 'account') return accountPage();
    if (first === 'checkout') return checkoutPage();
    if (first === 'order-status') return orderStatusPage(query.get('order')?.trim() ?? '');
    return undefined;
  }
  if (first === 'products') {
    const product = findProduct(second);
    return product && productPage(product);
  }
  if (first === 'checkout' && second === 'payment') return paymentPage();
  if (first === 'thank-you' && ORDER_NUMBER.test(second)) return thankYouPage(second);
  return undefined;
}

function homePage() {
  const favourites = ['dunlin', 'gannet', 'fulmar', 'sanderling'].map(findProduct);
  return {
    name: 'home',
    title: 'Kites sewn by hand, behind the dyke',
    description: 'Single-line kites, sewn and signed in a sail loft by the sea. Six birds, from a first kite to one for a gale.',
    body: html`
      <section class="hero">
        <img class="hero-art" src="/art/hero.svg" alt="Four kites over a beach: a red and yellow diamond, a rokkaku with a moon, a white delta and a small striped sled" width="1600" height="760">
        <div class="hero-words">
          <h1>There is always wind enough for one of them.</h1>
          <p>Single-line kites, cut, sewn and signed in an old sail loft behind the dyke. Six birds: one for the lull, one for the gust, four for the days between.</p>
          <p class="actions"><a class="button" href="/kites" data-test="hero-shop">See the kites</a> <a class="text-link" href="/story" data-test="hero-story">How we make them</a></p>
        </div>
      </section>

      <section class="band" aria-labelledby="wind-title">
        <div class="section-head"><h2 id="wind-title">What is the wind doing?</h2><a class="text-link" href="/compare" data-test="home-compare">Compare all six</a></div>
        <div class="winds">
          <div class="wind-card lull"><h3>A lull</h3><p class="force">1 to 2 Beaufort</p><p>Smoke leans. Reeds talk, trees do not.</p><ul><li><a href="/products/gannet">Gannet</a>, the one that floats</li><li><a href="/products/sanderling">Sanderling</a>, from a two</li></ul></div>
          <div class="wind-card breeze"><h3>A breeze</h3><p class="force">3 to 4 Beaufort</p><p>Flags are out, hats still on.</p><ul><li><a href="/products/dunlin">Dunlin</a>, with the long tail</li><li><a href="/products/fulmar">Fulmar</a>, for the whole afternoon</li></ul></div>
          <div class="wind-card gust"><h3>A gust</h3><p class="force">5 to 6 Beaufort</p><p>Sand stings, gulls walk.</p><ul><li><a href="/products/cormorant">Cormorant</a>, made for it</li><li><a href="/products/puffin">Puffin</a>, up to a five</li></ul></div>
        </div>
      </section>

      ${couponBanner('home')}

      <section class="wrap" aria-labelledby="favourites-title">
        <div class="section-head"><h2 id="favourites-title">Most often in the air</h2><a class="text-link" href="/kites">All kites</a></div>
        ${productGrid(favourites)}
      </section>

      <section class="split wrap">
        <img src="/art/loft.svg" alt="The loft: a long cutting table, a sewing machine, bolts of cloth, and a window over the dunes" width="1200" height="560" loading="lazy">
        <div>
          <h2>One person, one kite, one name on the keel</h2>
          <p>Maike cuts, Teun splits the ash, Ilse sews. Whoever finishes a kite takes it up the dyke and flies it. If it pulls left, it goes back on the table. If it does not, it gets a signature.</p>
          <p><a class="button quiet" href="/story" data-test="home-story">Come into the loft</a></p>
        </div>
      </section>

      <section class="wrap" aria-labelledby="said-title">
        <h2 id="said-title">From the other end of the line</h2>
        <div class="quotes">
          ${[['fulmar', 0], ['dunlin', 0], ['fledgling-kit', 0]].map(([slug, index]) => {
            const product = findProduct(slug);
            const review = product.reviews[index];
            return html`<figure><blockquote><p>${review.text}</p></blockquote><figcaption>${review.by}, on the <a href="/products/${slug}">${product.name}</a></figcaption></figure>`;
          })}
        </div>
      </section>`,
  };
}

function categoryPage({ slug, name, line }) {
  const products = PRODUCTS.filter(({ category }) => category === slug);
  // Line and tails is the part of the shop that its owners had made for Google's tags: it speaks to `dataLayer`, and Waymark listens.
  const isTagged = slug === 'line-and-tails';
  return {
    name: isTagged ? 'tagged-category' : 'category',
    title: name,
    description: line,
    data: { list: name, items: products.map(toItem) },
    body: html`
      <div class="wrap page">
        ${crumbs([name])}
        <div class="page-head"><h1>${name}</h1><p class="lead">${line}</p>
        ${slug === 'kites' ? html`<p class="after-lead"><a class="text-link" href="/compare" data-test="category-compare">Which one is yours? Compare the six</a></p>` : ''}</div>
        ${productGrid(products, 'h2', isTagged)}
      </div>
      ${couponBanner(slug)}`,
  };
}

function productPage(product) {
  const category = CATEGORIES.find(({ slug }) => slug === product.category);
  const others = PRODUCTS.filter((other) => other !== product && (other.category !== product.category || other.category === 'line-and-tails')).slice(0, 3);
  const stars = product.reviews.reduce((sum, review) => sum + review.stars, 0) / product.reviews.length;
  return {
    name: 'product',
    title: `${product.name}, ${product.kind.toLowerCase()}`,
    description: product.line,
    data: { item: toItem(product) },
    // Written for search engines. Waymark reads from it that the page shows a product, and which: `view_item` needs no call.
    head: html`<script type="application/ld+json">${writeJson(describeProduct(product, category, stars))}</script>`,
    body: html`
      <div class="wrap page">
        ${crumbs([html`<a href="/${category.slug}">${category.name}</a>`, product.name])}
        <article class="product">
          <img class="product-art" src="/art/${product.slug}.svg" alt="${product.alt}" width="640" height="640">
          <div class="product-words">
            <p class="kind">${product.kind}</p>
            <h1 data-test="product-name">${product.name}</h1>
            <p class="lead">${product.line}</p>
            <p class="rating"><a href="#reviews">${starRow(stars)} ${product.reviews.length} ${product.reviews.length === 1 ? 'review' : 'reviews'}</a></p>
            <p class="price" data-test="product-price">${formatPrice(product.price)} <span>VAT included</span></p>
            <form class="buy" data-add-to-cart>
              <label for="quantity">How many</label>
              <input id="quantity" type="number" min="1" max="20" value="1" required inputmode="numeric" data-test="quantity">
              <button class="button" type="submit" data-test="add-to-cart">Add to basket</button>
              <button class="button quiet wish" type="button" aria-pressed="false" data-wish="${product.id}" data-test="wishlist"
                data-waymark-event="add_to_wishlist" data-waymark-item_id="${product.id}" data-waymark-item_name="${product.name}"
                data-waymark-item_category="${category.name}" data-waymark-price="${product.price}">Save for later</button>
            </form>
            <p class="said" role="status" data-added data-test="added"></p>
            ${product.wind ? html`<h2 class="small-head">Wind</h2>${windGauge(product.wind)}` : ''}
            ${product.text.map((paragraph) => html`<p>${paragraph}</p>`)}
            <dl class="facts">${Object.entries(product.facts).map(([term, fact]) => html`<div><dt>${term}</dt><dd>${fact}</dd></div>`)}</dl>
            <ul class="promises"><li>On its way within two working days</li><li>Thirty days to send it back, sand and all</li><li>Mended free for the first two years</li></ul>
            ${shareBox(`/products/${product.slug}`, product.id, 'Know someone with a beach?')}
          </div>
        </article>
        <section class="reviews" id="reviews" data-waymark-event="review_view" data-waymark-item_id="${product.id}" data-waymark-item_name="${product.name}"
          data-waymark-rating="${stars.toFixed(1)}" data-test="reviews" aria-labelledby="reviews-title">
          <h2 id="reviews-title">What people say about the ${product.name}</h2>
          <div class="quotes">${product.reviews.map(({ by, stars: given, text }) => html`<figure>${starRow(given)}<blockquote><p>${text}</p></blockquote><figcaption>${by}</figcaption></figure>`)}</div>
        </section>
        <section aria-labelledby="others-title"><h2 id="others-title">${product.category === 'kites' ? 'Goes up with it' : 'Goes well with'}</h2>${productGrid(others)}</section>
      </div>`,
  };
}

function storyPage() {
  return {
    name: 'story',
    type: 'article',
    title: 'How we make them',
    description: 'From a bolt of cloth to a kite over the dyke in eleven hours and some four thousand stitches.',
    body: html`
      <article class="story">
        <img class="story-art" src="/art/loft.svg" alt="The loft: a long cutting table, a sewing machine, bolts of cloth, and a window over the dunes" width="1200" height="560">
        <div class="prose">
          <h1>Eleven hours, four thousand stitches and one walk up the dyke</h1>
          <p class="lead">The loft was built in 1911 to mend the sails of the mussel boats. When the boats got engines it stood empty, then it held potatoes, then us.</p>
          <p>Maike learnt to sew here from her grandfather, who mended the last sails. Teun came to fix the roof and stayed. The first kite was made from the curtain that hung in front of the hole in it. It pulled to the left. We still have it, and it still does.</p>
        </div>
        <ol class="steps">
          <li><img src="/art/step-cut.svg" alt="Scissors following a dashed curve across yellow cloth" width="480" height="320" loading="lazy"><div><h2>Cut</h2><p>Every panel is cut along the weave, because cloth cut across it stretches and a stretched kite wanders. Curves are drawn with a bent ash strip, the way sails are. What falls on the floor becomes <a href="/products/ribbon-tails">ribbon tails</a>.</p></div></li>
          <li><img src="/art/step-sew.svg" alt="A dark green sewing machine making a red zigzag seam" width="480" height="320" loading="lazy"><div><h2>Sew</h2><p>Zigzag, three steps to a zig, as on a mainsail: the seam gives with the cloth in a gust and comes back. A <a href="/products/fulmar">Fulmar</a> takes four thousand and some stitches, most of them round the moon.</p></div></li>
          <li><img src="/art/step-fly.svg" alt="A person on a dune flying a diamond kite" width="480" height="320" loading="lazy"><div><h2>Fly</h2><p>Forty-one steps up, and there is nearly always wind at the top. Every kite gets ten minutes there. The bridle is set by hand until it stands straight, then knotted for good and signed.</p></div></li>
        </ol>
        <blockquote class="pull"><p>A kite is a sail that has let go of its boat.</p></blockquote>
        <div class="prose">
          <h2>Which bird is yours?</h2>
          <p>They differ in the wind that they want, and in the people that they put up with. <a href="/compare" data-test="story-compare">Here are all six, side by side.</a></p>
          <h2>If it breaks</h2>
          <p>Send it home. We mend what we made, free for two years and at cost after that. The oldest kite on the mending shelf is from our second summer. It has been up a mountain, into a harbour and through a hedge, and it has one original panel left.</p>
          <p><a class="button" href="/kites" data-test="story-shop">See the kites</a></p>
        </div>
      </article>`,
  };
}

function comparePage() {
  const kites = PRODUCTS.filter(({ category }) => category === 'kites');
  return {
    name: 'compare',
    title: 'The six kites compared',
    description: 'Which kite is yours? Six of them by wind, size and price.',
    data: { items: kites.map(toItem) },
    body: html`
      <div class="wrap page" data-waymark-stage="consideration">
        ${crumbs([html`<a href="/kites">Kites</a>`, 'Compare'])}
        <div class="page-head"><h1>Which bird is yours?</h1><p class="lead">Look out of the window first. Then find the wind in the second column, and yourself in the third.</p></div>
        <div class="table-frame" tabindex="0" role="region" aria-label="The six kites compared">
          <table class="compare">
            <thead><tr><th scope="col">Kite</th><th scope="col">Wind</th><th scope="col">Good for</th><th scope="col">Size</th><th scope="col">Frame</th><th scope="col">Price</th></tr></thead>
            <tbody>
              ${kites.map(({ slug, name, kind, wind, goodFor, facts, price }) => html`<tr>
                <th scope="row"><a href="/products/${slug}" data-test="compare-${slug}"><img src="/art/${slug}.svg" alt="" width="64" height="64"><span>${name}<small>${kind}</small></span></a></th>
                <td>${windGauge(wind)}</td><td>${goodFor}</td><td>${facts.Size}</td><td>${facts.Frame}</td><td>${formatPrice(price)}</td></tr>`)}
            </tbody>
          </table>
        </div>
      </div>`,
  };
}

function helpPage() {
  const price = ({ price, freeFrom }) => `${formatPrice(price)}${freeFrom ? `, free from ${formatPrice(freeFrom)}` : ''}`;
  return {
    name: 'help',
    title: 'Questions before you buy',
    description: 'Which kite, how long the post takes, and what happens if it is the wrong one.',
    // Whoever reads this is close to buying.
    head: html`<meta name="waymark:stage" content="decision">`,
    body: html`
      <div class="prose page">
        <h1>Questions before you buy</h1>
        <h2 id="which">Which kite is mine?</h2>
        <p>For somebody under six the <a href="/products/sanderling">Sanderling</a>, for nearly everybody else the <a href="/products/dunlin">Dunlin</a>. If you know your wind, <a href="/compare">compare all six</a>.</p>
        <h2 id="post">When will it be here?</h2>
        <p>It is on its way within two working days. After that:</p>
        <ul class="promises">${DELIVERIES.map((delivery) => html`<li>${delivery.name}: ${delivery.detail}, ${delivery.price === 0 ? 'free' : price(delivery)}</li>`)}</ul>
        <h2 id="back">What if it is the wrong one?</h2>
        <p>Fly it for thirty days. If it is not yours, send it back, sand and all, and you have your money the day that we have the kite.</p>
        <h2 id="broken">What if it breaks?</h2>
        <p>Send it home. We mend what we made, free for two years and at cost after that.</p>
        <h2 id="ask">Something else?</h2>
        <p>Write to Ilse: <a href="mailto:hello@lullandgust.example" data-waymark-event="support_contact" data-waymark-method="email" data-test="help-page-mail">hello@lullandgust.example</a>. She answers when the machine stops, which is most days at four.</p>
        <p class="actions"><a class="button" href="/kites" data-test="help-shop">See the kites</a> <a class="text-link" href="/cart">Go to the basket</a></p>
      </div>`,
  };
}

function accountPage() {
  return {
    name: 'account',
    title: 'The mending book',
    description: 'Write your kites into the book, and we mend them free for two years.',
    body: html`
      <div class="wrap page">
        <div class="book">
          <div>
            <h1>The mending book</h1>
            <p class="lead">Every kite that leaves the loft has a line in the book on the shelf by the door. Put your name to yours: we find its cloth again, and it is mended free for two years.</p>
            <form class="form" data-account-form data-test="account-form" aria-label="New account">
              <p class="hint">This shop is a demonstration. What you type stays on this page: it is neither kept nor sent.</p>
              ${field('account-email', 'E-mail address', { type: 'email', autocomplete: 'email' })}
              ${field('account-password', 'A password', { type: 'password', autocomplete: 'new-password' })}
              <p class="actions"><button class="button" type="submit" data-test="account-create">Write me in</button></p>
            </form>
            <p class="said" role="status" data-account-said data-test="account-said"></p>
          </div>
          <img src="/art/step-sew.svg" alt="A dark green sewing machine making a red zigzag seam" width="480" height="320">
        </div>
      </div>`,
  };
}

function searchPage(term) {
  const found = searchProducts(term);
  const heading = term === '' ? 'Search' : found.length === 0 ? `Nothing here for “${term}”` : `${found.length} for “${term}”`;
  return {
    name: 'search',
    title: 'Search',
    description: 'Search the shop.',
    query: term,
    data: { term, items: found.map(toItem) },
    body: html`
      <div class="wrap page">
        ${crumbs(['Search'])}
        <div class="page-head"><h1 data-test="search-heading">${heading}</h1>
        ${found.length === 0 ? html`<p class="lead">Try the name of a bird, or <em>tail</em>, <em>moon</em>, <em>carbon</em>. Or look at <a href="/kites">all the kites</a>.</p>` : ''}</div>
        ${found.length === 0 ? html`<img class="empty-art" src="/art/empty-sky.svg" alt="" width="480" height="260">` : productGrid(found, 'h2')}
      </div>`,
  };
}

function cartPage() {
  return {
    name: 'cart',
    title: 'Your basket',
    description: 'What you have chosen so far.',
    data: shopData(),
    body: html`
      <div class="wrap page">
        <h1>Your basket</h1>
        ${emptyCart()}
        <div class="two-columns" data-full hidden>
          <div>
            <ul class="lines" data-lines data-test="cart-lines"></ul>
            <p class="line-actions"><button class="link-button" type="button" data-clear data-test="cart-clear">Empty the basket</button></p>
          </div>
          <section class="summary" aria-labelledby="summary-title">
            <h2 id="summary-title">Together</h2>
            ${totals()}
            <p class="hint" data-free-hint></p>
            <p><a class="button wide" href="/checkout" data-test="go-to-checkout">Go to checkout</a></p>
          </section>
        </div>
        <p class="said" role="status" data-said data-test="cart-said"></p>
        <section class="saved" data-saved hidden aria-labelledby="saved-title"><h2 id="saved-title">Saved for later</h2><ul data-saved-list data-test="saved-list"></ul></section>
      </div>`,
  };
}

function checkoutPage() {
  return {
    name: 'checkout',
    title: 'Checkout: delivery',
    description: 'Where the kite should go.',
    data: shopData(),
    body: html`
      <div class="wrap page">
        ${checkoutSteps(1)}
        <h1>Where should it go?</h1>
        ${emptyCart()}
        <div class="two-columns" data-full hidden>
          <form class="form" data-delivery-form data-test="shipping-form">
            <p class="hint">This shop is a demonstration. What you type stays on this page: it is neither kept nor sent.</p>
            <fieldset><legend>Contact</legend>
              ${field('name', 'Name', { autocomplete: 'name' })}
              ${field('email', 'E-mail address', { type: 'email', autocomplete: 'email' })}
            </fieldset>
            <fieldset><legend>Address</legend>
              ${field('street', 'Street and number', { autocomplete: 'street-address' })}
              <div class="field-pair">${field('postcode', 'Postcode', { autocomplete: 'postal-code' })}${field('city', 'Town', { autocomplete: 'address-level2' })}</div>
            </fieldset>
            <fieldset><legend>How</legend>
              <div class="choices">
                ${DELIVERIES.map((delivery, index) => html`<label class="choice"><input type="radio" name="delivery" value="${delivery.id}" ${index === 0 ? 'checked' : ''} data-test="delivery-${delivery.id}"><span><b>${delivery.name}</b><small>${delivery.detail}</small></span><span class="choice-price">${deliveryPrice(delivery)}</span></label>`)}
              </div>
            </fieldset>
            <p class="actions"><button class="button" type="submit" data-test="submit-shipping">Go to payment</button> <a class="text-link" href="/cart">Back to the basket</a></p>
          </form>
          ${orderSummary()}
        </div>
      </div>`,
  };
}

function paymentPage() {
  return {
    name: 'payment',
    title: 'Checkout: payment',
    description: 'How you would like to pay.',
    data: shopData(),
    body: html`
      <div class="wrap page">
        ${checkoutSteps(2)}
        <h1>How would you like to pay?</h1>
        ${emptyCart()}
        <div class="two-columns" data-full hidden>
          <form class="form" data-payment-form data-test="payment-form">
            <p class="hint">No money moves. Choose what you would choose, and place the order.</p>
            <fieldset><legend>Payment</legend>
              <div class="choices">
                <label class="choice"><input type="radio" name="payment" value="card" checked data-test="payment-card"><span><b>Card</b><small>we will not ask for its number here</small></span></label>
                <label class="choice"><input type="radio" name="payment" value="transfer" data-test="payment-transfer"><span><b>Bank transfer</b><small>we start sewing when it arrives</small></span></label>
                <label class="choice"><input type="radio" name="payment" value="invoice" data-test="payment-invoice"><span><b>Invoice</b><small>fourteen days, folded into the box</small></span></label>
              </div>
            </fieldset>
            <label class="tick"><input type="checkbox" required data-test="terms"><span>I will not fly near power lines, airfields or grazing horses.</span></label>
            <p class="actions"><button class="button" type="submit" data-test="place-order">Place the order</button> <a class="text-link" href="/checkout">Back to delivery</a></p>
          </form>
          ${orderSummary()}
        </div>
      </div>`,
  };
}

function thankYouPage(number) {
  return {
    name: 'thank-you',
    title: 'Thank you',
    description: 'Your order is with us.',
    data: { ...shopData(), order: number },
    body: html`
      <div class="wrap page thanks">
        ${checkoutSteps(3)}
        <div data-known hidden>
          <div class="page-head"><h1>Thank you. The table is being cleared.</h1>
          <p class="lead">Your order is <strong data-test="order-number">${number}</strong>. One of us starts on it tomorrow, and signs it when it has flown.</p></div>
          <div class="two-columns">
            <div>
              <ul class="lines" data-lines data-test="order-lines"></ul>
              <p class="actions"><a class="button" href="/order-status" data-test="go-to-order-status">Where is my order?</a> <a class="text-link" href="/story">See how it is made</a></p>
              ${feedbackForm()}
              ${shareBox('/kites', undefined, 'Kites like company. Send a friend the link:')}
            </div>
            <section class="summary" aria-labelledby="summary-title"><h2 id="summary-title">Your order</h2>${totals()}</section>
          </div>
        </div>
        <div class="empty" data-unknown hidden><h1>We do not know this order here</h1><p>Orders of this demonstration are kept in the browser they were placed in.</p><p><a class="button" href="/kites">See the kites</a></p></div>
      </div>`,
  };
}

function orderStatusPage(number) {
  return {
    name: 'order-status',
    title: 'Your order',
    description: 'Where your kite is now.',
    data: { ...shopData(), order: number },
    body: html`
      <div class="wrap page">
        <h1>Where is my order?</h1>
        <form class="lookup" action="/order-status" method="get" data-test="order-lookup">
          <label for="order">Order number</label>
          <div class="field-row"><input id="order" name="order" value="${number}" placeholder="LG-" autocapitalize="characters" autocomplete="off" spellcheck="false" maxlength="12" required data-test="order-input"><button class="button" type="submit" data-test="order-search">Look it up</button></div>
        </form>
        <p class="said" role="status" data-said data-test="order-said"></p>
        <section data-known hidden aria-labelledby="order-title">
          <h2 id="order-title">Order <span data-order-number data-test="order-number"></span></h2>
          <p class="said" role="status" data-order-said data-test="order-state"></p>
          <ol class="progress" data-progress data-test="order-progress">
            <li><b>Received</b><span>the ticket hangs over the table</span></li>
            <li><b>On the table</b><span>cut, sewn, bridled</span></li>
            <li><b>Flown and signed</b><span>ten minutes on the dyke</span></li>
            <li><b>On its way</b><span>with the morning post</span></li>
          </ol>
          <div class="two-columns">
            <div><ul class="lines" data-lines data-test="order-lines"></ul>
              <p class="actions"><button class="button quiet" type="button" data-again data-test="order-again">Order these again</button>
              <button class="button quiet" type="button" data-cancel data-test="order-cancel">Cancel the order</button>
              <a class="text-link" href="mailto:hello@lullandgust.example" data-waymark-event="support_contact" data-waymark-method="email" data-test="order-support">Ask us about it</a></p>
              ${feedbackForm()}</div>
            <section class="summary" aria-labelledby="summary-title"><h3 id="summary-title">Together</h3>${totals()}</section>
          </div>
        </section>
      </div>`,
  };
}

function missingPage() {
  return {
    status: 404,
    name: 'missing',
    title: 'Blown away',
    description: 'There is no page here.',
    body: html`<div class="wrap page empty"><h1>This page has blown away</h1><p>There is nothing at this address. The kites are where they always are.</p><img class="empty-art" src="/art/empty-sky.svg" alt="" width="480" height="260"><p><a class="button" href="/kites">See the kites</a></p></div>`,
  };
}

function productGrid(products, heading = 'h3', hasButtons = false) {
  return html`<ul class="grid">${products.map((product) => html`<li class="card" data-card="${product.id}">
    <a href="/products/${product.slug}" data-test="product-${product.slug}">
      <img src="/art/${product.slug}.svg" alt="${product.alt}" width="640" height="640" loading="lazy">
      <span class="kind">${product.kind}</span>
      ${heading === 'h2' ? html`<h2>${product.name}</h2>` : html`<h3>${product.name}</h3>`}
      <span class="card-line">${product.line}</span>
      <span class="card-foot"><b>${formatPrice(product.price)}</b>${product.wind ? windGauge(product.wind) : ''}</span>
    </a>${hasButtons ? html`<button class="button quiet" type="button" data-quick="${product.id}" data-test="quick-${product.slug}">Into the basket<span class="hidden">: ${product.name}</span></button>
    <p class="said" role="status" data-added data-test="added"></p>` : ''}</li>`)}</ul>`;
}

function windGauge([from, to]) {
  const forces = Array.from({ length: TOP_WIND }, (_, index) => index + 1);
  return html`<span class="gauge"><span class="gauge-bars" aria-hidden="true">${forces.map((force) => html`<i class="${force >= from && force <= to ? 'on' : 'off'}"></i>`)}</span> <span>${from} to ${to} Bft</span></span>`;
}

function starRow(stars) {
  const full = Math.round(stars);
  return html`<span class="stars"><span aria-hidden="true">${'★'.repeat(full)}<span class="dim">${'★'.repeat(5 - full)}</span></span><span class="hidden">${full} of 5 stars</span></span>`;
}

function couponBanner(place) {
  // Seen and chosen are two events of the same promotion.
  const promotion = html`data-waymark-promotion_id="${COUPON.code}" data-waymark-promotion_name="${COUPON.name}" data-waymark-creative_slot="banner_${place}"`;
  return html`<section class="coupon" aria-labelledby="coupon-title" data-waymark-event="view_promotion" ${promotion} data-test="coupon-banner">
    <div class="coupon-inner">
      <p class="coupon-number" aria-hidden="true">−${COUPON.percent}%</p>
      <div><h2 id="coupon-title">Your first gust is on us</h2><p>${COUPON.percent}% off everything in your first basket. The code is <b>${COUPON.code}</b>; the button puts it in for you.</p></div>
      <div class="coupon-action">
        <button class="button light" type="button" data-coupon data-test="coupon" data-waymark-event="select_promotion" ${promotion}>Take the ${COUPON.percent}%</button>
        <p class="said" role="status" data-coupon-said data-test="coupon-said"></p>
      </div>
    </div></section>`;
}

/** Two buttons that need no call, and one with a call: shop.js keeps the link that was copied, for the page of arrivals. */
function shareBox(path, itemId, words) {
  const what = html`data-waymark-url="${path}" ${itemId ? html`data-waymark-item_id="${itemId}"` : ''}`;
  return html`<div class="share"><p>${words}</p>
    <div class="share-buttons">
      <button class="button quiet" type="button" data-waymark-share="whatsapp" data-waymark-text="Look what I have found:" ${what} data-test="share-whatsapp">WhatsApp</button>
      <button class="button quiet" type="button" data-copy="${path}" data-copy-item="${itemId ?? ''}" data-test="share-copy">Copy link</button>
      <button class="button quiet" type="button" data-waymark-share="" ${what} data-test="share">Share …</button>
    </div>
    <p class="said" role="status" data-share-said data-test="share-said"></p></div>`;
}

/** How it was, once there is an order. shop.js fills in what can be spoken of. */
function feedbackForm() {
  const stars = [[1, 'one star: a crash'], [2, 'two stars'], [3, 'three stars'], [4, 'four stars'], [5, 'five stars: up all day']];
  const moods = [['positive', 'Glad'], ['neutral', 'So-so'], ['negative', 'Cross']];
  return html`<form class="feedback" data-feedback-form data-test="feedback-form">
    <fieldset data-feedback-fields>
      <legend>How was it?</legend>
      <div class="field"><label for="feedback-about">About</label>
        <select id="feedback-about" data-test="feedback-about"><option value="shop">buying from us</option><option value="delivery">the delivery</option></select></div>
      <div class="feedback-row" role="radiogroup" aria-label="Rating" data-test="feedback-rating">
        <span class="star-choices">${stars.map(([value, label]) => html`<label><input type="radio" name="rating" value="${value}" required data-test="rating-${value}"><span class="hidden">${label}</span><span class="star" aria-hidden="true">★</span></label>`)}</span>
      </div>
      <div class="feedback-row moods" role="radiogroup" aria-label="And you are">${moods.map(([value, label]) => html`<label><input type="radio" name="sentiment" value="${value}" data-test="sentiment-${value}"><span>${label}</span></label>`)}</div>
      <button class="button quiet" type="submit" data-test="feedback-send">Tell us</button>
    </fieldset>
    <p class="said" role="status" data-feedback-said data-test="feedback-said"></p>
  </form>`;
}

function checkoutSteps(current) {
  return html`<ol class="checkout-steps" aria-label="Checkout">${['Delivery', 'Payment', 'Done'].map((step, index) => html`<li class="${index + 1 < current ? 'past' : ''}" ${index + 1 === current ? html`aria-current="step"` : ''}>${step}</li>`)}</ol>`;
}

function field(id, label, { type = 'text', autocomplete }) {
  // No name attribute: even without our script the browser has nothing to put into a request.
  return html`<div class="field"><label for="${id}">${label}</label><input id="${id}" type="${type}" autocomplete="${autocomplete}" required data-test="field-${id}"></div>`;
}

function deliveryPrice({ price, freeFrom }) {
  if (price === 0) return 'free';
  return freeFrom ? html`${formatPrice(price)}<small>free from ${formatPrice(freeFrom)}</small>` : formatPrice(price);
}

function emptyCart() {
  return html`<div class="empty" data-empty hidden data-test="cart-empty"><img class="empty-art" src="/art/empty-sky.svg" alt="" width="480" height="260"><p class="lead">Nothing in the basket yet. The sky is free.</p><p><a class="button" href="/kites">See the kites</a></p></div>`;
}

function orderSummary() {
  return html`<section class="summary" aria-labelledby="summary-title"><h2 id="summary-title">In the basket</h2><ul class="short-lines" data-short-lines></ul>${totals()}</section>`;
}

function totals() {
  return html`<dl class="totals" data-totals data-test="totals">
    <div><dt>Goods</dt><dd data-total="goods" data-test="total-goods"></dd></div>
    <div data-discount-row hidden><dt>${COUPON.code}, ${COUPON.percent}% off</dt><dd data-total="discount" data-test="total-discount"></dd></div>
    <div><dt data-delivery-name>Delivery</dt><dd data-total="delivery" data-test="total-delivery"></dd></div>
    <div class="grand"><dt>Total</dt><dd data-total="total" data-test="total"></dd></div>
    <div class="vat"><dt>VAT in it</dt><dd data-total="tax"></dd></div>
  </dl>`;
}

/** A product as schema.org describes it: https://schema.org/Product. */
function describeProduct({ id, name, line, price, reviews }, category, stars) {
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    sku: id,
    name,
    description: line,
    category: category.name,
    brand: { '@type': 'Brand', name: 'Lull & Gust' },
    offers: { '@type': 'Offer', price: price.toFixed(2), priceCurrency: CURRENCY, availability: 'https://schema.org/InStock' },
    aggregateRating: { '@type': 'AggregateRating', ratingValue: stars.toFixed(1), reviewCount: reviews.length },
  };
}

function crumbs(parts) {
  return html`<nav class="crumbs" aria-label="You are here"><ol><li><a href="/">Home</a></li>${parts.map((part) => html`<li>${part}</li>`)}</ol></nav>`;
}

/** What the basket and the pages after it need to know of the catalogue. */
function shopData() {
  const products = Object.fromEntries(PRODUCTS.map((product) => [product.id, { item: toItem(product), slug: product.slug, kind: product.kind }]));
  return { products, deliveries: DELIVERIES, coupon: COUPON, freeFrom: FREE_DELIVERY_FROM, vatShare: VAT_SHARE, currency: CURRENCY };
}
