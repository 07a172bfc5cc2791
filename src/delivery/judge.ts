import type { Format } from '../formats/format.js';
import { priorityOf } from '../outbox/priority.js';
import { idsOf } from '../outbox/stored-event.js';
import type { Action, Answer } from './answer.js';
import type { Reply } from './attempt.js';
import { isAllRefused, isGuilty, refusedAlone } from './bisect.js';
import type { Change, Sending } from './change.js';
import { describeAnswer } from './describe.js';
import { afterFailure, afterSuccess } from './health.js';
import { delayOf } from './outcome.js';

/** What an answer is judged by, beside the batch. */
export interface Judging {
  sending: Sending;
  reply: Reply;
  /** What is to be done. */
  action: Action;
  format: Format;
  /** A text that is another one when an option is changed that says how the collector is asked. */
  mark: string;
}

const NOTHING = { delivered: [], refused: [], isHeld: false };

/** Returns what follows where the collector is to be left alone. Pure. */
export function held({ sending, reply, action, mark }: Judging, lone = sending.health.lone): Change {
  const { batch, health, now, random } = sending;
  const { answer, judged } = reply;
  const { waitMs, soonMs } = delayOf(answer, action, health.failures + 1, random, now);
  const code = action !== 'hold' ? 'not_confirmed' : answer?.status ? 'wrong_endpoint' : 'collector_blocked';
  return {
    ...NOTHING,
    health: { ...afterFailure(health, waitMs, batch, now), soonMs, mark, lone },
    // A format that cannot read the answer has said so itself.
    trouble: judged === 'read' ? undefined : { code, message: describeAnswer(answer) },
    isHeld: true,
  };
}

/** Returns what follows where a worker of the page's has answered: what it says may be what the collector has said, which is asked about it with the next batch. Pure. */
export function passedOn({ sending, reply, mark }: Judging): Change {
  const { events, batch, health, now, random } = sending;
  const arrived = reply.verdict?.arrived.filter((each) => each in health.unsure) ?? [];
  const delivered = arrived.flatMap((each) => health.unsure[each]!);
  const asked = { ...health.unsure, [batch]: idsOf(events).filter((id) => !delivered.includes(id)) };
  const unsure = Object.fromEntries(
    Object.entries(asked).filter(([each, ids]) => ids.length && !arrived.includes(each)),
  );
  if (delivered.length) return { ...NOTHING, delivered, health: { ...afterSuccess(health, delivered), unsure } };
  const { waitMs } = delayOf(reply.answer, 'wait', health.failures + 1, random, now);
  return {
    ...NOTHING,
    health: { ...afterFailure(health, waitMs, '', now), unsure, mark },
    trouble: health.failures ? { code: 'wrong_endpoint', message: describeAnswer(reply.answer) } : undefined,
    isHeld: true,
  };
}

/** Returns why an event is refused. */
const reasonOf = (answer: Answer | undefined, note: string): string =>
  answer?.status ? `HTTP ${answer.status}` : note || 'format_failed';

/** Returns what follows where a batch is not taken, but others are: an event alone is set aside where it is known that it is not the collector. Pure. */
export function refused(judging: Judging): Change {
  const { sending, reply, action, format } = judging;
  const { events, health } = sending;
  const { answer } = reply;
  const note = describeAnswer(answer);
  const code = action === 'shrink' ? 'batch_too_large' : 'not_confirmed';
  const nothing: Change = { ...NOTHING, health, trouble: answer && { code, message: note } };
  if (events.length > 1) return nothing;
  const [event] = events;
  const { id } = event!;
  const cause = action === 'shrink' ? 'too_large' : 'refused';
  // Larger than the format's limit: nobody has to be asked.
  if (cause === 'too_large' && !answer)
    return { ...nothing, refused: [[id, `larger than ${format.maxBytes} bytes`]], cause };
  const isUnwell = /wait|hold/.test(action);
  const reason = reasonOf(answer, note);
  // An order is given up only where something is taken after it: a deploy may have begun just before.
  const isOther = sending.hasTaken && !isUnwell && priorityOf(event!) < 2;
  const lone = refusedAlone(health.lone, id, reason, isUnwell, isOther);
  const rest = lone.filter((each) => !isGuilty(each));
  // Whatever it is given, it refuses.
  if (isAllRefused(rest)) return { ...held({ ...judging, action: 'hold' }, []), trouble: nothing.trouble };
  const guilty = lone.filter(isGuilty).map((each) => [each.id, each.reason] as const);
  return { ...nothing, refused: guilty, cause, health: { ...health, lone: rest } };
}
