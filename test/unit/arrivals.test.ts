import { describe, expect, test } from 'vitest';
import { ARRIVALS, IN_APP, REFERRERS, WAYS_BACK } from '../../examples/storefront/arrivals.mjs';
import { classifyLanding } from '../../src/capture/classify-landing.js';
import { classify } from '../../src/capture/classify.js';

const SHOP = 'http://127.0.0.1:4300';

/** The script's own table, and the full one: the arrivals page is right with both. */
describe.each([
  ['script', classify],
  ['full table', classifyLanding],
])('the arrivals page tells the truth, by the %s, about', (_, read) => {
  const said = (input: Parameters<typeof classify>[0]) => {
    const { channel, network, paid, by } = read(input);
    return { channel, network, paid, by };
  };
  test.each([...ARRIVALS, WAYS_BACK].flatMap(({ ways }) => ways))('$from', ({ href, expect: expected }) => {
    expect(said({ url: SHOP + href })).toEqual(expected);
  });
  test.each(REFERRERS)('$from, by $host', ({ host, expect: expected }) => {
    expect(said({ url: `${SHOP}/`, referrer: `https://${host}/` })).toEqual(expected);
  });
  test.each(IN_APP)('the app of $from', ({ agent, expect: expected }) => {
    expect(said({ url: `${SHOP}/`, userAgent: agent })).toEqual(expected);
  });
  test.each(['https://www.paypal.com/', 'https://accounts.google.com/'])('%s, which sends back', (referrer) => {
    expect(said({ url: `${SHOP}/thank-you`, referrer }).channel).toBe('internal');
  });
});

test('a placeholder that nobody filled in is no campaign', () => {
  const { href } = ARRIVALS.flatMap(({ ways }) => ways).find(({ id }) => id === 'unfilled')!;
  expect(classify({ url: SHOP + href }).campaign).toEqual({ source: 'facebook', medium: 'cpc' });
});
