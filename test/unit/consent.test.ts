import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createConsent, readStatement, type Consent, type ConsentSource, type ConsentState, type Denies, type Statement } from '../../src/privacy/consent.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;

/** What the browser says by itself. */
function browserSays(signals: { globalPrivacyControl?: boolean; doNotTrack?: string | null }): void {
  vi.stubGlobal('navigator', signals);
}
beforeEach(() => {
  vi.useFakeTimers({ now: NOON, toFake: ['Date'] });
  browserSays({});
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

interface Given {
  option?: Statement;
  gpc?: Denies;
  dnt?: Denies;
  onChange?(now: Consent, before: Consent): void;
}
/** A gate, and what has come of it, in order. */
function openGate({ option = { analytics: 'required', marketing: 'required' }, gpc = 'marketing', dnt = 'ignore', onChange }: Given = {}) {
  const log: string[] = [];
  const expired: number[] = [];
  const gate = createConsent({
    option, gpc, dnt,
    onChange(now, before) {
      log.push(`${before.analytics}/${before.marketing} > ${now.analytics}/${now.marketing}`);
      onChange?.(now, before);
    },
    onOpen: () => void log.push('open'),
    onExpired: (count) => void expired.push(count),
  });
  return { gate, log, expired, event: (name: string) => gate.run(() => log.push(name), true), work: (name: string) => gate.run(() => log.push(name)) };
}
const both = (state: ConsentState): Statement => ({ analytics: state, marketing: state });

describe('a statement', () => {
  test.each<[given: unknown, statement: Statement]>([
    ['granted', both('granted')],
    ['denied', both('denied')],
    ['required', both('required')],
    [{ analytics: 'granted' }, { analytics: 'granted' }],
    [{ marketing: 'denied' }, { marketing: 'denied' }],
    [{ analytics: 'granted', marketing: 'required' }, { analytics: 'granted', marketing: 'required' }],
    // As the type allows, of a purpose that is undefined nothing is said.
    [{ analytics: 'denied', marketing: undefined }, { analytics: 'denied' }],
  ])('is %j', (given, statement) => {
    expect(readStatement(given)).toEqual(statement);
  });

  test.each([
    undefined, null, '', 'yes', 'Granted', ' granted', 'granted ', true, false, 1, [], {}, ['granted'], { analytics: true }, { analytics: 'yes' }, { analytics: null }, { analytics: ['granted'] },
    { analytics: 'granted', ads: 'granted' }, { ads: 'granted' }, 'analytics=', '=granted', 'analytics', 'analytics=yes', 'analytics=granted,ads=denied', 'analytics=granted=denied,', { analytics: undefined },
    { analytics: Symbol('granted') }, Symbol('granted'), () => 'granted',
  ])('is not %s', (given) => {
    expect(readStatement(given)).toBeUndefined();
  });
});

describe('who is believed', () => {
  const SOURCES: ConsentSource[] = ['call', 'tcf', 'google', 'option'];

  test.each(SOURCES.flatMap((higher, index) => SOURCES.slice(index + 1).map((lower) => [higher, lower] as const)))('%s before %s, whichever comes first', (higher, lower) => {
    for (const [one, other] of [[higher, lower], [lower, higher]] as const) {
      for (const purpose of ['analytics', 'marketing'] as const) {
        const { gate } = openGate({ option: lower === 'option' ? both('denied') : {} });
        for (const source of [one, other]) gate.say(source, { [purpose]: source === higher ? 'granted' : 'denied' });
        expect([gate.now()[purpose], gate.now().by[purpose]]).toEqual(['granted', higher]);
      }
    }
  });

  test('is found for each purpose by itself', () => {
    const { gate } = openGate();
    gate.say('google', { analytics: 'granted' });
    gate.say('call', { marketing: 'denied' });
    expect(gate.now()).toEqual({ analytics: 'granted', marketing: 'denied', by: { analytics: 'google', marketing: 'call' } });
  });

  test('one that takes its word back leaves it to the next', () => {
    const { gate } = openGate({ option: both('granted') });
    gate.say('tcf', both('required'));
    expect(gate.now()).toEqual({ ...both('required'), by: { analytics: 'tcf', marketing: 'tcf' } });
    gate.say('tcf', { analytics: undefined, marketing: undefined });
    expect(gate.now()).toEqual({ ...both('granted'), by: { analytics: 'option', marketing: 'option' } });
  });

  test('what was said of a purpose stays if the next word does not name it', () => {
    const { gate } = openGate();
    gate.say('call', both('granted'));
    gate.say('call', { marketing: 'denied' });
    expect(gate.now()).toMatchObject({ analytics: 'granted', marketing: 'denied' });
  });

  test('a purpose of which nobody says anything is denied', () => {
    expect(openGate({ option: { analytics: 'granted' } }).gate.now()).toEqual({ analytics: 'granted', marketing: 'denied', by: { analytics: 'option', marketing: 'option' } });
  });
});

describe('the signal of the browser', () => {
  test.each<[gpc: Denies, analytics: [ConsentState, ConsentSource], marketing: [ConsentState, ConsentSource]]>([
    ['marketing', ['granted', 'call'], ['denied', 'gpc']],
    ['all', ['denied', 'gpc'], ['denied', 'gpc']],
    ['ignore', ['granted', 'call'], ['granted', 'call']],
  ])('Global Privacy Control, which denies %s, stands above a call, and is told', (gpc, [analytics, byAnalytics], [marketing, byMarketing]) => {
    browserSays({ globalPrivacyControl: true });
    const { gate } = openGate({ gpc });
    gate.say('call', both('granted'));
    expect(gate.now()).toEqual({ analytics, marketing, by: { analytics: byAnalytics, marketing: byMarketing }, gpc: true });
  });

  test.each<[says: string | null | undefined, dnt: Denies, state: ConsentState]>([
    ['1', 'all', 'denied'], ['1', 'ignore', 'granted'], ['0', 'all', 'granted'], ['unspecified', 'all', 'granted'], [null, 'all', 'granted'], [undefined, 'all', 'granted'],
  ])('Do Not Track %j with %s is %s', (says, dnt, state) => {
    browserSays({ doNotTrack: says });
    const { gate } = openGate({ option: both('granted'), dnt });
    expect([gate.now().analytics, gate.now().marketing]).toEqual([state, state]);
    expect(gate.now().dnt).toBe(says === '1' ? true : undefined);
  });

  test.each([[false], [undefined]])('that is %j denies nothing and is not told', (globalPrivacyControl) => {
    browserSays({ globalPrivacyControl });
    expect(openGate({ option: both('granted') }).gate.now()).toEqual({ ...both('granted'), by: { analytics: 'option', marketing: 'option' } });
  });

  test('is not there where there is no navigator', () => {
    vi.stubGlobal('navigator', undefined);
    expect(openGate({ option: both('granted') }).gate.now().marketing).toBe('granted');
  });
});

describe('what waits', () => {
  test('goes in order once it is allowed, after the opening is told; what comes then goes at once', () => {
    const { gate, log, event, work } = openGate();
    gate.start();
    for (const name of ['a', 'b', 'c']) event(name);
    work('d');
    expect([log, gate.waiting()]).toEqual([[], 3]);
    gate.say('call', both('granted'));
    event('e');
    expect(log).toEqual(['required/required > granted/granted', 'open', 'a', 'b', 'c', 'd', 'e']);
    expect(gate.waiting()).toBe(0);
  });

  test('waits for those who are asked, however much is granted', () => {
    const { gate, log, event } = openGate({ option: both('granted') });
    event('a');
    expect([gate.isOpen(), log]).toEqual([false, []]);
    gate.start();
    expect([gate.isOpen(), log]).toEqual([true, ['open', 'a']]);
  });

  test('without consent to marketing alone goes all the same', () => {
    const { gate, log, event } = openGate();
    gate.start();
    event('a');
    gate.say('call', { marketing: 'denied' });
    expect(gate.isOpen()).toBe(false);
    gate.say('call', { analytics: 'granted' });
    expect(log.slice(-2)).toEqual(['open', 'a']);
  });

  test.each<[when: string, isEarly: boolean]>([['before', true], ['after', false]])('is dropped by a denial %s those who are asked have been, and does not come back with a grant', (_when, isEarly) => {
    const { gate, log, expired, event } = openGate();
    if (!isEarly) gate.start();
    event('a');
    gate.say('call', both('denied'));
    if (isEarly) gate.start();
    event('b');
    expect(gate.waiting()).toBe(0);
    gate.say('call', both('granted'));
    event('c');
    expect(log.filter((entry) => /^\w$/.test(entry))).toEqual(['c']);
    // They were refused, not left unanswered.
    expect(expired).toEqual([]);
  });

  test('is 200 events at most: the oldest give way, and are told', () => {
    const { gate, log, expired, event } = openGate();
    gate.start();
    for (let index = 0; index < 200; index++) event(`e${index}`);
    expect([gate.waiting(), expired]).toEqual([200, []]);
    for (let index = 200; index < 203; index++) event(`e${index}`);
    expect([gate.waiting(), expired]).toEqual([200, [1, 1, 1]]);
    gate.say('call', both('granted'));
    expect(log.slice(2)).toEqual(Array.from({ length: 200 }, (_, index) => `e${index + 3}`));
  });

  test('counts events alone: other work neither gives way nor makes an event do so', () => {
    const { gate, log, expired, event, work } = openGate();
    gate.start();
    work('first');
    for (let index = 0; index < 300; index++) work('work');
    for (let index = 0; index < 200; index++) event('event');
    expect(expired).toEqual([]);
    gate.say('call', both('granted'));
    expect([log[2], log.length]).toEqual(['first', 2 + 501]);
  });

  test('for half an hour goes, for a moment longer does not, and is told; other work goes', () => {
    const { gate, log, expired, event, work } = openGate();
    gate.start();
    event('too old');
    work('work');
    vi.setSystemTime(NOON + 1);
    event('just in time');
    vi.setSystemTime(NOON + 30 * MINUTE + 1);
    gate.say('call', both('granted'));
    expect([log.slice(2), expired]).toEqual([['work', 'just in time'], [1]]);
  });

  test('of several that are too old, all are told in one', () => {
    const { gate, expired, event } = openGate();
    gate.start();
    for (const name of ['a', 'b', 'c']) event(name);
    vi.setSystemTime(NOON + 31 * MINUTE);
    gate.say('call', both('granted'));
    expect(expired).toEqual([3]);
  });

  test('stays waiting where the first of it takes consent back, or asks anew', () => {
    for (const state of ['denied', 'required'] as const) {
      const { gate, log, event } = openGate();
      gate.start();
      gate.run(() => gate.say('call', both(state)), true);
      event('a');
      gate.say('call', both('granted'));
      expect(log).not.toContain('a');
      gate.say('call', both('granted'));
      expect(log.includes('a')).toBe(state === 'required');
    }
  });
});

describe('a pause', () => {
  test('holds everything until the start', () => {
    const { gate, log, event } = openGate({ option: both('granted') });
    gate.start();
    gate.pause();
    event('a');
    expect([gate.isOpen(), gate.waiting(), log]).toEqual([false, 1, ['open']]);
    gate.start();
    expect(log).toEqual(['open', 'open', 'a']);
  });

  test('with a denial in it leaves nothing to let through', () => {
    const { gate, log, event } = openGate({ option: both('granted') });
    gate.start();
    gate.pause();
    event('a');
    gate.say('call', both('denied'));
    gate.start();
    expect(log).toEqual(['open', 'granted/granted > denied/denied']);
  });
});

test('what opens once is told once: a second start, the same word again and a word on marketing open nothing', () => {
  const { gate, log } = openGate({ option: both('granted') });
  gate.start();
  gate.start();
  gate.say('call', both('granted'));
  gate.say('call', both('granted'));
  gate.say('call', { marketing: 'denied' });
  expect(log.filter((entry) => entry === 'open')).toHaveLength(1);
});

test('a change is told once, and the answer is the same object as long as there is none', () => {
  const { gate, log } = openGate({ option: both('granted') });
  gate.start();
  const first = gate.now();
  gate.say('option', both('granted'));
  gate.say('option', {});
  expect(gate.now()).toBe(first);
  gate.say('google', { marketing: 'denied' });
  expect(gate.now()).not.toBe(first);
  expect(log.filter((entry) => entry.includes('>'))).toEqual(['granted/granted > granted/denied']);
});

test('a listener that answers within the answer has the last word', () => {
  const { gate, log, event } = openGate({ onChange: (now) => now.analytics === 'granted' && gate.say('call', both('denied')) });
  gate.start();
  event('a');
  gate.say('call', both('granted'));
  expect([gate.isOpen(), gate.now().analytics]).toEqual([false, 'denied']);
  expect(log).not.toContain('a');
});

const state = fc.constantFrom<ConsentState>('granted', 'denied', 'required');
const step = fc.oneof(
  fc.record({ kind: fc.constant('say' as const), source: fc.constantFrom<ConsentSource>('call', 'tcf', 'google', 'option'), said: fc.record({ analytics: fc.option(state, { nil: undefined }), marketing: fc.option(state, { nil: undefined }) }) }),
  fc.record({ kind: fc.constantFrom('event' as const, 'work' as const, 'start' as const, 'pause' as const) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 40 * MINUTE }) }),
  // An event whose work, or whose listener, says something itself.
  fc.record({ kind: fc.constant('event' as const), says: state }),
);

