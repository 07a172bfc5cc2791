import { describe, expect, test } from 'vitest';
import { arrivalsByChannel } from '../../examples/collector/arrivals.mjs';

const arrives = (visitor: string, channel: unknown, network: unknown = null, paid: unknown = false, app?: string, name = 'landing') => ({
  name, visitor: { id: visitor }, properties: { channel, network, paid }, in_app: app && { network: app, evidence: app },
});

/** Each row as one line: what, arrivals, visitors, paid, organic, in an app. */
const rows = (events: any[]) => arrivalsByChannel(events).channels.flatMap(({ channel, networks, ...own }: any) => [
  line(channel, own), ...networks.map(({ network, ...numbers }: any) => line(`> ${network}`, numbers)),
]);
const line = (name: unknown, { arrivals, visitors, paid, organic, in_app }: any) => `${name} ${arrivals} ${visitors} ${paid} ${organic} ${in_app}`;

describe('arrivals', () => {
  test.each<[string, any[], string[]]>([
    ['are none without a landing', [{ ...arrives('a', 'direct'), name: 'page_view' }], []],
    ['are counted by channel and network', [arrives('a', 'email', 'klaviyo'), arrives('b', 'email')], ['email 2 2 0 2 0', '> klaviyo 1 1 0 1 0']],
    ['are more than visitors where one comes twice', [arrives('a', 'email'), arrives('a', 'email')], ['email 2 1 0 2 0']],
    ['are social or not', [arrives('a', 'organic_social', 'x', false, undefined, 'social_landing'), arrives('a', 'direct', null, null)],
      ['organic_social 1 1 0 1 0', '> x 1 1 0 1 0', 'direct 1 1 0 0 0']],
    ['come with the largest first', [arrives('a', 'email'), arrives('b', 'direct'), arrives('c', 'direct')], ['direct 2 2 0 2 0', 'email 1 1 0 1 0']],
    ['are paid, organic, or neither', [arrives('a', 'other', null, true), arrives('b', 'other', null, false), arrives('c', 'other', null, null)], ['other 3 3 1 1 0']],
    ['are in an app where the browser is one', [arrives('a', 'paid_social', 'instagram', true, 'instagram'), arrives('b', 'paid_social', 'instagram', true)],
      ['paid_social 2 2 2 0 1', '> instagram 2 2 2 0 1']],
    ['cope with properties that are none', [arrives('a', { toString: 1 }, [], 'yes')], ['null 1 1 0 0 0']],
    ['may be called like something every object has', [arrives('a', '__proto__', 'constructor')], ['__proto__ 1 1 0 1 0', '> constructor 1 1 0 1 0']],
  ])('%s', (_, events, expected) => {
    expect(rows(events)).toEqual(expected);
  });

  test('say in whose apps they were, whatever brought them', () => {
    const events = [arrives('a', 'email', 'klaviyo', false, 'instagram'), arrives('b', 'direct', null, null, 'tiktok'), arrives('c', 'direct', null, null, 'tiktok'), arrives('d', 'direct')];
    expect(arrivalsByChannel(events)).toMatchObject({ arrivals: 4, in_app: 3, apps: [{ app: 'tiktok', arrivals: 2 }, { app: 'instagram', arrivals: 1 }] });
  });

  test('say how many channels and networks are not listed', () => {
    const many = Array.from({ length: 20 }, (_, index) => [arrives('a', `c${index}`), arrives('a', 'email', `n${index}`)]).flat();
    const { channels, more_channels } = arrivalsByChannel(many);
    expect([channels.length, more_channels, channels[0]!.networks.length, channels[0]!.more_networks]).toEqual([15, 6, 6, 14]);
  });
});
