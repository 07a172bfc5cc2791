import { aBatch, aContext, anEvent, at, newId } from './helpers.js';
import type { Seed } from './live-page.js';

/** Events of each hour, oldest first: a day in a shop, with a quiet night and an evening rush. The first is 13:00 of the day before. */
const EVENTS = [64, 71, 80, 96, 131, 188, 240, 262, 221, 134, 70, 31, 12, 0, 0, 3, 9, 22, 41, 58, 66, 79, 92, 88, 35];

/**
 * A day of deliveries up to noon as they really are: most arrive, some twice; an outage of two hours ends in drops; a browser dies with
 * three events, another is still sending; one page sends what the schema forbids.
 */
export const seedDelivery: Seed = async (collector, setClock) => {
  for (const [index, total] of EVENTS.entries()) {
    const end = (index - EVENTS.length + 1) * 60;
    setClock(end);
    const time = (event: number) => at(end - 59 + (58 * event) / total);
    for (let sent = 0; sent < total; sent += 50) {
      const events = Array.from({ length: Math.min(50, total - sent) }, (_, event) => anEvent({ seq: event + 1, time: time(sent + event), context: event % 2 }));
      for (const event of events) event.seq = Math.floor(((event.seq as number) + 1) / 2);
      const contexts = [aContext(), aContext()];
      const batch = aBatch(events, { contexts, sent_at: at(end) });
      await collector.post(batch);
      // Every fourth answer is lost on its way back.
      if (sent % 200 === 50) await collector.post({ ...batch, attempt: 2 });
    }
    const event = (seq: number, changes = {}) => anEvent({ seq, time: at(end - 30), ...changes });
    const send = (events: unknown[], changes = {}) => collector.post(aBatch(events, { sent_at: at(end), ...changes }));
    if (index === 6) await send([event(1), event(5), event(6)], { contexts: [aContext({ visitor: { id: newId(4), user_id: 'mara@shop.example' } })] });
    if (index === 8) await send([event(41)], { dropped: { queue_full: 38 } });
    if (index === 9) await send([event(12)], { dropped: { too_old: 7, queue_full: 3 }, durable: false });
    if (index === 19) await send([event(1), event(2, { name: 'view item' }), event(3, { properties: 7 }), event(4)]);
  }
  await collector.post('<html>a proxy says hello</html>');
  setClock(-5);
  await collector.post(aBatch([anEvent({ seq: 1, time: at(-6) }), anEvent({ seq: 9, name: 'purchase', time: at(-6) })], { sent_at: at(-5) }));
  setClock(0);
};
