import { checkOptions, TEXT, VALUES } from './check.js';
import { eachEvent, json, objectOf, text, VERSION, type Properties, type SentEvent } from './events.js';
import type { Format } from './format.js';
import { readFields, refuseSome } from './verdict.js';

/** What `otlp` can be told. */
export interface OtlpOptions {
  /** `service.name` of the resource. Default: `unknown_service`, as the specification has it. */
  serviceName?: string;
  /** More attributes of the resource, such as `{ 'deployment.environment.name': 'production' }`. Default: none. */
  resource?: Readonly<Record<string, string | number | boolean>>;
  /** More headers, such as a key. Default: none. */
  headers?: Readonly<Record<string, string>>;
}

/** Data within data is written as OTLP's own lists and maps down to this depth, below it as JSON. Our choice. */
const MAX_DEPTH = 6;

/** Returns an `AnyValue`. All numbers are doubles, so that 20 and 20.5 are of one type. Nothing is an empty one. */
function anyValue(value: unknown, depth = 0): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { doubleValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Object(value) !== value) return {};
  if (depth >= MAX_DEPTH) return { stringValue: json(value) };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((one) => anyValue(one, depth + 1)) } };
  return { kvlistValue: { values: attributes(value as Properties, '', depth + 1) } };
}

/** Returns values by name as attributes; what is nothing is left out. */
function attributes(values: Properties, prefix = '', depth = 0): object[] {
  return Object.entries(values).flatMap(([key, value]) => (value === null || value === undefined ? [] : [{ key: prefix + key, value: anyValue(value, depth) }]));
}

/** What of an event has a place of its own in the record. */
const PLACED = /^(id|name|time|visitor|session|page|properties|journey|bot)$/;

function logRecord(event: SentEvent, sent: number): object {
  const { id, name, time, visitor, session, previous, page, properties, journey, bot } = event;
  return {
    timeUnixNano: `${Date.parse(time)}000000`,
    observedTimeUnixNano: `${sent}000000`,
    // INFO
    severityNumber: 9,
    eventName: `waymark.${name}`,
    // Plain outputs show the body alone.
    body: { stringValue: name },
    attributes: [
      ...attributes({
        'log.record.uid': id,
        'session.id': session?.id,
        'session.previous_id': previous?.session,
        'enduser.pseudo.id': visitor?.id,
        'user.id': visitor?.user_id,
        'url.full': page?.url,
        'user_agent.synthetic.type': bot && 'bot',
        'waymark.session.number': session?.number,
        'waymark.page.id': page?.id,
        'waymark.page.title': page?.title,
        'waymark.page.referrer': page?.referrer,
      }),
      ...attributes({ ...journey }, 'waymark.journey.'),
      ...attributes(Object.fromEntries(Object.entries(event).filter(([key]) => !PLACED.test(key))), 'waymark.'),
      ...attributes(properties, 'waymark.properties.'),
    ],
  };
}

/**
 * OpenTelemetry logs: OTLP over HTTP as JSON, one log record for each event.
 *
 * - Address: the collector's (port 4318) and `/v1/logs`; a key goes into `headers`.
 * - Content type `application/json`, the only one: the browser asks first (a preflight), which the collector must be set to answer (`cors` of the OTLP
 *   receiver), or a proxy before it. `sendBeacon` cannot carry it.
 * - Limits: the server's. Ids: the attribute `log.record.uid`; whether copies are told apart is the backend's matter.
 * - Answer: 200 with `partialSuccess.rejectedLogRecords` (or `partial_success.rejected_log_records`) above 0 says how many were refused for good, but not which; so many are reported as refused.
 * - Journey: attributes `waymark.journey.stage`, `.move`, `.from`, `.loop`, `.furthest`, `.stages` (a map), `.path` (a list), and `waymark.touchpoint` (a
 *   map). Consent: `waymark.consent`.
 * - Conventions: `session.id`, `session.previous_id`, `enduser.pseudo.id` (the visitor), `user.id`, `url.full`, `user_agent.synthetic.type`. For carts and orders
 *   there are none: `waymark.properties.…`, lists and maps as OTLP's own. `eventName` is `waymark.` and the name.
 *
 * @throws TypeError for a wrong option
 */
export function otlp(options: OtlpOptions = {}): Format {
  checkOptions('otlp', options, {}, { serviceName: TEXT, resource: VALUES, headers: VALUES });
  const { serviceName = 'unknown_service', resource, headers } = options;
  const about = attributes({ 'service.name': serviceName, ...resource });
  return {
    type: 'application/json',
    path: '/v1/logs',
    ...(headers && { headers }),
    beacon: false,
    encode(rows, { time }) {
      const logRecords = eachEvent(rows, (event) => logRecord(event, time));
      return json({ resourceLogs: [{ resource: { attributes: about }, scopeLogs: [{ scope: { name: 'waymark', version: VERSION }, logRecords }] }] });
    },
    read({ body }, ids) {
      // Protobuf's JSON may spell names either way, and a reader has to take both.
      const { partialSuccess, partial_success } = readFields(body);
      const { rejectedLogRecords, rejected_log_records, errorMessage, error_message } = objectOf(partialSuccess ?? partial_success) as Properties;
      return refuseSome(ids, rejectedLogRecords ?? rejected_log_records, text(errorMessage ?? error_message) ?? 'no reason told');
    },
  };
}