test('whatever is said in whatever order: nothing passes while analytics is not granted, everything in order, and each at most once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.record({ analytics: state, marketing: state }), fc.boolean(), fc.constantFrom<Denies>('marketing', 'all', 'ignore'), (steps, option, globalPrivacyControl, gpc) => {
      vi.setSystemTime(NOON);
      browserSays({ globalPrivacyControl });
      const passed: number[] = [];
      let isStarted = false;
      const { gate, expired } = openGate({ option, gpc });
      let events = 0;
      for (const [number, each] of steps.entries()) {
        const run = (isEvent: boolean, says?: ConsentState) =>
          gate.run(() => {
            expect([isStarted, gate.now().analytics]).toEqual([true, 'granted']);
            passed.push(number);
            if (says) gate.say('call', both(says));
          }, isEvent);
        if (each.kind === 'say') gate.say(each.source, each.said);
        else if (each.kind === 'wait') vi.setSystemTime(Date.now() + each.ms);
        else if (each.kind === 'start') (isStarted = true), gate.start();
        else if (each.kind === 'pause') (isStarted = false), gate.pause();
        else {
          if (each.kind === 'event') events++;
          run(each.kind === 'event', 'says' in each ? each.says : undefined);
        }
        if (isStarted && gate.isOpen()) expect(gate.waiting()).toBe(0);
        if (gpc === 'all' && globalPrivacyControl) expect(gate.now().analytics).toBe('denied');
      }
      expect(passed).toEqual([...new Set(passed)].sort((a, b) => a - b));
      expect(expired.reduce((sum, count) => sum + count, 0) + gate.waiting()).toBeLessThanOrEqual(events);
    }),
    { numRuns: 500 },
  );
});

describe('doubt, where a page may have missed a withdrawal', () => {
  test.each<ConsentSource>(['option', 'call', 'google', 'tcf'])('has %s say anew what it granted, and then lets what waits go', (source) => {
    const { gate, log, event } = openGate({ option: both(source === 'option' ? 'granted' : 'required') });
    if (source !== 'option') gate.say(source, both('granted'));
    gate.start();
    gate.pause();
    gate.doubt();
    gate.start();
    event('one');
    expect([gate.isOpen(), log.includes('one')]).toEqual([false, false]);
    gate.say(source, both('granted'));
    expect(log.slice(-2)).toEqual(['open', 'one']);
  });

  test('leaves a denial what it is', () => {
    const { gate } = openGate();
    gate.say('call', { analytics: 'denied', marketing: 'granted' });
    gate.doubt();
    expect(gate.now()).toMatchObject({ analytics: 'denied', marketing: 'required' });
  });
});
