import { html } from 'hono/html';

/**
 * Links into the shop as other places write them. `href` is what the visitor's browser opens.
 *
 * @type {{ group: string, ways: { id: string, mark: string, from: string, says: string, lands: string, href: string }[] }[]}
 */
export const ARRIVALS = [
  {
    group: 'Social posts',
    ways: [
      { id: 'instagram-post', mark: 'Ig', from: 'Instagram, our own post', says: 'The sewing machine, close up, forty seconds.', lands: 'How we make them', href: '/story?utm_source=instagram&utm_medium=social&utm_campaign=loft_diary&utm_content=reel_sewing' },
      { id: 'facebook', mark: 'Fb', from: 'Facebook, our own page', says: 'The click ID that Facebook adds to every link does not mean paid.', lands: 'Dunlin', href: '/products/dunlin?utm_source=facebook&utm_medium=social&utm_campaign=windy_sunday&fbclid=IwAR0demoLullAndGust' },
      { id: 'pinterest', mark: 'Pi', from: 'Pinterest, a pin', says: 'The moon kite at dusk, saved to “garden party”.', lands: 'Fulmar', href: '/products/fulmar?utm_source=pinterest&utm_medium=social&utm_campaign=pins_spring' },
      { id: 'youtube', mark: 'Yt', from: 'YouTube, below a video', says: 'From the description of “Why a delta needs no tail”.', lands: 'Gannet', href: '/products/gannet?utm_source=youtube&utm_medium=social&utm_campaign=kite_school&utm_content=description' },
      { id: 'reddit', mark: 'Re', from: 'Reddit, a thread', says: 'Somebody asked for a kite that fits into a rucksack.', lands: 'Puffin', href: '/products/puffin?utm_source=reddit&utm_medium=social' },
    ],
  },
  {
    group: 'Ads and creators',
    ways: [
      { id: 'instagram-ad', mark: 'Ig', from: 'Instagram, an ad', says: 'The same network as above, and paid for.', lands: 'All kites', href: '/kites?utm_source=instagram&utm_medium=paid_social&utm_campaign=first_gust&utm_content=carousel_a' },
      { id: 'tiktok-creator', mark: 'Tt', from: 'TikTok, a creator', says: 'A sailing teacher flies the box kite in a six.', lands: 'Cormorant', href: '/products/cormorant?utm_source=tiktok&utm_medium=influencer&utm_campaign=gale_week&utm_content=skipper_jo' },
      { id: 'google-ad', mark: 'Go', from: 'Google, an ad', says: 'Searched for “kite for children”, and clicked on the ad.', lands: 'Sanderling', href: '/products/sanderling?utm_source=google&utm_medium=cpc&utm_campaign=kite_for_children&gclid=Cj0KCQdemoLullAndGust_wcB' },
    ],
  },
  {
    group: 'Messages, letters and assistants',
    ways: [
      { id: 'whatsapp', mark: 'Wa', from: 'WhatsApp, a message', says: 'From our catalogue there: “this one!”', lands: 'Fledgling kit', href: '/products/fledgling-kit?utm_source=whatsapp&utm_medium=messaging' },
      { id: 'newsletter', mark: 'Wp', from: 'The Wind Post, our newsletter', says: 'The March letter, with the coupon in it.', lands: 'Home', href: '/?utm_source=newsletter&utm_medium=email&utm_campaign=wind_post_march' },
      { id: 'chatgpt', mark: 'Ai', from: 'ChatGPT, an answer', says: 'Asked which kite stands still in the sky.', lands: 'Fulmar', href: '/products/fulmar?utm_source=chatgpt.com' },
      { id: 'friend', mark: 'Fr', from: 'A friend, by a link with tags', says: 'Written by hand, so nobody can tell which friend.', lands: 'All kites', href: '/kites?utm_source=friend&utm_medium=share&utm_campaign=tell_a_friend' },
      { id: 'direct', mark: 'Di', from: 'Nowhere: typed in by hand', says: 'No parameters and no referrer, so nothing is known.', lands: 'Home', href: '/' },
    ],
  },
];

