import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Stop } from '../../src/browser/listen.js';
import type { Statement } from '../../src/privacy/consent.js';
import { readTcData, watchTcf, type TcData } from '../../src/privacy/tcf.js';

const REQUIRED: Statement = { analytics: 'required', marketing: 'required' };
const NOTHING_SAID: Statement = { analytics: undefined, marketing: undefined };
const GRANTED: Statement = { analytics: 'granted', marketing: 'granted' };
const DENIED: Statement = { analytics: 'denied', marketing: 'denied' };

/** As platforms give it, with consent to the purposes named and no other. */
function tcData(eventStatus: string, purposes: number[], more: object = {}) {
  const consents = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [index + 1, purposes.includes(index + 1)]));
  return {
    cmpId: 300, cmpVersion: 2, gdprApplies: true, tcfPolicyVersion: 5, tcString: 'CQ', cmpStatus: 'loaded', listenerId: 7, eventStatus, isServiceSpecific: true, useNonStandardTexts: false,
    publisherCC: 'DE', purposeOneTreatment: false, purpose: { consents, legitimateInterests: { 7: true, 8: true } }, vendor: { consents: {}, legitimateInterests: {}, disclosedVendors: {} },
    specialFeatureOptins: {}, publisher: { consents: {}, legitimateInterests: {}, customPurpose: { consents: {}, legitimateInterests: {} }, restrictions: {} }, ...more,
  };
}

describe('what a platform says', () => {
  test.each<[what: string, data: TcData, before: Statement, said: Statement]>([
    ['everything accepted', tcData('useractioncomplete', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), REQUIRED, GRANTED],
    ['everything refused', tcData('useractioncomplete', []), REQUIRED, DENIED],
    ['an answer of an earlier page', tcData('tcloaded', [1, 7, 8]), REQUIRED, GRANTED],
    ['a refusal of an earlier page', tcData('tcloaded', []), REQUIRED, DENIED],
    ['measurement of content alone', tcData('useractioncomplete', [1, 8]), REQUIRED, { analytics: 'granted', marketing: 'denied' }],
    ['measurement of advertising alone', tcData('useractioncomplete', [1, 7]), REQUIRED, { analytics: 'denied', marketing: 'granted' }],
    ['without storage, nothing', tcData('useractioncomplete', [2, 3, 4, 7, 8, 9]), REQUIRED, DENIED],
    // For measurement a platform may name a legitimate interest; Waymark asks for consent.
    ['a legitimate interest is no consent', tcData('tcloaded', [1]), REQUIRED, DENIED],
    ['the window is shown, before any answer', tcData('cmpuishown', []), REQUIRED, REQUIRED],
    ['the window is shown, with all switches on before any answer', tcData('cmpuishown', [1, 7, 8]), REQUIRED, REQUIRED],
    ['the window is shown again after a grant', tcData('cmpuishown', [1, 7, 8]), GRANTED, GRANTED],
    ['the window is shown again after a denial', tcData('cmpuishown', [1, 7, 8]), DENIED, DENIED],
    ['a change of mind', tcData('useractioncomplete', []), GRANTED, DENIED],
    ['the law does not apply', tcData('tcloaded', [], { gdprApplies: false }), REQUIRED, NOTHING_SAID],
    ['the law does not apply after all', tcData('useractioncomplete', [], { gdprApplies: false }), DENIED, NOTHING_SAID],
    ['it is not known yet whether the law applies', tcData('tcloaded', [1, 7, 8], { gdprApplies: undefined }), REQUIRED, REQUIRED],
    ['no purposes', tcData('tcloaded', [], { purpose: undefined }), REQUIRED, DENIED],
    ['no consents', tcData('tcloaded', [], { purpose: {} }), REQUIRED, DENIED],
    ['consents that are no true', tcData('tcloaded', [], { purpose: { consents: { 1: 'true', 7: 1, 8: 'granted' } } }), REQUIRED, DENIED],
    ['a status of a later make', tcData('cmpdone', [1, 7, 8]), REQUIRED, REQUIRED],
    ['no status', tcData('', [1, 7, 8], { eventStatus: undefined }), REQUIRED, REQUIRED],
    ['an empty object', {}, REQUIRED, REQUIRED],
    ['a text', 'granted' as TcData, REQUIRED, REQUIRED],
  ])('%s', (_what, data, before, said) => {
    expect(readTcData(Object.freeze(data) as TcData, before)).toEqual(said);
  });
});

type Listener = (data: unknown, isDone: boolean) => void;

