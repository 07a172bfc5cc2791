import { aBatch, aContext, anEvent, at, newId } from './helpers.js';

const items = [{ item_id: 'M', item_name: 'Mug', price: 18, quantity: 2 }];
const journey = (stage: string, move = 'forward') => ({ stage, move, from: null, loop: 1, furthest: stage });
const arrival = (channel: string, network: string | null, minute: number) => ({ channel, network, paid: false, by: 'utm', time: at(minute) });

/** A batch of one visitor's events, sent as the last of them happened: [minute, name, stage, properties]. */
function visit(name: string, context: Record<string, unknown>, events: [number, string, string, Record<string, unknown>?][]) {
  return aBatch(events.map(([minute, event, stage, properties = {}], index) =>
    anEvent({ seq: index + 1, time: at(minute), name: event, journey: journey(stage, index === 0 ? 'enter' : 'forward'), properties })), {
    contexts: [aContext({ visitor: { id: newId(4), user_id: name }, ...context })], sent_at: at(events.at(-1)![0]),
  });
}

/**
 * Three visitors, each batch with the minute after noon at which it is sent: Cleo came by social media and left a cart at noon; Anna came by a
 * newsletter 20 minutes later, bought, shared, and came again by social media after three hours; Ben came just then inside Instagram. Consent is told by two sources.
 */
export function journeys(): [minute: number, batch: unknown][] {
  const email = arrival('email', 'klaviyo', 20);
  const social = arrival('organic_social', 'instagram', 200);
  const granted = { analytics: 'granted', marketing: 'granted', by: { analytics: 'call', marketing: 'call' } };
  const denied = { analytics: 'granted', marketing: 'denied', by: { analytics: 'option', marketing: 'gpc' }, gpc: true };
  const anna = visit('anna', { touchpoint: email, consent: granted }, [
    [20, 'landing', 'awareness', { ...email }], [21, 'add_to_cart', 'decision', { currency: 'EUR', cart_id: 'c', items }],
    [22, 'purchase', 'purchase', { currency: 'EUR', cart_id: 'c', value: 36, transaction_id: 'T1', items }],
    [23, 'share', 'advocacy', { method: 'whatsapp', share: { token: '0123456789ab', depth: 1 } }],
  ]);
  const [context] = anna.contexts;
  return [
    [3, visit('cleo', { touchpoint: arrival('organic_social', 'tiktok', 0), consent: denied }, [
      [0, 'social_landing', 'awareness', { ...arrival('organic_social', 'tiktok', 0) }], [1, 'add_to_cart', 'decision', { currency: 'EUR', cart_id: 'd', items }],
      [2, 'web_vitals', 'decision', { lcp: 5000, inp: 90, cls: 0.2 }],
      [3, 'cart_abandon', 'decision', { reason: 'exit', provisional: true, level: 'cart', cart_id: 'd', currency: 'EUR', value: 36, items }],
    ])],
    [23, anna],
    [201, aBatch([
      anEvent({ seq: 5, time: at(200), name: 'social_landing', journey: journey('retention', 'stay'), properties: { ...social } }),
      anEvent({ seq: 6, time: at(201), name: 'view_item', journey: journey('consideration', 'back') }),
    ], { contexts: [{ ...context, touchpoint: social, session: { id: newId(4), number: 2, started: at(200) } }], sent_at: at(201) })],
    [203, visit('ben', { touchpoint: social, in_app: { network: 'instagram', evidence: 'Instagram' }, consent: denied }, [
      [202, 'social_landing', 'awareness', { ...social }], [203, 'page_view', 'awareness'],
    ])],
  ];
}
