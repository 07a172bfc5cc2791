import { attributeOf, trueOf } from '../browser/of-document.js';
import { onSubmit } from '../browser/submits.js';
import type { Plugin } from '../plugin.js';
import { readMark } from './attributes.js';

/** Fields of orders and other things that are more than an address for letters. */
const ORDER = '[autocomplete*=cc-],[autocomplete*=address],[autocomplete*=postal],textarea';
const EMAIL = '[type=email],[autocomplete~=email],input[name*="email" i]';

/**
 * Returns the event of a form by its build: `subscribe`, `sign_up`, or undefined for all others. Looks at its attributes and those of its
 * fields, never at what is in them.
 */
export function formEvent(form: HTMLFormElement): string | undefined {
  const kind = readMark(form, 'form');
  if (kind !== undefined) return kind === 'newsletter' ? 'subscribe' : kind === 'account' ? 'sign_up' : undefined;
  const find = (selector: string) => trueOf(form, 'querySelectorAll').call(form, selector);
  const has = (selector: string) => find(selector).length > 0;
  // Not by `form.name`, `form.id` or `form.querySelector`, which may be fields. Words are told apart as in `newsletter-form` and `newsletterForm`.
  const words = ['action', 'id', 'name', 'class', 'aria-label'].map((name) => attributeOf(form, name)).join(' ').replace(/([a-z])([A-Z])/g, '$1 $2');
  if (has(ORDER) || !has(`${EMAIL},[autocomplete~=username]`)) return undefined;
  const passwords = find('[type=password]');
  if (passwords.length) {
    const isNew = has('[autocomplete~=new-password]') || passwords.length === 2;
    return isNew && !has('[autocomplete~=current-password]') && !/reset|recover|forgot|change/i.test(words) ? 'sign_up' : undefined;
  }
  const isNewsletter = /(^|[^a-z])(newsletters?|subscribe|subscription|mailing(list)?)(?![a-z])/i.test(words) && !/unsub|opt-?out|preferences/i.test(words);
  return isNewsletter && has(EMAIL) ? 'subscribe' : undefined;
}

/**
 * Tracks submits of newsletter forms (`subscribe`) and of forms for a new account (`sign_up`), once for each form of a page, as far as the
 * browser finds what is in them valid. A form says what it is by `data-waymark-form` (`newsletter`, `account`, or anything else for neither);
 * without it, its build decides. What is typed is never read. Forms with `data-waymark-event` go by that.
 */
export const forms = (): Plugin => ({ record, safe, stops, watch }) =>
  watch(() => {
    const sent = new WeakSet<EventTarget>();
    const onAny = safe(({ target }: Event) => {
      const form = target as HTMLFormElement;
      // A form that is not to be validated submits what is not valid, too; asked by the selector, no field is told of it.
      if (sent.has(form) || readMark(form, 'event') !== undefined || !trueOf(form, 'matches').call(form, ':valid')) return;
      const event = formEvent(form);
      if (!event) return;
      sent.add(form);
      record(event, { method: 'form' });
    });
    onSubmit(stops, onAny);
  });
