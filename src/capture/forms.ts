import { attributeOf, trueOf } from '../browser/of-document.js';
import { onSubmit } from '../browser/submits.js';
import type { Plugin } from '../plugin.js';
import { readMark } from './attributes.js';

/** Fields of orders and other things that are more than an address for letters. */
const ORDER =
  '[autocomplete*=cc-],[autocomplete*=address],[autocomplete*=postal],textarea,' +
  ['street', 'postcode', 'postal', 'zip', 'billing', 'shipping', 'cardnumber', 'quantity', 'recipient'].map((word) => `[name*="${word}" i]`).join();
const EMAIL = '[type=email],[autocomplete~=email],input[name*="email" i]';

/** Words of newsletter forms, and parts of those of other languages, without their accents. */
const NEWSLETTER = /(^|[^a-z])(newsletters?|subscribe|subscription|mailing(list)?|bulletin(?!.board))(?![a-z])|nyhe[dt]sbr|nieuwsbr|boleti[mn]|infolet|lettre.{1,3}info|hirlevel|uutiskir|novin(k|i?ek)|biuletyn|buletin|bulten|suscri[bp]|abonn(er|ez)|рассыл|メルマガ|ニュースレ|订阅/;
/**
 * Words of forms that end a newsletter or set what comes of it, in the languages of shops, without their accents; that log somebody in; and that
 * have the shop write once something is there again.
 */
const OTHER =
  /un-?(sub|regist)|opt[-_]?out|prefer|einstell|abmeld|afmeld|frameld|meld-av|abbest|austrag|storn|entfern|k(ue?|%fc)ndig|desuscr|desinscr|desabon|supprim|elimin|rimuov|descadas|resili|disiscr|(^|[^a-z])ann?ul|cancel|uitschr|opzeg|av(reg|pren|meld|slut)|odhl|zrus|odjav|wypis|rezyg|leirat|dezab|abonelikt|peruut|iptal|отпис|відпис|отмен|退[订訂]|取消|停止|解除|취소|(in|re)-?stock|(^|[^a-z])(baja|manage|settings|remove|delete|log-?in|sign-?in|auth|otp|magic-?link|notify|notifications?|wait-?list|alerts?|back-?in)(?![a-z])/;
/** Parts of the addresses of carts and checkouts, in the languages of shops. */
const CHECKOUT =
  /(^|\/)(check-?outs?|one-?page|carts?|basket|kassan?|kasse|caisse|commande|panier|afrekenen|bestellen|pago|carrito|finalizar-compra|cassa|carrello|carrinho|zamowienie|koszyk|pokladna|kosik|warenkorb|winkelwagen|varukorg|sepet|order|objednavka|kosar)(?=[/?#.;]|$)/;

/** Returns a text in small letters, as it reads: without the host of an address, percent signs and accents. */
function readable(text: string): string {
  let plain = text;
  try {
    plain = decodeURI(text);
  } catch {
    // Percent signs that stand for nothing: as it is written.
  }
  return plain.replace(/^(https?:)?\/\/[^/]*/i, '').normalize('NFD').replace(/[\u0300-\u036f]/g, '').normalize('NFC').toLowerCase();
}

/**
 * Returns the event of a form by its build: `newsletter_subscribe`, `sign_up`, or undefined for all others. Looks at its attributes, at those of
 * its fields and of the button, and at the page's address where the form is sent to that; never at what is in the fields.
 *
 * @param button that the form is sent by, if any
 */
export function formEvent(form: HTMLFormElement, button?: Element | null): string | undefined {
  const kind = readMark(form, 'form');
  if (kind !== undefined) return kind === 'newsletter' ? 'newsletter_subscribe' : kind === 'account' ? 'sign_up' : undefined;
  const find = (selector: string) => trueOf(form, 'querySelectorAll').call(form, selector);
  const has = (selector: string) => find(selector).length > 0;
  // Not by `form.name`, `form.id` or `form.querySelector`, which may be fields. Words are told apart as in `newsletter-form` and `newsletterForm`.
  const wordsOf = (element: Element, names: string[]) => names.map((name) => attributeOf(element, name)).join(' ').replace(/([a-z])([A-Z])/g, '$1 $2');
  const words = readable(wordsOf(form, ['action', 'id', 'name', 'class', 'aria-label']));
  const address = readable((button && attributeOf(button, 'formaction')) || attributeOf(form, 'action') || location.pathname + location.hash);
  if (has(ORDER) || !has(`${EMAIL},[autocomplete~=username]`)) return undefined;
  if (CHECKOUT.test(address) || /(^|[^a-z])check-?out(?![a-z])/.test(words)) return undefined;
  const passwords = find('[type=password]');
  if (passwords.length) {
    const isNew = has('[autocomplete~=new-password]') || passwords.length === 2;
    return isNew && !has('[autocomplete~=current-password]') && !/reset|recover|forgot|change/.test(words) ? 'sign_up' : undefined;
  }
  const all = [words, address, button ? readable(wordsOf(button, ['name', 'id', 'value'])) : ''].join(' ');
  return NEWSLETTER.test(words) && has(EMAIL) && !OTHER.test(all) ? 'newsletter_subscribe' : undefined;
}

/**
 * Tracks submits of newsletter forms (`newsletter_subscribe`) and of forms for a new account (`sign_up`), once for each form of a page, as far as
 * the browser finds what is in them valid. A form says what it is by `data-waymark-form` (`newsletter`, `account`, or anything else for neither);
 * without it, its build decides. What is typed is never read. Forms with `data-waymark-event` go by that.
 */
export const forms = (): Plugin => ({ record, safe, stops, watch }) =>
  watch(() => {
    const sent = new WeakSet<EventTarget>();
    const onAny = safe((submit: Event) => {
      const { target, submitter } = submit as SubmitEvent;
      const form = target as HTMLFormElement;
      // A form that is not to be validated submits what is not valid, too; asked by the selector, no field is told of it.
      if (sent.has(form) || readMark(form, 'event') !== undefined || !trueOf(form, 'matches').call(form, ':valid')) return;
      const event = formEvent(form, submitter);
      if (!event) return;
      sent.add(form);
      record(event, { method: 'form' });
    });
    onSubmit(stops, onAny);
  });