/** A platform, as far as a page sees it. */
function createPlatform() {
  const calls: unknown[][] = [];
  const listeners: Listener[] = [];
  const api = (...call: unknown[]) => {
    calls.push(call);
    if (call[0] === 'addEventListener') listeners.push(call[2] as Listener);
  };
  return { api, calls, tell: (data: unknown, isDone = true) => listeners.forEach((each) => each(data, isDone)) };
}

describe('a page', () => {
  const page: { __tcfapi?: unknown } = {};
  let said: Statement[];
  let errors: unknown[];
  let stops: Stop[];

  beforeEach(() => {
    vi.useFakeTimers();
    delete page.__tcfapi;
    vi.stubGlobal('window', page);
    said = [];
    errors = [];
    stops = [];
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  const safe = (work: () => void) => () => {
    try {
      work();
    } catch (error) {
      errors.push(error);
    }
  };
  const watch = () => watchTcf(stops, (statement) => said.push(statement), safe);
  const stop = () => stops.forEach((each) => each());

  test('without a platform has said nothing', () => {
    watch();
    vi.advanceTimersByTime(60_000);
    expect([said, errors, vi.getTimerCount()]).toEqual([[], [], 0]);
  });

  test('with one waits for its answer, which counts as it comes', () => {
    const { api, calls, tell } = createPlatform();
    page.__tcfapi = api;
    watch();
    expect(said).toEqual([REQUIRED]);
    expect(calls).toEqual([['addEventListener', 2, expect.any(Function)]]);
    tell(tcData('cmpuishown', []));
    tell(tcData('useractioncomplete', [1, 8]));
    tell(tcData('cmpuishown', [1, 8]));
    tell(tcData('useractioncomplete', []));
    const measured = { analytics: 'granted', marketing: 'denied' };
    expect(said.slice(1)).toEqual([REQUIRED, measured, measured, DENIED]);
  });

  test.each([500, 5_000, 30_000])('with one that comes after %i ms asks it', (afterMs) => {
    const { api, calls } = createPlatform();
    watch();
    vi.advanceTimersByTime(afterMs - 1);
    page.__tcfapi = api;
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect([said, calls.length, vi.getTimerCount()]).toEqual([[REQUIRED], 1, 0]);
  });

  test('with one that comes after half a minute does not', () => {
    const { api, calls } = createPlatform();
    watch();
    vi.advanceTimersByTime(30_001);
    page.__tcfapi = api;
    vi.advanceTimersByTime(60_000);
    expect([said, calls]).toEqual([[], []]);
  });

  test.each<[what: string, value: unknown]>([['an element', { name: '__tcfapi' }], ['a text', 'x'], ['null', null]])('takes %s of that name for no platform', (_what, value) => {
    page.__tcfapi = value;
    watch();
    expect([said, errors]).toEqual([[], []]);
  });

  test('with one that throws has nothing allowed, and sees no exception', () => {
    page.__tcfapi = () => {
      throw new Error('broken');
    };
    watch();
    expect([said, errors.length]).toEqual([[REQUIRED], 1]);
    expect(stop).not.toThrow();
  });

  test('with one that fails, or gives nothing, has nothing allowed', () => {
    const { api, tell } = createPlatform();
    page.__tcfapi = api;
    watch();
    tell(null, false);
    tell(tcData('tcloaded', [1, 7, 8]), false);
    tell(undefined);
    expect(said).toEqual([REQUIRED]);
  });

  test('that stops takes its listener away, by the id that it was given', () => {
    const { api, calls, tell } = createPlatform();
    page.__tcfapi = api;
    watch();
    tell(tcData('tcloaded', [1, 7, 8], { listenerId: 42 }));
    stop();
    expect(calls[1]).toEqual(['removeEventListener', 2, expect.any(Function), 42]);
  });

  test('that stops takes its listener away from the platform, not from the stub that was there before it', () => {
    const stub = createPlatform();
    const platform = createPlatform();
    page.__tcfapi = stub.api;
    watch();
    page.__tcfapi = platform.api;
    stub.tell(tcData('tcloaded', [1, 7, 8], { listenerId: 42 }));
    stop();
    expect(platform.calls).toEqual([['removeEventListener', 2, expect.any(Function), 42]]);
  });

  test('that stops before there is a platform looks no more', () => {
    watch();
    stop();
    page.__tcfapi = createPlatform().api;
    vi.advanceTimersByTime(60_000);
    expect([said, vi.getTimerCount()]).toEqual([[], 0]);
  });

  test('whose platform has gone stops without a word', () => {
    page.__tcfapi = createPlatform().api;
    watch();
    delete page.__tcfapi;
    expect(stop).not.toThrow();
  });
});
