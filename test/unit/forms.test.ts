// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { formEvent } from '../../src/capture/forms.js';

function eventOf(markup: string): string | undefined {
  document.body.innerHTML = markup;
  return formEvent(document.querySelector('form')!, document.querySelector('button'));
}
const EMAIL = '<input type="email" name="email">';
const PASSWORD = '<input type="password">';

describe('a newsletter form', () => {
  test.each([
    ['by its class', `<form class="footer__newsletter newsletter-form">${EMAIL}</form>`],
    ['by its id', `<form id="mc-embedded-subscribe-form"><input type="email" name="EMAIL"></form>`],
    ['by its address', `<form action="/newsletter/subscribe">${EMAIL}</form>`],
    ['by its name, in camel case', `<form name="footerNewsletterForm">${EMAIL}</form>`],
    ['by its label', `<form aria-label="Subscribe to our letters">${EMAIL}</form>`],
    ['as a mailing list', `<form class="mailing-list">${EMAIL}</form>`],
    ['by a text field for an address', `<form class="newsletter"><input type="text" name="your-Email"></form>`],
    ['with fields that bear the names of its own', `<form class="newsletter" action="/a">${EMAIL}<input name="action" value="x"><input name="id"><input name="name"></form>`],
    ['by its address abroad', `<form action="https://shop.us1.list-manage.com/subscribe/post?u=1&amp;id=2">${EMAIL}</form>`],
    ['of Shopify', `<form method="post" action="/contact#ContactFooter" id="ContactFooter" class="footer__newsletter newsletter-form"><input type="hidden" name="contact[tags]" value="newsletter"><input type="email" name="contact[email]"></form>`],
    ['of Magento', `<form class="form subscribe" action="/newsletter/subscriber/new/" id="newsletter-validate-detail">${EMAIL}</form>`],
    ['with a name, a telephone number and boxes to tick', `<form class="newsletter"><input name="first_name"><input type="tel" name="phone"><input type="checkbox" name="consent">${EMAIL}</form>`],
    ['whose field is called an address', `<form class="newsletter"><input name="email_address" type="email"></form>`],
    ['in the drawer of the cart', `<form class="cart-drawer__newsletter order-2">${EMAIL}</form>`],
    ['for news of products', `<form class="newsletter product-updates" action="/newsletter/anmelden">${EMAIL}</form>`],
    ['in a shop of made-to-order things', `<form class="newsletter" action="/made-to-order/newsletter">${EMAIL}</form>`],
    ['in a blog on nonstop flying', `<form class="newsletter nonstop-leaves" action="/stopover/newsletter">${EMAIL}</form>`],
    ['in a stockings shop', `<form class="stockings-newsletter">${EMAIL}</form>`],
    ['in a theme called Kiosk Indigo', `<form class="kiosk-indigo newsletter">${EMAIL}</form>`],
    ['for granular things', `<form class="granular-newsletter">${EMAIL}</form>`],
    ['by the shop\'s word', `<form data-waymark-form="newsletter"><input name="x"></form>`],
    ...['nyhetsbrev', 'nyhetsbrevsanmälan', 'nyhedsbrev', 'nieuwsbrief', 'nieuwsbrieven', 'boletín', 'boletines', 'boletim', 'suscribirse', 'suscripcion', 'infolettre', 'lettre-d-information',
      'lettre_infos', 'bulletin', 'bulletin-d-information', 'abonnez-vous', 'hírlevél', 'hirlevel-feliratkozas', 'uutiskirje', 'uutiskirjeen-tilaus', 'novinky', 'odber-noviniek', 'odběr-novinek', 'biuletyn', 'buletin', 'bülten', 'e-bulten',
      'рассылка', '%D1%80%D0%B0%D1%81%D1%81%D1%8B%D0%BB%D0%BA%D0%B0', 'メルマガ', 'ニュースレター', '订阅'].flatMap((word) => [
      [`by its class: ${word}`, `<form class="footer-${word}">${EMAIL}</form>`],
      [`by its address: ${word}`, `<form action="/${word}/new">${EMAIL}</form>`],
    ]),
    ...['NyhetsbrevForm', 'footerNieuwsbrief', 'frmBoletin', 'blockInfolettre'].map((id) => [`by its id in camel case: ${id}`, `<form id="${id}">${EMAIL}</form>`]),
  ])('is one %s', (_, markup) => {
    expect(eventOf(markup)).toBe('newsletter_subscribe');
  });
});

