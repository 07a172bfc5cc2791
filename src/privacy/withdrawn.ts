import type { Row } from '../outbox/row.js';
import type { Plugin } from '../plugin.js';
import { writeJson } from '../util/json.js';
import type { Consent } from '../consent/consent.js';
import { withoutMarketing } from './marketing.js';

/** Returns a stored event without what was denied since. */
export function withoutWithdrawn({ id, context, event }: Row, consent: Consent): Row {
  const parts = [context, event].map((text) => JSON.parse(text) as Record<string, unknown>);
  const whole = withoutMarketing(Object.assign({}, ...parts) as Record<string, unknown>);
  // A collector that needs consent to marketing gets it no more.
  whole.consent = { ...(whole.consent as object), ...consent };
  const [shared, own] = parts.map((part) => writeJson(Object.fromEntries(Object.keys(part).map((key) => [key, whole[key]]))));
  return { id, context: shared!, event: own! };
}

/** Takes out of events that wait to be sent what needs consent to marketing, where that is withdrawn before they are. */
export const withdrawals = (): Plugin => ({ name: 'withdrawals', redact: withoutWithdrawn });
