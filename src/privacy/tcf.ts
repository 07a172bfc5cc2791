import type { Stop } from '../browser/listen.js';
import { runLater } from '../util/run-later.js';
import type { ConsentState, Statement } from './consent.js';

/** What a consent platform tells by the IAB's Transparency and Consent Framework, as far as it is needed. Source: TCF 2.3, `TCData`. */
export interface TcData {
  eventStatus?: string;
  gdprApplies?: boolean;
  listenerId?: number;
  purpose?: { consents?: Record<number, boolean> };
}

type TcfApi = (command: string, version: number, callback: (data: TcData, isDone: boolean) => void, parameter?: unknown) => void;

/** How often it is looked whether there is a platform, in milliseconds, and how many times: platforms come by tag managers, seconds late. Our choice. */
const LOOK_MS = 500;
const LOOKS = 60;

/**
 * The framework's purposes that ours need: to store on the device (1), and to measure content (8) or advertising (7). Source: TCF policies,
 * appendix A.
 */
const PURPOSES = { analytics: [1, 8], marketing: [1, 7] };

/**
 * Returns what the platform's word means. Pure. No answer is no consent; where the law does not apply it says nothing.
 *
 * @param before what it meant so far: a window that is opened again takes nothing back
 */
export function readTcData({ eventStatus, gdprApplies, purpose }: TcData, before: Statement): Statement {
  if (gdprApplies === false) return { analytics: undefined, marketing: undefined };
  if (gdprApplies === undefined || !/^(tcloaded|useractioncomplete)$/.test(`${eventStatus}`)) return before;
  const answer = (purposes: readonly number[]): ConsentState => (purposes.every((each) => purpose?.consents?.[each] === true) ? 'granted' : 'denied');
  return { analytics: answer(PURPOSES.analytics), marketing: answer(PURPOSES.marketing) };
}

/**
 * Hears what a consent platform says, also one that comes late, and calls `say` with it. Adds to `stops` what ends that.
 *
 * @param safe makes work that may throw, as the platform's may, harmless
 */
export function watchTcf(stops: Stop[], say: (statement: Statement) => void, safe: (work: () => void) => () => void): void {
  const page = window as Window & { __tcfapi?: TcfApi };
  let looks = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let said: Statement = { analytics: 'required', marketing: 'required' };
  const look = safe(() => {
    const { __tcfapi: api } = page;
    if (typeof api !== 'function') return void (looks++ < LOOKS && (timer = runLater(look, LOOK_MS)));
    // From now on it is the platform that is asked, also before it can answer.
    say(said);
    let id: number | undefined;
    api('addEventListener', 2, (data, isDone) => {
      if (!isDone || !data) return;
      id = data.listenerId;
      say((said = readTcData(data, said)));
    });
    // What was asked may have been a stub, whose place the platform has taken since.
    stops.push(() => page.__tcfapi?.('removeEventListener', 2, () => {}, id));
  });
  stops.push(() => clearTimeout(timer));
  look();
}
