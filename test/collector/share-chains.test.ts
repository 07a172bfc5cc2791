import { describe, expect, test } from 'vitest';
import { shareChains } from '../../examples/collector/share-chains.mjs';
import { at } from './helpers.js';

const token = (number: number) => number.toString(16).padStart(12, '0');
const [A, B, C] = [token(10), token(11), token(12)];

let seq = 0;
const event = (visitor: string, minute: number, name: string, properties: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) => ({
  visitor: { id: visitor }, tab: 't', seq: (seq += 1), time: at(minute), name, properties, page: { url: 'https://shop.example/mug' }, ...changes,
});
const share = (visitor: string, minute: number, own: unknown, parent?: unknown, method: unknown = 'whatsapp') =>
  event(visitor, minute, 'share', { method, share: { token: own, depth: 1 }, ...(parent === undefined ? {} : { parent }) });
const come = (visitor: string, minute: number, by: unknown, depth = 1) =>
  event(visitor, minute, 'social_landing', { channel: 'shared_link', by: 'token', share: { token: by, depth } });
const buy = (visitor: string, minute: number, value = 20, transaction_id = `T${seq}`) =>
  event(visitor, minute, 'purchase', { value, currency: 'EUR', transaction_id });

/** Chains as indented lines. */
const draw = (events: any[]) => shareChains(events).shown.flatMap((chain: any) => drawShare(chain));
const drawShare = (entry: any, indent = ''): string[] => [
  `${indent}${entry.by?.visitor ?? 'unknown'} ${entry.method}`,
  ...entry.people.flatMap((person: any) => [
    `${indent}- ${person.visitor}${person.bought ? ` bought ${person.values.map(({ value }: any) => value)}` : ''}`,
    ...person.shares.flatMap((onward: any) => drawShare(onward, `${indent}  `)),
  ]),
];

describe('chains of shares', () => {
  test('tell who shared, who came, who bought and who shared on', () => {
    const events = [
      share('anna', 0, A), come('ben', 1, A), come('cleo', 2, A), buy('cleo', 3), share('ben', 4, B, A, 'copy'), come('dora', 5, B, 2), buy('dora', 6, 30),
    ];
    expect(draw(events)).toEqual(['anna whatsapp', '- ben', '  ben copy', '  - dora bought 30', '- cleo bought 20']);
    expect(shareChains(events).totals).toEqual({ shares: 2, came: 3, bought: 2, shared_on: 1, longest: 2 });
  });

  test('are the same in whatever order the events arrive', () => {
    const events = [share('anna', 0, A), come('ben', 1, A), share('ben', 4, B, A, 'copy'), come('dora', 5, B, 2)];
    expect(draw([...events].reverse())).toEqual(draw(events));
  });

  test('count what was bought after the arrival and not before, an order once', () => {
    expect(draw([share('anna', 0, A), buy('ben', 1, 99), come('ben', 2, A), buy('ben', 3, 20, 'X'), buy('ben', 4, 20, 'X')]))
      .toEqual(['anna whatsapp', '- ben bought 20']);
  });

  test('do not take a share for an arrival, though both bear a token under the same name', () => {
    expect(shareChains([share('anna', 0, A)])).toMatchObject({ totals: { came: 0 }, shown: [{ came: 0, people: [] }] });
  });

  test('count a visitor who comes twice by a link once, from the first time on', () => {
    expect(draw([share('anna', 0, A), come('ben', 9, A), buy('ben', 5), come('ben', 1, A)])).toEqual(['anna whatsapp', '- ben bought 20']);
  });

  test('know an arrival whose own event is missing by what later ones are credited to', () => {
    const touchpoint = { channel: 'shared_link', by: 'token', time: at(1), share: { token: A, depth: 1 } };
    expect(draw([share('anna', 0, A), event('ben', 5, 'view_item', {}, { touchpoint })])).toEqual(['anna whatsapp', '- ben']);
    expect(draw([share('anna', 0, A), share('ben', 5, B, A)])).toEqual(['anna whatsapp', '- ben', '  ben whatsapp']);
  });

  test('show a token of which no share is known as an unknown share', () => {
    const { totals, shown } = shareChains([come('ben', 1, token(0xf), 20), share('ben', 2, B, token(0xf))]);
    expect(shown).toMatchObject([{ by: null, token: token(0xf), came: 1, people: [{ visitor: 'ben', shares: [{ by: { visitor: 'ben' } }] }] }]);
    expect(totals).toMatchObject({ shares: 1, came: 1, shared_on: 1, longest: 2 });
  });

  test('do not count who opens a link of their own', () => {
    expect(shareChains([share('anna', 0, A), come('anna', 1, A), buy('anna', 2)])).toMatchObject({ totals: { came: 0, bought: 0 }, shown: [{ came: 0, people: [] }] });
  });

  test('belong to whoever made the token, not to who repeats it', () => {
    expect(draw([share('anna', 0, A), share('mallory', 1, A), come('ben', 2, A)])).toEqual(['anna whatsapp', '- ben']);
  });

  test('that lead back to themselves are shown, cut, and do not go on for ever', () => {
    expect(draw([share('anna', 0, A, A), come('ben', 1, A)])).toEqual(['anna whatsapp', '- ben']);
    const circle = [share('anna', 0, A, C), share('ben', 1, B, A), share('cleo', 2, C, B), come('dora', 3, B)];
    expect(draw(circle).filter((line: string) => /whatsapp/.test(line))).toHaveLength(3);
    expect(shareChains(circle).totals).toMatchObject({ shares: 3, came: 4, longest: 3 });
  });

  test('of absurd length neither fail nor fill the page', () => {
    const length = 20_000;
    const chain = Array.from({ length }, (_, index) => share(`v${index}`, index, token(index), index > 0 ? token(index - 1) : undefined));
    const result = shareChains([...chain, come('ben', 0, token(5), 20)]);
    expect(result.totals).toMatchObject({ shares: length, longest: length });
    expect(JSON.stringify(result).length).toBeLessThan(5000);
    expect(JSON.stringify(result)).toContain('"more_shares":1');
  });

  test('of absurd width are bounded, and say how much is left out', () => {
    const crowd = Array.from({ length: 500 }, (_, index) => come(`v${index}`, index, A));
    const lone = Array.from({ length: 500 }, (_, index) => share(`w${index}`, index, token(index + 100)));
    const result = shareChains([share('anna', 0, A), ...crowd, ...lone]);
    expect(result.shown[0]).toMatchObject({ by: { visitor: 'anna' }, came: 500, more_people: 490 });
    expect([result.shown.length, result.more, result.totals.came]).toEqual([12, 489, 500]);
  });

  test('pass over what is no token', () => {
    for (const odd of [undefined, null, 1, '', 'A'.repeat(12), '0'.repeat(13), {}, [], { toString: 1 }, '__proto__']) {
      expect(shareChains([share('anna', 0, odd, odd, odd), come('ben', 1, odd), event('cleo', 2, 'share', { share: odd }), event('dora', 2, 'landing', { by: 'token', share: odd })]))
        .toMatchObject({ totals: { shares: 0, came: 0 }, shown: [] });
    }
  });
});
