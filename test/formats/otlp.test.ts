import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { otlp } from '../../src/formats/index.js';
import { BATCH, named, openVisit, wholeVisit, withContext } from './sample.js';

/** OpenTelemetry's own classes, generated from the official protobuf definitions. */
interface Message {
  verify(given: object): string | null;
  fromObject(given: object): object;
  toObject(message: object, options: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}
const { opentelemetry } = createRequire(import.meta.url)('@opentelemetry/otlp-transformer/build/src/generated/root.js') as {
  opentelemetry: { proto: { collector: { logs: { v1: { ExportLogsServiceRequest: Message; ExportLogsServiceResponse: Message } } } } };
};
const { ExportLogsServiceRequest: Request, ExportLogsServiceResponse: Response } = opentelemetry.proto.collector.logs.v1;

interface AnyValue { stringValue?: string; doubleValue?: number; boolValue?: boolean; arrayValue?: { values: AnyValue[] }; kvlistValue?: { values: KeyValue[] } }
interface KeyValue { key: string; value: AnyValue }
interface LogRecord { timeUnixNano: string; observedTimeUnixNano: string; severityNumber: number; eventName: string; body: AnyValue; attributes: KeyValue[] }
interface Logs { resourceLogs: { resource: { attributes: KeyValue[] }; scopeLogs: { scope: { name: string; version: string }; logRecords: LogRecord[] }[] }[] }

/** Reads JSON as a receiver does, over the binary form; what the definitions do not have is lost on the way. */
function receive(body: string): Logs {
  const given = JSON.parse(body) as object;
  const message = Request.fromObject(given);
  return Request.toObject(Request.decode(Request.encode(message).finish()), { longs: String, enums: Number }) as Logs;
}
const records = (body: string) => receive(body).resourceLogs[0]!.scopeLogs[0]!.logRecords;

/** Returns the plain value of an `AnyValue`. */
function plain({ stringValue, doubleValue, boolValue, arrayValue, kvlistValue }: AnyValue): unknown {
  if (arrayValue) return arrayValue.values.map(plain);
  if (kvlistValue) return Object.fromEntries(kvlistValue.values.map(({ key, value }) => [key, plain(value)]));
  return stringValue ?? doubleValue ?? boolValue ?? null;
}
const attributesOf = ({ attributes }: LogRecord) => Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));

describe('log records, read by OpenTelemetry’s own classes', () => {
  test('lose nothing: every key is one of the official definitions', () => {
    for (const rows of [wholeVisit(), wholeVisit({ userId: 'x', models: ['aida', 'funnel'] })]) {
      const body = otlp({ resource: { 'deployment.environment.name': 'test', replicas: 2, live: true } }).encode(rows, BATCH);
      expect(receive(body)).toEqual(JSON.parse(body));
    }
  });

  test('a key that is not of them would be lost', () => {
    const body = otlp().encode(wholeVisit(), BATCH).replaceAll('"eventName"', '"event_title"');
    expect(receive(body)).not.toEqual(JSON.parse(body));
  });

  test('have what an order is made of', () => {
    const row = named(wholeVisit(), 'purchase');
    const context = JSON.parse(row.context) as { visitor: { id: string }; session: { id: string }; page: { id: string } };
    const [record] = records(otlp({ serviceName: 'shop' }).encode([row], BATCH));
    expect(record).toMatchObject({ timeUnixNano: `${Date.UTC(2026, 5, 1, 12, 0, 10)}000000`, observedTimeUnixNano: `${BATCH.time}000000`, severityNumber: 9, eventName: 'waymark.purchase', body: { stringValue: 'purchase' } });
    expect(attributesOf(record!)).toMatchObject({
      'log.record.uid': row.id,
      'session.id': context.session.id,
      'enduser.pseudo.id': context.visitor.id,
      'user.id': 'customer-7',
      'url.full': 'https://shop.example/thanks',
      'waymark.page.id': context.page.id,
      'waymark.page.title': 'Thank you',
      'waymark.journey.stage': 'purchase',
      'waymark.journey.move': 'forward',
      'waymark.journey.from': 'decision',
      'waymark.journey.loop': 1,
      'waymark.journey.furthest': 'purchase',
      'waymark.journey.stages': { aida: 'action' },
      'waymark.journey.path': [{ channel: 'organic_social', network: 'instagram', campaign: { name: 'spring' } }],
      'waymark.touchpoint': { channel: 'organic_social' },
      'waymark.properties.transaction_id': 'T-1',
      'waymark.properties.value': 25,
      'waymark.properties.items': [{ item_id: 'A1', price: 12.5, quantity: 2 }],
    });
  });

  test('say which session was before, and that a program drives the browser', () => {
    const visit = openVisit();
    visit.track('page_view');
    visit.wait(2);
    const [record] = records(otlp().encode([withContext(visit.track('page_view'), { bot: true })], BATCH));
    expect(attributesOf(record!)).toMatchObject({ 'session.previous_id': expect.any(String) as string, 'user_agent.synthetic.type': 'bot' });
  });

  test('have data within data down to six levels, and below it as JSON', () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } };
    const [record] = records(otlp().encode([openVisit().track('x', deep)], BATCH));
    expect(attributesOf(record!)['waymark.properties.a']).toEqual({ b: { c: { d: { e: { f: { g: '{"h":1}' } } } } } });
  });

  test('name the service and the scope', () => {
    const { resource, scopeLogs } = receive(otlp({ serviceName: 'shop', resource: { zone: 'a' } }).encode(wholeVisit(), BATCH)).resourceLogs[0]!;
    expect(resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'shop' } }, { key: 'zone', value: { stringValue: 'a' } }]);
    expect(scopeLogs[0]!.scope).toEqual({ name: 'waymark', version: '0.1.0' });
  });

  test('are refused in the way that the definitions have it', () => {
    const told = { partialSuccess: { rejectedLogRecords: '1', errorMessage: 'no' } };
    expect(Response.toObject(Response.fromObject(told), { longs: String })).toEqual(told);
    expect(otlp().read({ status: 200, isOwn: true, body: JSON.stringify(told) }, ['a']).refused).toEqual({ a: 'no' });
  });
});