describe('a form for an account', () => {
  test.each([
    ['by its new password', `<form>${EMAIL}<input type="password" autocomplete="new-password"></form>`],
    ['by its new password among other words', `<form>${EMAIL}<input type="password" autocomplete="section-a new-password"></form>`],
    ['by two passwords', `<form>${EMAIL}${PASSWORD}${PASSWORD}</form>`],
    ['by a user name and two passwords', `<form><input autocomplete="username">${PASSWORD}${PASSWORD}</form>`],
    ['with a newsletter in its name', `<form class="register newsletter">${EMAIL}${PASSWORD}${PASSWORD}</form>`],
    ['by the shop\'s word', `<form data-waymark-form="account"><input name="x"></form>`],
  ])('is one %s', (_, markup) => {
    expect(eventOf(markup)).toBe('sign_up');
  });
});

describe('a form that is sent to its own page', () => {
  const eventAt = (path: string) => {
    history.replaceState(null, '', path);
    return eventOf(`<form class="newsletter">${EMAIL}</form>`);
  };
  test('goes by that page’s address', () => {
    expect(['/', '/newsletter', '/blog/checkout-our-kites'].map(eventAt)).toEqual(Array(3).fill('newsletter_subscribe'));
    expect(['/newsletter/abmelden', '/shop/#/newsletter/unsubscribe', '/checkout/', '/de/kasse/kontakt', '/checkouts/cn/1'].map(eventAt)).toEqual(Array(5).fill(undefined));
  });
});

