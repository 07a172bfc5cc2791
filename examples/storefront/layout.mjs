import { html, raw } from 'hono/html';
import { CATEGORIES, CURRENCY, FREE_DELIVERY_FROM } from './catalogue.mjs';

/** Keeps calls made before the file has loaded. Inline, so the server allows it by its hash. */
export const STUB = 'window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)}';

const PRICE = new Intl.NumberFormat('en-IE', { style: 'currency', currency: CURRENCY });

/**
 * What the script tag says beside the collector and the currency.
 *
 * - models: the journey is told in three ways; the live page shows each.
 * - goals: signing up for the mending book is a goal, like a purchase; subscribing to the Wind Post is one anyway.
 * - page-stages: the first of four ways to give a page its stage. The others: `<meta name="waymark:stage">` on /help,
 *   `data-waymark-stage` on /compare, and the JSON-LD that product pages have for search engines anyway.
 * - stage-attribute: `data-journey-stage` on <html>, by which shop.css shows the help.
 * - bots: the browsers of the tests and of the screenshots count like any other. A real shop leaves this out.
 */
const JOURNEY = 'data-models="journey,aida,moments" data-goals="sign_up" data-page-stages="/story=awareness" data-stage-attribute data-frustration data-bots="keep"';

/** The loft elsewhere. The links are real ones, and the names such that nobody has them. The telephone number below is one of those that Ofcom keeps for films. */
const PROFILES = [
  ['Instagram', 'https://www.instagram.com/lull_and_gust_does_not_exist/'],
  ['YouTube', 'https://www.youtube.com/@lull_and_gust_does_not_exist'],
  ['Pinterest', 'https://www.pinterest.com/lull_and_gust_does_not_exist/'],
];

/**
 * A price as the shop writes it: `€29.00`.
 *
 * @param {number} amount in EUR
 */
export function formatPrice(amount) {
  return PRICE.format(amount);
}

/**
 * A page of the shop in full.
 *
 * @param {object} page
 * @param {string} page.title
 * @param {string} page.description
 * @param {string} page.name which part of `public/js/shop.js` runs on it
 * @param {unknown} page.body
 * @param {unknown} [page.data] what that part needs, as JSON
 * @param {unknown} [page.head] more for the head
 * @param {'website' | 'article'} [page.type] for link previews; default `website`
 * @param {string} [page.query] what stands in the search field
 * @param {object} site
 * @param {string} site.path path of the page
 * @param {string} site.collector where Waymark sends its batches
 * @param {number} site.cartIdleMinutes after how many minutes without a move a basket counts as left
 */
export function renderLayout({ title, description, name, body, data, head = '', type = 'website', query = '' }, { path, collector, cartIdleMinutes }) {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} | Lull & Gust</title>
  <meta name="description" content="${description}">
  <meta name="theme-color" content="#16233f">
  <meta property="og:site_name" content="Lull & Gust">
  <meta property="og:title" content="${title}">
  <meta property="og:description" content="${description}">
  <meta property="og:type" content="${type}">
  ${head}
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/shop.css">
  <script>${raw(STUB)}</script>
  <script async src="/waymark.min.js" data-collector="${collector}" data-currency="${CURRENCY}" data-cart-idle-minutes="${cartIdleMinutes}" ${raw(JOURNEY)}></script>
  <script type="module" src="/js/shop.js"></script>
</head>
<body data-page="${name}">
  <a class="skip" href="#content">Skip to the content</a>
  <p class="notice">Free post from €${FREE_DELIVERY_FROM} · two years of free mending</p>
  ${renderHeader(path, query)}
  <main id="content" tabindex="-1">
    <noscript><p class="noscript">The basket of this shop needs JavaScript. You can look at everything without it.</p></noscript>
    ${body}
  </main>
  ${renderHelp()}
  ${renderThanks()}
  <p class="hidden" role="status" data-stage-said data-test="stage-said"></p>
  ${renderFooter()}
  ${data === undefined ? '' : html`<script type="application/json" id="page-data">${writeJson(data)}</script>`}
