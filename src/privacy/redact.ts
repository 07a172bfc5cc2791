import type { Tools } from '../plugin.js';
import { cut } from '../util/cut.js';
import { LINK_PARAMETER, readUrl } from '../util/url.js';

/** Longest address kept, in characters. Our choice: what browsers and servers commonly take. */
const MAX_URL = 2048;
/** Longest title kept, in characters. Our choice. */
const MAX_TITLE = 300;

/**
 * Words after which a code is a key to something: `/reset/4f9a2c`, `/verify-email/123456`, `/invite/XKQZPD`, `key=wc_order_a1B2c3`. Those that
 * shops also sell things by, such as keys, tracks and magic, count only where they stand alone.
 */
const SECRET =
  /(^|[-_.])(reset|verif(y|ication)|confirm|activate|unsubscribe|opt-?(in|out)|magic-?link|recover|auth|otp|tokens?|secret|passwor[dt]|[a-z]*sess(ion)?_?id|sid|key)$|^(reset|verify|confirm|activate|unsubscribe|lost|forgot|create|change|set|new)-?_?(passwor[dt]|email|account|token)|^(invit(e|es|ation)|shared?|s|magic|log-?in|sign-?in|track(ing)?|guest|claim|redeem)$/i;
/** Words of a path below which a code is one of a person's things; elsewhere it may be a product's. */
const PRIVATE =
  /^((my|view)[-_]?)?(orders?|check-?outs?|carts?|basket|customers?|users?|accounts?|members?|profiles?|invoices?|receipts?|returns?|shipments?|parcels?|wish-?lists?|lists?|payments?|purchases?|sessions?|subscriptions?|gift-?_?cards?|success|confirm(ed|ation)|complete|transactions?|bookings?|reservations?|pay|rechnung|factures?|konto|warenkorb|panier|carrito|thank(s|[-_]?you)|merci|gracias|grazie|obrigad[oa]|bedankt|dziekujemy|kasse|danke|bestell[a-z]+|commandes?|pedidos?|compras?|ord(en|ine|re)|zamowienie|objednavka|comanda|siparis|tilaus|rendeles|delivery|lieferung)([-_]?(status|received|confirmation|id|summary|success|complete|details?))?$/i;