describe('neither', () => {
  test.each([
    ['a login', `<form class="login">${EMAIL}<input type="password" autocomplete="current-password"></form>`],
    ['a login without a word', `<form>${EMAIL}${PASSWORD}</form>`],
    ['a login in a newsletter box', `<form class="newsletter">${EMAIL}${PASSWORD}</form>`],
    ['a change of the password', `<form>${EMAIL}<input type="password" autocomplete="current-password"><input type="password" autocomplete="new-password"></form>`],
    ['a change with three passwords', `<form>${EMAIL}${PASSWORD}${PASSWORD}${PASSWORD}</form>`],
    ['a new password after a loss', `<form action="/password/reset">${EMAIL}${PASSWORD}${PASSWORD}</form>`],
    ['a new password alone', `<form>${PASSWORD}${PASSWORD}</form>`],
    ['a checkout', `<form class="newsletter-opt-in">${EMAIL}<input autocomplete="shipping street-address"></form>`],
    ['a checkout with an account', `<form>${EMAIL}<input autocomplete="address-line1"><input type="password" autocomplete="new-password"></form>`],
    ['a payment', `<form class="subscribe">${EMAIL}<input autocomplete="cc-number"></form>`],
    ['a contact form', `<form class="contact newsletter">${EMAIL}<textarea></textarea></form>`],
    ['any form with an address', `<form class="notify-me">${EMAIL}</form>`],
    ['a search', `<form action="/search"><input type="search" name="q"></form>`],
    ['a newsletter without an address', `<form class="newsletter"><input type="checkbox"></form>`],
    ['the end of a newsletter', `<form action="/newsletter/unsubscribe">${EMAIL}</form>`],
    ...['abmelden', 'newsletter-abmeldung', 'abbestellen', 'kuendigen', 'opt-out', 'optout', 'un-subscribe', 'unsub', 'manage', 'preferences', 'email-preference-center', 'einstellungen', 'desuscribir', 'darse-de-baja', 'cancelar-suscripcion', 'd%C3%A9sabonner', 'désinscription', 'desabonnement', 'resiliation',
      'disiscriviti', 'annulla-iscrizione', 'cancellazione', 'uitschrijven', 'afmelden', 'opzeggen', 'cancelar', 'descadastrar', 'avregistrera', 'avprenumerera', 'avmelding', 'meld-av', 'afmeld', 'odhl%C3%A1sit', 'odhlásenie', 'wypisz', 'rezygnacja', 'leiratkozás', 'dezabonare', 'odjava', 'abonelikten-cik', 'peruuta', 'opt_out', 'unregister', 'austragen', 'stornieren', 'entfernen', 'supprimer', 'eliminar', 'rimuovi', 'avsluta', 'zru%C5%A1it', 'відписатися', 'отписаться', '%D0%BE%D1%82%D0%BF%D0%B8%D1%81%D0%BA%D0%B0', '退订', '取消订阅', '配信停止', '解除', '구독취소', 'remove', 'delete',
      'kündigen', 'k%FCndigen', 'frameld', 'frameldelse', 'anular-suscripcion', 'annulla', 'se-désabonner', 'désabonnez-vous', 'iptal', '退訂'].map((word) => [`the end of a newsletter, or what is set of it: ${word}`, `<form action="/newsletter/${word}">${EMAIL}</form>`]),
    ...['nyhetsbrev/avslutt', 'nyhetsbrev/avregistrera', 'nyhedsbrev/afmeld', 'nieuwsbrief/uitschrijven', 'nieuwsbrief/afmelden', 'boletin/cancelar-suscripcion', 'boletín/darse-de-baja', 'boletim/cancelar', 'infolettre/desabonnement', 'infolettre/désinscription', 'lettre-info/se-desinscrire', 'hirlevel/leiratkozas', 'uutiskirje/peruuta', 'novinky/odhlasit',
      'novinky/zrusit-odber', 'biuletyn/wypisz', 'buletin/dezabonare', 'bulten/abonelikten-cik', 'рассылка/отписаться', 'подписка/отмена', '订阅/取消', 'メルマガ/解除', '구독/취소'].map((path) => [`the end of a newsletter in its own language: ${path}`, `<form action="/${path}">${EMAIL}</form>`]),
    ['a bulletin board', `<form class="bulletin-board">${EMAIL}</form>`],
    ['the end of a newsletter, by its button', `<form class="newsletter">${EMAIL}<button formaction="/newsletter/abmelden">Ab</button></form>`],
    ['a checkout by its address', `<form action="/checkout/contact" class="newsletter">${EMAIL}</form>`],
    ['a checkout of Shopify', `<form class="edit_checkout" action="/checkouts/cn/Z2NwLWV1"><input name="checkout[email]" type="email"><input type="checkbox" name="checkout[buyer_accepts_marketing]" class="newsletter"></form>`],
    ['a checkout of WooCommerce', `<form name="checkout" class="checkout woocommerce-checkout subscription" action="/kasse/"><input name="billing_email" type="email"></form>`],
    ['a checkout by its fields', `<form id="newsletter-opt-in">${EMAIL}<input name="shipping_city"></form>`],
    ['a checkout with a new account', `<form action="/checkout/register">${EMAIL}${PASSWORD}${PASSWORD}</form>`],
    ...['kasse', 'caisse', 'commande', 'afrekenen', 'bestellen', 'pago', 'finalizar-compra', 'zamowienie', 'pokladna', 'kassan', 'carrinho', 'cart/add', 'basket', 'onepage', 'sepet', 'warenkorb', 'winkelwagen', 'varukorg',
      'order', 'kassa', 'objednávka', 'košík', 'kosár'].map((word) => [`a checkout: ${word}`, `<form action="/${word}" class="newsletter">${EMAIL}</form>`]),
    ['a subscription that is put into the cart', `<form class="subscription">${EMAIL}<input name="quantity"></form>`],
    ['a gift card', `<form class="subscription"><input type="email" name="recipient_email"></form>`],
    ['a login with a code', `<form class="login subscribe">${EMAIL}</form>`],
    ['a sign-in by a link', `<form id="sign-in-newsletter" action="/auth/magic-link">${EMAIL}</form>`],
    ['a word when it is back in stock', `<form class="back-in-stock subscribe">${EMAIL}</form>`],
    ['a word when it is back in stock, of a plug-in', `<form class="cwginstock-subscribe-form subscribe">${EMAIL}</form>`],
    ['a waiting list', `<form class="waitlist subscribe">${EMAIL}</form>`],
    ['a price alert', `<form class="subscribe price-alert">${EMAIL}</form>`],
    ['its settings', `<form action="/newsletter/preferences">${EMAIL}</form>`],
    ['a word that only holds one', `<form class="newslettered resubscriber">${EMAIL}</form>`],
    ['what the shop says is none', `<form class="newsletter" data-waymark-form="none">${EMAIL}</form>`],
    ['what the shop says with no word', `<form class="newsletter" data-waymark-form>${EMAIL}</form>`],
    ['what the shop calls like a part of any object', `<form class="newsletter" data-waymark-form="toString">${EMAIL}</form>`],
  ])('is %s', (_, markup) => {
    expect(eventOf(markup)).toBeUndefined();
  });
});
