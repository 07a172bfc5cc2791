import { html } from 'hono/html';

/**
 * What Waymark says of an arrival.
 *
 * @typedef {{ channel: string, network: string | null, paid: boolean | null, by: string | null }} Said
 */

/** @returns {Said} */
const say = (channel, network, paid, by) => ({ channel, network, paid, by });

/**
 * Links into the shop as other places write them. `href` is what the visitor's browser opens, `expect` what the landing says then.
 *
 * @type {{ group: string, ways: { id: string, mark: string, from: string, says: string, lands: string, href: string, expect: Said }[] }[]}
 */
export const ARRIVALS = [
  {
    group: 'Social posts',
    ways: [
      { id: 'instagram-post', mark: 'Ig', from: 'Instagram, our own post', says: 'The sewing machine, close up, forty seconds.', lands: 'How we make them', href: '/story?utm_source=instagram&utm_medium=social&utm_campaign=loft_diary&utm_content=reel_sewing', expect: say('organic_social', 'instagram', false, 'utm') },
      { id: 'facebook', mark: 'Fb', from: 'Facebook, somebody’s post', says: 'No tags: only the click ID that Facebook adds to every link, paid for or not.', lands: 'Dunlin', href: '/products/dunlin?fbclid=IwAR0demoLullAndGust', expect: say('organic_social', 'facebook', null, 'click_id') },
      { id: 'pinterest', mark: 'Pi', from: 'Pinterest, a pin', says: 'The moon kite at dusk, saved to “garden party”.', lands: 'Fulmar', href: '/products/fulmar?utm_source=pinterest&utm_medium=social&utm_campaign=pins_spring', expect: say('organic_social', 'pinterest', false, 'utm') },
      { id: 'youtube', mark: 'Yt', from: 'YouTube, below a video', says: 'From the description of “Why a delta needs no tail”.', lands: 'Gannet', href: '/products/gannet?utm_source=youtube&utm_medium=social&utm_campaign=kite_school&utm_content=description', expect: say('organic_social', 'youtube', false, 'utm') },
      { id: 'x', mark: 'X', from: 'X, a post', says: 'The wind warning for Sunday, with a wink.', lands: 'Cormorant', href: '/products/cormorant?utm_source=t.co&utm_medium=social&utm_campaign=windy_sunday', expect: say('organic_social', 'x', false, 'utm') },
      { id: 'reddit', mark: 'Re', from: 'Reddit, a thread', says: 'Somebody asked for a kite that fits into a rucksack.', lands: 'Puffin', href: '/products/puffin?utm_source=reddit&utm_medium=social', expect: say('organic_social', 'reddit', false, 'utm') },
      { id: 'linkedin', mark: 'Li', from: 'LinkedIn, a post', says: 'Twenty kites for a company’s day at the sea.', lands: 'All kites', href: '/kites?utm_source=linkedin&utm_medium=social&utm_campaign=company_days', expect: say('organic_social', 'linkedin', false, 'utm') },
      { id: 'bluesky', mark: 'Bs', from: 'Bluesky, a post', says: 'A word written in capitals and with a space is the same word.', lands: 'How we make them', href: '/story?UTM_SOURCE=Bluesky%20&utm_medium=Social', expect: say('organic_social', 'bluesky', false, 'utm') },
    ],
  },
  {
    group: 'Ads and creators',
    ways: [
      { id: 'instagram-ad', mark: 'Ig', from: 'Instagram, an ad', says: 'The same network as above, and paid for.', lands: 'All kites', href: '/kites?utm_source=instagram&utm_medium=paid_social&utm_campaign=first_gust&utm_content=carousel_a', expect: say('paid_social', 'instagram', true, 'utm') },
      { id: 'tiktok-ad', mark: 'Tt', from: 'TikTok, an ad', says: 'No tags, but the click ID that TikTok gives to ads alone.', lands: 'Sanderling', href: '/products/sanderling?ttclid=E.C.P.demoLullAndGust', expect: say('paid_social', 'tiktok', true, 'click_id') },
      { id: 'tiktok-creator', mark: 'Tt', from: 'TikTok, a creator', says: 'A sailing teacher flies the box kite in a six.', lands: 'Cormorant', href: '/products/cormorant?utm_source=tiktok&utm_medium=influencer&utm_campaign=gale_week&utm_content=skipper_jo', expect: say('influencer', 'tiktok', null, 'utm') },
      { id: 'google-ad', mark: 'Go', from: 'Google, an ad', says: 'Searched for “kite for children”, and clicked on the ad. Google tags nothing but the click.', lands: 'Sanderling', href: '/products/sanderling?gclid=Cj0KCQdemoLullAndGust_wcB', expect: say('paid_search', 'google', true, 'click_id') },
      { id: 'unfilled', mark: 'Fb', from: 'Facebook, an ad with a slip', says: 'Nobody filled in the placeholder for the campaign: it is left out.', lands: 'All kites', href: '/kites?utm_source=facebook&utm_medium=cpc&utm_campaign=%7B%7Bcampaign.name%7D%7D', expect: say('paid_social', 'facebook', true, 'utm') },
    ],
  },
  {
    group: 'Messages, letters, searches and assistants',
    ways: [
      { id: 'whatsapp', mark: 'Wa', from: 'WhatsApp, a message', says: 'From our catalogue there: “this one!”', lands: 'Fledgling kit', href: '/products/fledgling-kit?utm_source=whatsapp&utm_medium=messaging', expect: say('messaging', 'whatsapp', false, 'utm') },
      { id: 'newsletter', mark: 'Wp', from: 'The Wind Post, our newsletter', says: 'The March letter, with the coupon in it.', lands: 'Home', href: '/?utm_source=newsletter&utm_medium=email&utm_campaign=wind_post_march', expect: say('email', null, false, 'utm') },
      { id: 'google', mark: 'Go', from: 'Google, our entry on the map', says: 'Unpaid. What is typed into the search itself comes by the referrer, see below.', lands: 'Home', href: '/?utm_source=google&utm_medium=organic&utm_campaign=business_profile', expect: say('organic_search', 'google', false, 'utm') },
      { id: 'chatgpt', mark: 'Ai', from: 'ChatGPT, an answer', says: 'Asked which kite stands still in the sky. ChatGPT adds this tag by itself.', lands: 'Fulmar', href: '/products/fulmar?utm_source=chatgpt.com', expect: say('ai_assistant', 'chatgpt', null, 'utm') },
    ],
  },
  {
    group: 'From paper, from friends, from nowhere',
    ways: [
      { id: 'qr', mark: 'Qr', from: 'The code on the packing slip', says: 'Read with a telephone, at the beach.', lands: 'The mending book', href: '/account?utm_source=packing_slip&utm_medium=qr', expect: say('offline', null, false, 'utm') },
      { id: 'friend', mark: 'Fr', from: 'A friend, by a link with tags', says: 'Written by hand, so nobody can tell which friend.', lands: 'All kites', href: '/kites?utm_source=friend&utm_medium=share&utm_campaign=tell_a_friend', expect: say('shared_link', null, false, 'utm') },
      { id: 'direct', mark: 'Di', from: 'Nowhere: typed in by hand', says: 'No parameters and no referrer, so nothing is known.', lands: 'Home', href: '/', expect: say('direct', null, false, null) },
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
    { id: 'cart-mail', mark: '@', from: 'An e-mail about your basket', says: '“Still in your basket, and there is wind on Sunday.”', lands: 'Your basket', href: '/cart?utm_source=basket_mail&utm_medium=email&utm_campaign=left_in_the_basket', expect: say('email', null, false, 'utm') },
    { id: 'retargeting', mark: 'Fb', from: 'Facebook, an ad that follows you', says: 'The kite that you looked at, between two holiday pictures.', lands: 'Your basket', href: '/cart?utm_source=facebook&utm_medium=paid_social&utm_campaign=still_yours&utm_content=retargeting', expect: say('paid_social', 'facebook', true, 'utm') },
  ],
};

/**
 * Places that give themselves away by the referrer alone, which no link of this page can pretend. `test/browser/arrivals-engines.test.ts` has
 * browsers believe that the hosts are its own, and clicks.
 *
 * @type {{ from: string, host: string, expect: Said }[]}
 */
export const REFERRERS = [
  { from: 'Instagram, a link in a profile', host: 'l.instagram.com', expect: say('organic_social', 'instagram', false, 'referrer') },
  { from: 'Facebook, on a telephone', host: 'lm.facebook.com', expect: say('organic_social', 'facebook', false, 'referrer') },
  { from: 'X, any link', host: 't.co', expect: say('organic_social', 'x', false, 'referrer') },
  { from: 'Reddit, on its way out', host: 'out.reddit.com', expect: say('organic_social', 'reddit', false, 'referrer') },
  { from: 'LinkedIn, a shortened link', host: 'lnkd.in', expect: say('organic_social', 'linkedin', false, 'referrer') },
  { from: 'YouTube, below a video', host: 'www.youtube.com', expect: say('organic_social', 'youtube', false, 'referrer') },
  { from: 'Pinterest, a pin in France', host: 'www.pinterest.fr', expect: say('organic_social', 'pinterest', false, 'referrer') },
  { from: 'WhatsApp, on a computer', host: 'web.whatsapp.com', expect: say('messaging', 'whatsapp', false, 'referrer') },
  { from: 'Google, a search', host: 'www.google.com', expect: say('organic_search', 'google', false, 'referrer') },
  { from: 'ChatGPT, an answer', host: 'chatgpt.com', expect: say('ai_assistant', 'chatgpt', null, 'referrer') },
  { from: 'Somebody’s blog', host: 'kites-and-tea.example', expect: say('referral', null, false, 'referrer') },
  { from: 'A host that looks like a network', host: 'notfacebook.example', expect: say('referral', null, false, 'referrer') },
  { from: 'Another one', host: 'facebook.com.evil.example', expect: say('referral', null, false, 'referrer') },
];

/**
 * Browsers inside apps: told by the user agent, and only where neither the address nor the referrer says more.
 *
 * @type {{ from: string, agent: string, expect: Said }[]}
 */
export const IN_APP = [
  { from: 'Instagram, on an iPhone', agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22F76 Instagram 389.0.0.27.80', expect: say('organic_social', 'instagram', false, 'in_app') },
  { from: 'Facebook, on Android', agent: 'Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/137.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/520.0.0.42.87;]', expect: say('organic_social', 'facebook', false, 'in_app') },
];

/**
 * The page of ways into the shop. It stands outside the visitor's journey: no Waymark on it.
 *
 * @param {object} options
 * @param {string} [options.live] address of the live page, linked where given
 * @param {number} options.cartIdleMinutes after how many minutes without a move a basket counts as left
 * @returns {string} HTML
 */
export function renderArrivals({ live, cartIdleMinutes }) {
  const pause = cartIdleMinutes === 1 ? 'a minute' : `${cartIdleMinutes} minutes`;
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
      <p>Below each stands what Waymark says of the arrival: its channel, its network, whether somebody paid for it, and the evidence. Compare it with the live page.</p>
      ${live ? html`<p class="go"><a class="live" href="${live}" target="_blank" rel="noreferrer" data-test="live-link">Open the live page</a> <span>and watch the journey appear.</span></p>` : ''}
    </header>
    ${ARRIVALS.map((group) => listWays(group))}
    ${listWays(WAYS_BACK, html`<p>Put a kite into the basket first, and leave. Then come back by one of these: the landing itself is a <em>decision</em>, and taking the basket up again a <em>cart_recover</em> that names this way.</p>`)}
    <section class="steps" aria-labelledby="left-title">
      <h2 id="left-title">Leave a basket, in three ways</h2>
      <p>Put a kite into the basket, and close all other tabs with the shop. In this demonstration, a basket that nobody touches for ${pause} counts as left (a real shop waits for 30).</p>
      <ol>
        <li><b>Idle.</b> Leave the shop open, and do nothing for ${pause}: <code>cart_abandon</code> with the reason <code>idle</code>.</li>
        <li><b>Exit.</b> Follow a link to another site: one of the loft’s profiles, at the foot of the page. The reason is <code>exit</code>, and <code>provisional</code>, for you may come back.</li>
        <li><b>Return.</b> Close the tab, wait longer than ${pause}, and come back by any link here. Only now is it known, as <code>return</code>, and dated when it was.</li>
      </ol>
      <p class="after">Then open the basket: <code>cart_recover</code>. A reload, another page of the shop, another tab that stays open or an order is none of it.</p>
    </section>
    <section class="steps" aria-labelledby="friend-title">
      <h2 id="friend-title">A friend’s link, for real</h2>
      <p>A link that was shared bears a token, so that the live page sees whose share brought whom, and how far it went: <span class="said">${describe(say('shared_link', null, false, 'token'))}</span></p>
      <ol>
        <li><b>Share.</b> Open <a href="/products/dunlin" target="_blank" rel="noreferrer" data-test="share-first">a kite</a> and press <em>Copy link</em>, at the end of its text.</li>
        <li><b>Become the friend.</b> Open a private window: in this one you are who shared, and trying one’s own link is no arrival.</li>
        <li><b>Arrive.</b> Paste the link there. Then share from there, too, with one more friend: the depth grows.</li>
      </ol>
      <p class="shared" data-shared hidden>The link that you copied last: <a data-shared-link data-test="shared-link"></a></p>
    </section>
    <section aria-labelledby="referrer-title">
      <h2 id="referrer-title">What no link here can pretend: the referrer</h2>
      <p>Most links in the world bear no tags. Then the page that they are on tells: the browser says its host to the shop, and lets nobody make one up. So these are no links. The project’s tests make three browsers believe that they are at these places, and click; what Waymark says then stands on the right. Who sends you back after paying or signing in (<code>www.paypal.com</code>, <code>accounts.google.com</code>) brings nobody: it is <code>internal</code>, no arrival at all.</p>
      <div class="frame" tabindex="0" role="region" aria-labelledby="referrer-title"><table>
        <thead><tr><th scope="col">From</th><th scope="col">Referrer</th><th scope="col">Waymark says</th></tr></thead>
        <tbody>${REFERRERS.map(({ from, host, expect }) => html`<tr><th scope="row">${from}</th><td><code>${host}</code></td><td class="said">${describe(expect)}</td></tr>`)}</tbody>
      </table></div>
    </section>
    <section aria-labelledby="app-title">
      <h2 id="app-title">Inside an app</h2>
      <p>Apps open links in browsers of their own, which often say neither referrer nor tag. Their user agent names the app; it rides along as <code>in_app</code> and decides only where nothing else does. To be one: open the developer tools, in Chromium under <em>More tools, Network conditions</em>, paste one of these as the user agent, and follow <a class="here" href="/" rel="noreferrer">this link to the shop</a>, which stays in the tab, for it alone has the new name.</p>
      <ul class="agents">${IN_APP.map(({ from, agent, expect }) => html`<li><b>${from}</b> <span class="said">${describe(expect)}</span><code>${agent}</code></li>`)}</ul>
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

/** What Waymark says, in one line. */
function describe({ channel, network, paid, by }) {
  const cost = { true: 'paid', false: 'not paid', null: 'paid or not, nobody knows' }[paid];
  return html`<b>${channel}</b>${network ? html` · ${network}` : ''} · ${cost}${by ? html` · by ${by}` : ''}`;
}

function listWays({ group, ways }, intro = '') {
  return html`<section><h2>${group}</h2>${intro}<ul>${ways.map((way) => html`<li>
      <a href="${way.href}" target="_blank" rel="noreferrer" data-test="arrive-${way.id}">
        <span class="mark ${way.id}" aria-hidden="true">${way.mark}</span>
        <span class="words"><b>${way.from}</b><span>${way.says}</span><span class="lands">Lands on: ${way.lands}</span><code>${breakable(way.href)}</code><span class="said" data-test="said-${way.id}">${describe(way.expect)}</span></span>
      </a></li>`)}</ul></section>`;
}

/** Lets a long address break between its parameters. */
function breakable(href) {
  return href.split(/(?<=[?&])/).map((part, index) => html`${index > 0 ? html`<wbr>` : ''}${part}`);
}