</body>
</html>`;
}

function renderHeader(path, query) {
  const links = [
    ...CATEGORIES.map(({ slug, name }) => ({ href: `/${slug}`, name })),
    { href: '/story', name: 'How we make them' },
    { href: '/order-status', name: 'Your order' },
  ];
  return html`<header class="top">
    <a class="brand" href="/" data-test="home-link">${LOGO}<span>Lull <span class="brand-and">&</span> Gust</span></a>
    <nav class="menu" aria-label="Shop">
      ${links.map(({ href, name }) => html`<a href="${href}" ${path === href ? raw('aria-current="page"') : ''} data-test="nav-${href.slice(1)}">${name}</a>`)}
    </nav>
    <form class="search" role="search" action="/search" method="get" data-test="search-form">
      <label class="hidden" for="q">Search the shop</label>
      <input id="q" name="q" type="search" placeholder="Search" value="${query}" maxlength="80" required data-test="search-input">
      <button type="submit" data-test="search-button"><span class="hidden">Search</span>${GLASS}</button>
    </form>
    <a class="basket" href="/cart" data-test="cart-link">${BASKET}<span>Basket</span> <span class="count" data-cart-count data-test="cart-count">0</span></a>
  </header>`;
}

/** Help in `decision`, in the corner of every page. Always in the page; shop.css shows it by `data-journey-stage`. */
function renderHelp() {
  return html`<aside class="corner help" aria-label="Help before you buy" data-help data-test="help-card">
    <details>
      <summary data-test="help-open">Questions before you buy?</summary>
      <ul>
        <li><a href="/compare" data-test="help-compare">Which kite is mine?</a></li>
        <li><a href="/help#post">When will it be here?</a></li>
        <li><a href="/help#back">What if it is the wrong one?</a></li>
      </ul>
      <p>Or ask Ilse, between two seams: <a href="mailto:hello@lullandgust.example" data-waymark-event="support_contact" data-waymark-method="email" data-test="help-mail">hello@lullandgust.example</a></p>
    </details>
    ${closeButton('Close the help')}
  </aside>`;
}

/** Thanks at the move to `advocacy`, in the same corner; shop.js shows it. */
function renderThanks() {
  return html`<aside class="corner good-word" aria-label="Thank you" data-thanks hidden data-test="thanks-card">
    <p><b>Thank you for the good word.</b> Half of our kites leave the loft because somebody talked about one. Your next box has ribbon tails in it.</p>
    <p class="signed">Maike, Teun & Ilse</p>
    ${closeButton('Close the thanks')}
  </aside>`;
}

function closeButton(words) {
  return html`<button class="corner-close" type="button" data-close><span class="hidden">${words}</span><span aria-hidden="true">×</span></button>`;
}

function renderFooter() {
  return html`<footer class="bottom">
    <div class="bottom-columns">
      <section aria-labelledby="wind-post">
        <h2 id="wind-post">The Wind Post</h2>
        <p>One letter a month: what we are sewing, and where the wind will be good.</p>
        <form class="newsletter" data-newsletter data-test="newsletter-form">
          <label for="newsletter-email">E-mail address</label>
          <div class="field-row">
            <input id="newsletter-email" type="email" autocomplete="email" required data-test="newsletter-email">
            <button class="button light" type="submit" data-test="newsletter-button">Subscribe</button>
          </div>
          <p class="said" role="status" data-newsletter-said data-test="newsletter-said"></p>
        </form>
      </section>
      <nav aria-label="Footer">
        <h2>The shop</h2>
        <ul>
          ${CATEGORIES.map(({ slug, name }) => html`<li><a href="/${slug}">${name}</a></li>`)}
          <li><a href="/compare" data-test="footer-compare">The six kites compared</a></li>
          <li><a href="/story">How we make them</a></li>
          <li><a href="/help" data-test="footer-help">Questions before you buy</a></li>
          <li><a href="/order-status">Your order</a></li>
          <li><a href="/account" data-test="footer-account">The mending book</a></li>
          <li><a href="/cart">Basket</a></li>
        </ul>
      </nav>
      <section>
        <h2>The loft</h2>
        <address>Lull & Gust<br>Old Sail Loft, Dyke Road 3<br>Vlieduin</address>
        <p>Open Tuesday to Saturday, and whenever the flag is up.</p>
        <p><a href="mailto:hello@lullandgust.example" data-test="contact-email">hello@lullandgust.example</a><br><a href="tel:+441632960014" data-test="contact-phone">+44 1632 960 014</a></p>
        <ul class="profiles" aria-label="The loft elsewhere">${PROFILES.map(([network, href]) => html`<li><a href="${href}" data-test="follow-${network.toLowerCase()}">${network}</a></li>`)}</ul>
      </section>
    </div>
    <p class="small">Lull & Gust is an invented shop that shows Waymark at work. Nothing is sold, and the names and addresses you type stay in the page. <a href="/arrivals">Arrive as another visitor</a></p>
  </footer>`;
}

/**
 * JSON that cannot end the script element that it stands in.
 *
 * @param {unknown} value
 */
export function writeJson(value) {
  return raw(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

const LOGO = raw(`<svg viewBox="0 0 64 64" width="44" height="44" aria-hidden="true" focusable="false">
  <path d="M36 3 12 27h24z" fill="#d8432f"/><path d="M36 3l22 24H36z" fill="#f4b32f"/><path d="M12 27h24v29z" fill="#1f7a6d"/><path d="M58 27H36v29z" fill="#16233f"/>
  <path d="M36 55c-8 8-18-2-28 6" fill="none" stroke="#d8432f" stroke-width="4" stroke-linecap="round"/></svg>`);

const GLASS = raw(`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
  <circle cx="10.5" cy="10.5" r="6.5" fill="none" stroke="currentColor" stroke-width="2.4"/><path d="m15.500 15.500 5.500 5.500" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/></svg>`);

const BASKET = raw(`<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">
  <path d="M3 10h18l-2 10H5zM8 10l3-6M16 10l-3-6" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/></svg>`);
