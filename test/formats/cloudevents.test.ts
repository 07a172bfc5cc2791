import { CloudEvent, HTTP } from 'cloudevents';
import { describe, expect, test } from 'vitest';
import type { TrackedEvent } from '../../src/event/event.js';
import { cloudevents } from '../../src/formats/index.js';
import { BATCH, named, wholeVisit, withContext } from './sample.js';

/** Reads a request with the official SDK, which checks every event by the specification's schema. */
function receive(body: string, type: string): CloudEvent<TrackedEvent>[] {
  const message = { headers: { 'content-type': type }, body };
  expect(HTTP.isEvent(message)).toBe(true);
  const events = [HTTP.toEvent<TrackedEvent>(message)].flat();
  for (const event of events) expect(new CloudEvent({ ...event }, true).validate()).toBe(true);
  return events as CloudEvent<TrackedEvent>[];
}
const send = (rows = wholeVisit(), format = cloudevents()) => receive(format.encode(rows, BATCH), format.type);

describe('a batch, read by the official SDK', () => {
  test('is a batch of valid events, in their order', () => {
    const rows = wholeVisit();
    const events = send(rows);
    expect(events.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(events.map(({ type }) => type).slice(0, 3)).toEqual(['waymark.social_landing', 'waymark.page_view', 'waymark.view_item']);
  });

  test('has what an order is made of', () => {
    const row = named(wholeVisit(), 'purchase');
    const [event] = send([row]);
    const sent = { ...(JSON.parse(row.context) as TrackedEvent), ...(JSON.parse(row.event) as TrackedEvent) };
    expect(event).toMatchObject({
      specversion: '1.0',
      id: sent.id,
      source: 'https://shop.example',
      type: 'waymark.purchase',
      subject: sent.visitor!.id,
      time: sent.time,
      datacontenttype: 'application/json',
      journeystage: 'purchase',
      journeymove: 'forward',
      journeyloop: 1,
      journeyfurthest: 'purchase',
    });
    const { id, time, ...data } = sent;
    expect([id, time]).toEqual([event!.id, event!.time]);
    expect(event!.data).toEqual(data);
    expect(event!.data!.journey!.path).toMatchObject([{ channel: 'organic_social', network: 'instagram' }]);
  });

  test('is of the shop’s own source and types', () => {
    const format = cloudevents({ source: '/shops/7', typePrefix: 'example.shop.' });
    expect(send(wholeVisit().slice(1, 2), format)).toMatchObject([{ source: '/shops/7', type: 'example.shop.page_view' }]);
  });

  test('is valid without a visitor, a page and a journey', () => {
    const row = withContext(wholeVisit()[1]!, { visitor: undefined, session: undefined, page: undefined });
    const [event] = send([{ ...row, event: row.event.replace(/"journey":\{.*?\}\},?|"previous":\{.*?\},?/, '') }]);
    expect(event).toMatchObject({ source: 'urn:waymark', type: 'waymark.page_view' });
    expect(event!.subject).toBeUndefined();
  });

  test('is told from what the specification does not allow', () => {
    const [event] = JSON.parse(cloudevents().encode(wholeVisit(), BATCH)) as object[];
    const type = cloudevents().type;
    expect(() => receive(JSON.stringify([{ ...event, journey_stage: 'x' }]), type)).toThrow();
    expect(() => receive(JSON.stringify([{ ...event, type: undefined }]), type)).toThrow();
  });
});
