import type { StoredEvent } from '../outbox/stored-event.js';
import type { Plugin } from '../plugin.js';
import { writeJson } from '../util/json.js';
import type { Consent } from '../consent/consent.js';
import { withoutMarketing } from './marketing.js';

/** Returns a stored event without what was denied since. Each of its two texts is a part of it, with all that belongs together. */
export function withoutWithdrawn({ id, context, event }: StoredEvent, consent: Consent): StoredEvent {
  const redact = (text: string) => {
    const part = withoutMarketing(JSON.parse(text) as { consent?: object });
    // A collector that needs consent to marketing gets it no more.
    return writeJson(part.consent ? { ...part, consent: { ...part.consent, ...consent } } : part);
  };
  return { id, context: redact(context), event: redact(event) };
}

/** Takes out of events that wait to be sent what needs consent to marketing, where that is withdrawn before they are. */
export const withdrawals = (): Plugin => ({ name: 'withdrawals', redact: withoutWithdrawn });
