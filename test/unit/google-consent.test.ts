import { describe, expect, test } from 'vitest';
import type { Statement } from '../../src/privacy/consent.js';
import { purposesOf, readGoogleConsent, SILENT, type GoogleConsent } from '../../src/privacy/google-consent.js';

/** What Google's snippet pushes: not a list, but the `arguments` of `gtag`. */
function gtag(..._entry: unknown[]): unknown {
  return arguments;
}
/** Reads commands one after the other. */
const read = (...commands: unknown[][]): GoogleConsent => commands.reduce<GoogleConsent>((said, command) => readGoogleConsent(gtag(...command), said) ?? said, SILENT);
const DENIED = { ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied', analytics_storage: 'denied' };
const GRANTED = { ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted', analytics_storage: 'granted' };

describe('Google’s consent mode', () => {
  test.each<[what: string, commands: unknown[][], said: Statement]>([
    ['nothing at all', [], {}],
    ['a default that denies is no answer yet', [['consent', 'default', DENIED]], { analytics: 'required', marketing: 'required' }],
    ['a default that grants counts', [['consent', 'default', GRANTED]], { analytics: 'granted', marketing: 'granted' }],
    ['an update that grants', [['consent', 'default', DENIED], ['consent', 'update', GRANTED]], { analytics: 'granted', marketing: 'granted' }],
    ['an update that denies', [['consent', 'default', DENIED], ['consent', 'update', DENIED]], { analytics: 'denied', marketing: 'denied' }],
    ['an update without a default', [['consent', 'update', GRANTED]], { analytics: 'granted', marketing: 'granted' }],
    ['the last update counts', [['consent', 'update', GRANTED], ['consent', 'update', DENIED]], { analytics: 'denied', marketing: 'denied' }],
    ['an update of one type leaves the other', [['consent', 'default', DENIED], ['consent', 'update', { analytics_storage: 'granted' }]], { analytics: 'granted', marketing: 'required' }],
    ['marketing needs both: storage alone is not enough', [['consent', 'default', DENIED], ['consent', 'update', { ad_storage: 'granted' }]], { analytics: 'required', marketing: 'required' }],
    ['marketing needs both: user data may be denied', [['consent', 'update', { ad_storage: 'granted', ad_user_data: 'denied' }]], { marketing: 'denied' }],
    ['version 1 knew no user data', [['consent', 'update', { ad_storage: 'granted' }]], { marketing: 'granted' }],
    ['other types mean nothing here', [['consent', 'update', { ad_personalization: 'denied', functionality_storage: 'granted', security_storage: 'granted' }]], {}],
    ['a second default that denies is the stricter', [['consent', 'default', GRANTED], ['consent', 'default', DENIED]], { analytics: 'required', marketing: 'required' }],
    ['a default for some regions that denies counts everywhere', [['consent', 'default', GRANTED], ['consent', 'default', { ...DENIED, region: ['DE', 'FR'] }]], { analytics: 'required', marketing: 'required' }],
    ['a default for some regions that grants counts nowhere', [['consent', 'default', { ...GRANTED, region: ['US-CA'] }]], {}],
    ['a default for some regions that grants takes nothing back', [['consent', 'default', DENIED], ['consent', 'default', { ...GRANTED, region: ['US'] }]], { analytics: 'required', marketing: 'required' }],
    // A tag manager's default may come seconds late, after the visitor's answer has been told.
    ['a default after an update takes back no grant', [['consent', 'update', GRANTED], ['consent', 'default', DENIED]], { analytics: 'granted', marketing: 'granted' }],
    ['a default after an update takes back no denial', [['consent', 'update', DENIED], ['consent', 'default', DENIED]], { analytics: 'denied', marketing: 'denied' }],
    ['a default that grants after an update takes back no denial', [['consent', 'update', DENIED], ['consent', 'default', GRANTED]], { analytics: 'denied', marketing: 'denied' }],
    ['a default after an update counts for what that did not name', [['consent', 'update', { ad_storage: 'granted', ad_user_data: 'granted' }], ['consent', 'default', DENIED]], { analytics: 'required', marketing: 'granted' }],
    ['what is neither granted nor denied is passed over', [['consent', 'update', { analytics_storage: 'yes', ad_storage: true, ad_user_data: null }]], {}],
    ['what is no object is passed over', [['consent', 'update', 'granted'], ['consent', 'default', null], ['consent', 'update']], {}],
  ])('%s', (_what, commands, said) => {
    expect(purposesOf(read(...commands), false)).toEqual({ analytics: undefined, marketing: undefined, ...said });
  });

  test('while an update is waited for, a default that grants is no answer yet', () => {
    const said = read(['consent', 'default', { ...GRANTED, wait_for_update: 500 }]);
    expect(said.waitMs).toBe(500);
    expect(purposesOf(said, true)).toEqual({ analytics: 'required', marketing: 'required' });
    expect(purposesOf(said, false)).toEqual({ analytics: 'granted', marketing: 'granted' });
    expect(purposesOf(read(['consent', 'default', { ...GRANTED, wait_for_update: 500 }], ['consent', 'update', GRANTED]), true)).toEqual({ analytics: 'granted', marketing: 'granted' });
  });

  test.each<[given: unknown, waitMs: number]>([
    [500, 500], ['500', 500], [0, 0], [-5, 0], [10_000, 10_000], [60_000, 10_000], [Infinity, 10_000], [NaN, 0], ['soon', 0], [undefined, 0], [null, 0], [{}, 0],
  ])('wait_for_update %j is %i ms', (given, waitMs) => {
    expect(read(['consent', 'default', { ...DENIED, wait_for_update: given }]).waitMs).toBe(waitMs);
  });

  test('of several waits, the longest counts', () => {
    expect(read(['consent', 'default', { ...DENIED, wait_for_update: 500 }], ['consent', 'default', { ...DENIED, wait_for_update: 200 }]).waitMs).toBe(500);
  });

  test('it is told whether a default was for some regions', () => {
    expect(read(['consent', 'default', DENIED]).isRegional).toBe(false);
    expect(read(['consent', 'default', { ...DENIED, region: ['DE'] }], ['consent', 'default', DENIED]).isRegional).toBe(true);
  });

  test('a list is as good as `arguments`', () => {
    expect(readGoogleConsent(['consent', 'update', GRANTED], SILENT)).toEqual(read(['consent', 'update', GRANTED]));
  });

  test.each([
    undefined, null, 7, '', 'consent', 'consent update', {}, [], ['consent'], ['consent', 'defaults', GRANTED], ['consent', undefined, GRANTED], ['config', 'G-1', GRANTED], ['event', 'consent', GRANTED],
    { event: 'consent', consent: 'update' }, { 0: 'Consent', 1: 'update', 2: GRANTED }, () => 'consent', Symbol('consent'), [['consent', 'update', GRANTED]],
  ])('%s says nothing of consent', (entry) => {
    expect(readGoogleConsent(entry, SILENT)).toBeUndefined();
  });

  test('what was said before is not changed, nor is the entry', () => {
    const before = Object.freeze(read(['consent', 'default', DENIED]));
    Object.freeze(before.types);
    const entry = gtag('consent', 'update', Object.freeze({ ...GRANTED, wait_for_update: 1, region: Object.freeze(['DE']) }));
    const after = readGoogleConsent(Object.freeze(entry), before)!;
    expect(purposesOf(before, false)).toEqual({ analytics: 'required', marketing: 'required' });
    expect(purposesOf(after, false)).toEqual({ analytics: 'granted', marketing: 'granted' });
  });

  test('names of what every object has are no types', () => {
    const entry = gtag('consent', 'update', JSON.parse('{"__proto__":{"analytics_storage":"granted"},"constructor":"granted","analytics_storage":"denied"}'));
    expect(purposesOf(readGoogleConsent(entry, SILENT)!, false)).toEqual({ analytics: 'denied', marketing: undefined });
    expect(({} as { analytics_storage?: string }).analytics_storage).toBeUndefined();
  });
});
