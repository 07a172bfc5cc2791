import type { Fields, Reject } from './item.js';

/** Fields of events and of items that are numbers: amounts of money, but for the quantity. */
export const NUMBERS = ['value', 'price', 'discount', 'tax', 'shipping', 'quantity'];
/** Those that may be below 0: what is taken back may be worth more than what is bought. */
const SIGNED = /^(value|tax|shipping)$/;
/** Currencies of three decimals, of ISO 4217. */
const THREE_DECIMALS = /BHD|IQD|JOD|KWD|LYD|OMR|TND/;

/** Returns a text with digits and signs of any script written in ASCII. */
const inAscii = (text: string): string =>
  text
    .replace(/\p{Nd}/gu, (digit) => {
      // Each script has its ten from a place that ends in 0, but in India's, where that is 6. What is beyond is mathematics.
      const code = digit.codePointAt(0)!;
      return code > 0xffff ? digit : `${(code - (code > 0x900 && code < 0xe00 ? 6 : 0)) & 15}`;
    })
    .replace(/[٫．]/g, '.')
    .replace(/[،，]/g, ',')
    .replace(/[٬’‘´`]/g, "'")
    .replace(/[‐-―−﹣－]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();

/** Whether what stands around a number says that it is below 0. */
const isBelow = (before: string, after: string): boolean =>
  /^[^\p{L}-]*-[^-]*$|^[^-]*-\p{Sc}?$/u.test(before) ||
  /^(-| -[^\p{L}]*$)/u.test(after) ||
  (/\(/.test(before) && /\)/.test(after));

/** Whether it is but a share of something, or a part of a number: `10 %`, `19½`, `$.50`. */
const isPart = (plain: string, before: string, after: string): boolean =>
  /[%‰٪]/.test(plain) || /^\p{N}/u.test(after) || /(^|[^\p{L}])[.,]$/u.test(before);

/** Returns the number that digits say, with what sets them apart; undefined where that is not clear. `isFine`: whether there may be three decimals. */
function readDigits(number: string, isFine: boolean): number | undefined {
  const [, front = '', point, decimals = ''] = /^(.*?)(?:([.,])(\d+))?$/.exec(number)!;
  const isThousand = decimals.length === 3 && /^[1-9]\d*$/.test(front) && !isFine;
  const isDecimal = point && !front.includes(point) && !isThousand;
  const whole = isDecimal ? front : number;
  return /^(\d+|\d{1,3}([.,' ])\d{3}(\2\d{3})*|\d\d?(,\d\d)+,\d{3})$/.test(whole)
    ? Number(`${whole.replace(/\D/g, '')}.${isDecimal ? decimals : 0}`)
    : undefined;
}

/**
 * Returns the number that a text says, be it an amount of money or a quantity; undefined where that is not clear. What JavaScript reads as a number is that
 * number: `19.90`, and `1.299` is little more than one. Else there may be words and signs around it, thousands are set apart in threes or as in India,
 * and a point or a comma that cannot do that begins the decimals: `1.299,00 €`, `$1,299`, `CHF 1'299.5`, `1,23,456.00`, `1,234.500`. In digits of any script.
 *
 * @param currency ISO 4217; default: unknown. Where it has three decimals, `12,500` is twelve and a half
 */
export function readPrice(text: string, currency?: unknown): number | undefined {
  const plain = inAscii(text);
  if (/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain))) return Number(plain);
  const [, before = '', digits = '', after = ''] = /^(\D*)(\d(?:[\d.,' ]*\d)?)(\D*)$/.exec(plain) ?? [];
  if (isPart(plain, before, after)) return undefined;
  const sign = isBelow(before, after) ? -1 : 1;
  // `Pre-order 5`.
  if (/-/.test(before) && sign > 0) return undefined;
  const number = readDigits(digits, THREE_DECIMALS.test(`${currency as string} ${plain}`));
  return number === undefined ? number : sign * number;
}

/**
 * Makes numbers of prices and quantities that are texts.
 *
 * @param reject told what is no number, or below 0, which is left out then; default: it stays, and nobody is told
 */
export function readNumbers(fields: Fields, currency: unknown, reject?: Reject): void {
  for (const name of NUMBERS) {
    const given = fields[name];
    const number = typeof given === 'string' ? readPrice(given, currency) : given;
    if (typeof number === 'number' && (number >= 0 || SIGNED.test(name))) fields[name] = number;
    else if (reject && given !== undefined) {
      fields[name] = undefined;
      if (given === null) continue;
      reject(
        name === 'quantity' ? name : 'price',
        `for ${name} a number such as 19.9 or "1.299,00 €", not below 0`,
        given,
      );
    }
  }
}