/** Words after which an id is a product's, whatever it is below. */
const PRODUCT = /^(produ[ckti]\w*|prodott[oi]|arti[ckg]\w+|sku|variants?|[ck]ategor\w*|collections?|tuote|termek|vare|urun)$/i;
/** Words after which an id is one of the catalogue's, however random it looks, unless it is below a word for a person's things. */
const CATALOGUE = /^(items?|p|dp|pd|details?|navigation|landingpage|cms|media|brand|blog|news)$/i;
const isOfCatalogue = (before: string, place: string) => PRODUCT.test(before) || (CATALOGUE.test(before) && !place);
const UUID = /(^|[^\da-f])[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(?![\da-f])/i;
/** Words after which digits are a telephone number; `wa.me` is WhatsApp's host for that. */
const TELEPHONE = /^(tel|phone|(tele)?fon|telephone|telefon|mobile|handy|call(to)?|sms|fax|whatsapp|wa\.me)\.?$/i;

/** Longest id that a catalogue has, in characters: a UUID. */
const MAX_ID = 36;
/** Shortest code, shortest hexadecimal token, and shortest token of other characters, in characters. Our choices: version hashes and article numbers are shorter. */
const MIN_CODE = 6;
const MIN_RANDOM = 16;

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

/** Returns the text with what stands in percent signs written out as far as it is ASCII, however often it was encoded. */
const decode = (text: string) => text.replace(/%(?:25)*([0-7][\da-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
/** Returns the text as one part of an address. */
const encode = (text: string) => text.replace(/[\0-\x20"#&/:;<=>?\\^`{|}]/g, encodeURIComponent);

/** Whether a word is made of words and numbers, as people write them: `summer-2026-lookbook`, `forgotPassword`. */
const isSpelt = (word: string) => /[a-z]{3}/i.test(word) && word.split(/[^a-z\d]+/i).every((part) => /^([A-Z]?[a-z]{0,18}([A-Z][a-z]{2,18}){0,4}|\d*)$/.test(part));

/** How often letters follow digits, or digits letters. */
const changesIn = (text: string) => count(text, /\d(?=[a-z])|[a-z](?=\d)/gi);

/** Whether a word looks as if nobody has thought it up: long, and letters change often with digits, or capitals with small letters. */
function isRandom(word: string): boolean {
  // A capital that begins a word is no change: `HighHeels`.
  const plain = word.replace(/[A-Z][a-z]{2,}/g, (hump) => hump.toLowerCase());
  const cases = count(plain, /[a-z](?=[A-Z])|[A-Z](?=[a-z])/g);
  // Hyphens may be part of a token, and part a name from its article number: only names have neither.
  const isMixed = plain.length >= 20 && /\d/.test(plain) && cases > 2 && cases + changesIn(plain) > 5;
  return (
    isMixed ||
    plain.split(/[^a-z\d]+/i).some(
      (run) =>
        run.length >= MIN_RANDOM && /\d/.test(run) && (/^(?=\d*[a-f])[\da-f]+$/i.test(run) || cases + changesIn(run) >= Math.max(5, run.length / 5)),
    )
  );
}

/** Whether a word has a code as systems give it to an order: letters and digits change three times, or it is long. Numbers with a few letters before them are not. */
const isCode = (word: string) => word.split(/[^a-z\d]+/i).some((run) => run.length >= 8 && /\d/.test(run) && (run.length >= 20 || changesIn(run) > 2));

/** Whether a word is a key to something, or says who somebody is. `before` is the word before it, `place` the word of the path that says whose it is; `isCampaign`, whether a UUID may be that of a campaign. */
function isToken(word: string, before: string, place: string, isCampaign: boolean): boolean {
  if (/(^|[^\w-])eyJ[\w-]+\.[\w-]|wc_order_\w/.test(word)) return true;
  if (UUID.test(word)) return SECRET.test(before) || !!place || !(isCampaign || isOfCatalogue(before, place));
  if (SECRET.test(before) && word.length >= MIN_CODE && !isSpelt(word)) return true;
  // Carts and lists may name products.
  if (place && !/cart|basket|list|warenkorb|panier|carrito/i.test(place) && isCode(word)) return true;
  return isRandom(word) && !(isOfCatalogue(before, place) && word.length <= MAX_ID);
}

/** Returns what may stay of one word. */
function cleanWord(word: string, before: string, place: string, isCampaign: boolean): string {
  if (/.@./.test(word)) return '[email]';
  const digits = count(word, /\d/g);
  if (/^[\d().+-]+$/.test(word) && digits < MIN_RANDOM && digits >= (TELEPHONE.test(before) ? 6 : word[0] === '+' ? 8 : MIN_RANDOM)) return '[phone]';
  if (!isToken(word, before, place, isCampaign)) return word;
  // A product's name before its id.
  const [name = ''] = /^([a-z\d]+-){2,}(?=[\da-f-]{36}$)/i.exec(word) ?? [];
  return `${isSpelt(name) ? name : ''}[token]`;
}

/** Returns a text, or a path, with each of its words cleaned. `before` is the word before it. */
function cleanWords(text: string, before = '', isCampaign = false): string {
  let place = '';
  return text.replace(/\s+|[^\s/?&=;:,#]+/g, (word) => {
    // In a sentence, what follows `key` is no key; but what follows `Tel.` is a number.
    if (/\s/.test(word)) return (before = TELEPHONE.test(before) ? before : ''), (place = ''), word;
    if (PRIVATE.test(before)) place = before;
    else if (PRODUCT.test(before)) place = '';
    const plain = decode(word);
    const cleaned = plain === word ? cleanWord(word, before, place, isCampaign) : cleanText(plain, place || before, isCampaign);
    before = plain;
    return cleaned === plain ? word : plain === word ? cleaned : encode(cleaned);
  });
}

/** Telephone numbers as people write them: by `+`; by a first 0; as in North America. */
const PHONES =
  /(^|[^\w.,+/#-])(\+\(?[1-9](?:[ ().\/-]{0,3}\d){7,14}|\(?0[1-9]\d{0,4}\)?(?:[ /-]{1,3}\d{2,8}){1,4}|(?:1[ .-])?(?:\([2-9]\d\d\) ?\d{3}[ .-]|[2-9]\d\d[ .-]\d{3}[.-])\d{4})(?![\w-])/g;

/**
 * Returns a text with e-mail addresses replaced by `[email]`, telephone numbers by `[phone]`, and tokens by `[token]`: JSON Web Tokens, long
 * random strings, and codes after words such as `reset`. Also those in percent signs, of however many layers.
 *
 * @param before the word before the text: the name of a parameter; default: none
 * @param isCampaign whether UUIDs stay that nothing says are somebody's: campaigns have some; default: true
 */
export function cleanText(text: string, before?: string, isCampaign = true): string {
  const quoted = text.replace(/"[^"]{1,64}"(?=@)/g, 'x');
  return cleanWords(quoted, before, isCampaign).replace(PHONES, (all, edge: string, number: string) => {
    const digits = count(number, /\d/g);
    const isDate = /^\d\d?\D\d\d?\D(19|20)\d\d(\D|$)/.test(number);
    return digits < 8 || (number[0] !== '+' && (digits < 9 || digits > 12)) || isDate ? all : `${edge}[phone]`;
  });
}

/** Returns the beginning of an address that is too long, without a part of a character: each takes up to four bytes in percent signs, such as `%F0%9F%98%80`. */
const cutAddress = (address: string): string => (address.length > MAX_URL ? cut(address, MAX_URL).replace(/(%[c-f][\da-f](%[89ab][\da-f])*)?(%[\da-f]?)?$/i, '') : address);

/**
 * Returns an address that may be stored and sent: no fragment, no user name, only the query parameters that stay, and what `cleanText`
 * leaves of its path and of their values. An empty text where it is no http(s) address.
 *
 * @param stays whether the query parameter of a name stays; default: those of campaigns do (`utm_…`)
 */
export function cleanUrl(address: string, stays: (name: string) => boolean = (name) => /^utm_/i.test(name)): string {
  const url = readUrl(address);
  if (!url || !/^http/.test(url.protocol)) return '';
  url.hash = url.username = url.password = '';
  url.pathname = cleanWords(cutAddress(url.pathname), url.hostname);
  const query: string[][] = [];
  for (const [name, value] of url.searchParams) {
    // A plus that nobody encoded is a space: of an address such as ida+shop@mail.example, nothing may stay.
    const part = (text: string, before?: string) => cleanText(cut(/@/.test(text) ? text.replace(/ /g, '+') : text, MAX_URL), before);
    if (stays(name) && name !== LINK_PARAMETER) query.push([part(name), part(value, name)]);
  }
  url.search = `${new URLSearchParams(query)}`;
  return cutAddress(url.href.replace(/%5B(email|phone|token)%5D/g, '[$1]'));
}

/** Returns a page title, or what somebody searched for, that may be stored and sent. */
export const cleanTitle = (title: string): string => cut(cleanText(cut(title, MAX_URL), '', false), MAX_TITLE);

/**
 * Returns the route that a fragment spells, as it may be stored and sent: `#/cart`, `#!/cart`. It ends where something like a query begins. An
 * empty text for a fragment that is none: a place in the page, or what a sign-in hands back.
 */
export const hashRoute = (fragment: string): string => cleanWords(/^#[!/]([^?&=;#%]|%(?!3[fbd]|2[36]))+/i.exec(cutAddress(fragment))?.[0] ?? '');

/** Gives the plugins to come the cleaner, and has search terms cleaned: what is typed into a search box may be anything. */
export function startCleaning(tools: Tools): void {
  Object.assign(tools, { cleanUrl: (address: string) => cleanUrl(address, tools.stays), cleanTitle } satisfies Partial<Tools>);
  tools.enrich.unshift(({ properties }) => {
    const { search_term } = properties;
    if (typeof search_term === 'string') properties.search_term = cleanTitle(search_term);
  });
}