/**
 * Ways back to a basket that was left: they say what they say only to somebody who has one.
 *
 * @type {typeof ARRIVALS[number]}
 */
export const WAYS_BACK = {
  group: 'Back to a basket that was left',
  ways: [
    { id: 'cart-mail', mark: '@', from: 'An e-mail about your basket', says: '“Still in your basket, and there is wind on Sunday.”', lands: 'Your basket', href: '/cart?utm_source=basket_mail&utm_medium=email&utm_campaign=left_in_the_basket' },
    { id: 'retargeting', mark: 'Fb', from: 'Facebook, an ad that follows you', says: 'The kite that you looked at, between two holiday pictures.', lands: 'Your basket', href: '/cart?utm_source=facebook&utm_medium=paid_social&utm_campaign=still_yours&utm_content=retargeting' },
  ],
};

/**
 * The page of ways into the shop. It stands outside the visitor's journey: no Waymark on it.
 *
 * @param {object} options
 * @param {string} [options.live] address of the live page, linked where given
 * @returns {string} HTML
 */
export function renderArrivals({ live }) {
  return String(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Arrive as a visitor | Waymark demo</title>
  <meta name="robots" content="noindex">
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/arrivals.css">
  <script type="module" src="/js/arrivals.js"></script>
</head>
<body>
  <main>
    <header>
      <p class="over">Behind the scenes of the demo</p>
      <h1>Arrive as a visitor from …</h1>
      <p>Each link opens the shop in a new tab, just as that place would link to it. Walk on from there: look at a kite, fill the basket, leave it, come back by another way, buy.</p>
      ${live ? html`<p class="go"><a class="live" href="${live}" target="_blank" rel="noreferrer" data-test="live-link">Open the live page</a> <span>and watch the journey appear.</span></p>` : ''}
    </header>
    ${ARRIVALS.map((group) => listWays(group))}
    ${listWays(WAYS_BACK, html`<p>Put a kite into the basket first, and leave. Then come back by one of these: the landing itself is a <em>decision</em>.</p>`)}
    <section class="friend-link" aria-labelledby="friend-title">
      <h2 id="friend-title">A friend’s link, for real</h2>
      <p>A link that was shared bears a token, so that the live page sees whose share brought whom, and how far it went.</p>
      <ol>
        <li><b>Share.</b> Open <a href="/products/dunlin" target="_blank" rel="noreferrer" data-test="share-first">a kite</a> and press <em>Copy link</em>, at the end of its text.</li>
        <li><b>Become the friend.</b> Open a private window: in this one you are who shared, and trying one’s own link is no arrival.</li>
        <li><b>Arrive.</b> Paste the link there. Then share from there, too, with one more friend: the depth grows.</li>
      </ol>
      <p class="shared" data-shared hidden>The link that you copied last: <a data-shared-link data-test="shared-link"></a></p>
    </section>
    <aside>
      <h2>To be several people</h2>
      <p>All windows of one browser are one visitor. For another one, open this page in a private window (Ctrl+Shift+N, in Firefox Ctrl+Shift+P; on a Mac with ⌘), in another browser, or in another profile. Close all private windows and open a new one to be somebody new again.</p>
      <p>The links carry <code>rel="noreferrer"</code>, so that the shop does not see itself as the place you came from.</p>
    </aside>
  </main>
</body>
</html>`);
}

function listWays({ group, ways }, intro = '') {
  return html`<section><h2>${group}</h2>${intro}<ul>${ways.map((way) => html`<li>
      <a href="${way.href}" target="_blank" rel="noreferrer" data-test="arrive-${way.id}">
        <span class="mark ${way.id}" aria-hidden="true">${way.mark}</span>
        <span class="words"><b>${way.from}</b><span>${way.says}</span><span class="lands">Lands on: ${way.lands}</span><code>${breakable(way.href)}</code></span>
      </a></li>`)}</ul></section>`;
}

/** Lets a long address break between its parameters. */
function breakable(href) {
  return href.split(/(?<=[?&])/).map((part, index) => html`${index > 0 ? html`<wbr>` : ''}${part}`);
}
