import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import addFormats from 'ajv-formats';
import { fileURLToPath } from 'node:url';
import AjvDraft4Module from 'ajv-draft-04';
import type { ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { snowplow, type Row } from '../../src/formats/index.js';
import { BATCH, MUG, named, openVisit, ORDER, wholeVisit, withContext } from './sample.js';

interface SelfDescribing { schema: string; data: unknown }
interface Tp2 { schema: string; data: Record<string, string>[] }

/** The schemas of Iglu Central (see `iglu/SOURCE.md`), and Waymark's own ones, by their address. */
const FOLDERS = [fileURLToPath(new URL('iglu', import.meta.url)), fileURLToPath(new URL('../../src/formats/iglu', import.meta.url))];
// Prices are not whole multiples of 0.01 in binary fractions; Snowplow's validator counts in decimals.
const ajv = new (AjvDraft4Module as unknown as typeof AjvDraft4Module.default)({ strict: false, allErrors: true, multipleOfPrecision: 6 });
(addFormats as unknown as (to: object) => void)(ajv);
const schemas = new Map<string, ValidateFunction>();
for (const folder of FOLDERS) {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\d-\d-\d$/.test(path)) continue;
    const { $schema, ...schema } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as Record<string, unknown>;
    expect($schema).toContain('self-desc');
    schemas.set(`iglu:${path.replaceAll('\\', '/')}`, ajv.compile(schema));
  }
}

/** Returns what schemas have against self-describing data and all that is in it, and the schemas that were looked at. */
function look({ schema, data }: SelfDescribing, seen: string[] = []): { complaints: string[]; seen: string[] } {
  seen.push(schema);
  const validate = schemas.get(schema);
  if (!validate) return { complaints: [`no schema ${schema}`], seen };
  const complaints = validate(data) ? [] : validate.errors!.map(({ instancePath, message }) => `${schema} ${instancePath} ${message}`);
  const inner: SelfDescribing[] = [];
  if (schema.includes('/payload_data/')) for (const { ue_pr, co } of (data as Tp2['data'])) inner.push(...[ue_pr, co].filter((text) => text !== undefined).map((text) => JSON.parse(text!) as SelfDescribing));
  if (schema.includes('/unstruct_event/')) inner.push(data as SelfDescribing);
  if (schema.includes('/contexts/')) inner.push(...(data as SelfDescribing[]));
  for (const part of inner) complaints.push(...look(part, seen).complaints);
  return { complaints, seen };
}
const encode = (rows: Row[], options?: Parameters<typeof snowplow>[0]) => JSON.parse(snowplow(options).encode(rows, BATCH)) as Tp2;
const contextsOf = (fields: Record<string, string>) => (JSON.parse(fields.co!) as { data: SelfDescribing[] }).data;
const entity = (fields: Record<string, string>, name: string) => contextsOf(fields).filter(({ schema }) => schema.includes(`/${name}/`)).map(({ data }) => data);
/** The refund's entity is the one whose schema is not here: `vendors.test.ts` compares it with that of Snowplow's own plugin. */
const known = (rows: Row[]) => rows.filter(({ event }) => !event.includes('"name":"refund"'));

describe('a payload', () => {
  test('of a whole visit is what the Iglu schemas say', () => {
    const { complaints, seen } = look(encode(known(wholeVisit())));
    expect(complaints).toEqual([]);
    for (const name of ['payload_data', 'contexts', 'unstruct_event', 'web_page', 'funnel_interaction', 'snowplow_ecommerce_action', 'product', 'cart', 'checkout_step', 'transaction', 'web_vitals']) {
      expect(seen.filter((schema) => schema.includes(`/${name}/`)), name).not.toEqual([]);
    }
  });

  test('with Waymark’s own schemas is what they say', () => {
    const rows = wholeVisit({ models: ['aida', 'journey'] }).map((row) => withContext(row, { consent: { analytics: 'granted' }, bot: true, in_app: { network: 'instagram', evidence: 'Instagram' } }));
    const { complaints, seen } = look(encode(known(rows), { ownSchemas: true }));
    expect(complaints).toEqual([]);
    expect(seen).toEqual(expect.arrayContaining(['iglu:waymark/event/jsonschema/1-0-0', 'iglu:waymark/journey/jsonschema/1-0-0']));
  });

  test('that breaks a schema is told', () => {
    const payload = encode(wholeVisit());
    payload.data[0]!.extra = 'x';
    expect(look(payload).complaints.join()).toContain('must NOT have additional properties');
    expect(look(encode(wholeVisit())).complaints).toEqual(['no schema iglu:com.snowplowanalytics.snowplow.ecommerce/refund/jsonschema/1-0-0']);
  });

  test('of whatever a shop says is what the schemas say', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.constantFrom(-1, 0.1 + 0.2, 1e9, 'x'.repeat(5000), '12.50', null, [], {}), fc.boolean());
    const item = fc.dictionary(fc.constantFrom('item_id', 'item_name', 'item_category', 'item_brand', 'item_variant', 'price', 'quantity', 'index'), value);
    const properties = fc.dictionary(fc.constantFrom('value', 'currency', 'transaction_id', 'tax', 'shipping', 'coupon', 'discount', 'payment_type', 'cart_id', 'item_list_name', 'lcp', 'cls'), fc.oneof(value, fc.constant('EUR')));
    const name = fc.constantFrom('purchase', 'add_to_cart', 'view_item', 'view_item_list', 'begin_checkout', 'web_vitals', 'page_view', 'anything');
    const visit = openVisit();
    fc.assert(
      fc.property(name, properties, fc.array(item, { maxLength: 3 }), (called, given, items) => {
        const row = visit.track(called, { currency: 'EUR', ...given, items });
        for (const ownSchemas of [false, true]) expect(look(encode([row], { ownSchemas })).complaints).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an event', () => {
  test('of an order has the transaction, its products, the stage, and its fields as texts', () => {
    const row = named(wholeVisit(), 'purchase');
    const context = JSON.parse(row.context) as { visitor: { id: string }; session: { id: string }; page: { id: string } };
    const [fields] = encode([row], { appId: 'shop' }).data;
    expect(fields).toMatchObject({
      e: 'ue', p: 'web', tv: 'waymark-0.1.0', tna: 'waymark', aid: 'shop', eid: row.id, dtm: `${Date.UTC(2026, 5, 1, 12, 0, 10)}`, stm: `${BATCH.time}`,
      duid: context.visitor.id, sid: context.session.id, vid: '1', uid: 'customer-7', url: 'https://shop.example/thanks', page: 'Thank you',
    });
    expect(Object.values(fields!).every((value) => typeof value === 'string')).toBe(true);
    expect(entity(fields!, 'transaction')).toEqual([{ transaction_id: 'T-1', revenue: 25, currency: 'EUR', payment_method: 'unknown', total_quantity: 2, tax: 4, shipping: 3 }]);
    expect(entity(fields!, 'product')).toEqual([{ id: 'A1', name: 'Mug', category: 'Kitchen', brand: 'Acme', price: 12.5, quantity: 2, currency: 'EUR' }]);
    expect(entity(fields!, 'funnel_interaction')).toEqual([{ funnel_name: 'journey', step_name: 'purchase', step_position: 4 }, { funnel_name: 'aida', step_name: 'action' }]);
    expect(entity(fields!, 'web_page')).toEqual([{ id: context.page.id }]);
  });

  test('of the shop’s own is a structured event, or one of Waymark’s own schema', () => {
    const row = named(wholeVisit(), 'review_submit');
    expect(encode([row]).data[0]).toMatchObject({ e: 'se', se_ca: 'waymark', se_ac: 'review_submit', se_la: 'advocacy', se_pr: JSON.stringify((JSON.parse(row.event) as { properties: object }).properties) });
    const [fields] = encode([row], { ownSchemas: true }).data;
    expect(JSON.parse(fields!.ue_pr!)).toMatchObject({ data: { schema: 'iglu:waymark/event/jsonschema/1-0-0', data: { name: 'review_submit', properties: { rating: 5 } } } });
    expect(entity(fields!, 'journey')).toMatchObject([{ stage: 'advocacy', move: 'skip', loop: 1, touchpoint: { channel: 'organic_social' } }]);
  });

  test('of a product without a category has an empty one, and of a stage that is none of the six no position', () => {
    const row = openVisit().track('view_item', { items: [{ item_name: 'Mug', price: 1 }], currency: 'EUR' });
    const [fields] = encode([{ ...row, event: row.event.replace('"stage":"consideration"', '"stage":"browsing"') }]).data;
    expect(entity(fields!, 'product')).toEqual([{ id: 'Mug', name: 'Mug', category: '', price: 1, currency: 'EUR' }]);
    expect(entity(fields!, 'funnel_interaction')[0]).toEqual({ funnel_name: 'journey', step_name: 'browsing' });
  });

  test('with a price in too many decimals, or none, goes without what its schema would refuse', () => {
    const visit = openVisit();
    const [one] = encode([visit.track('purchase', { ...ORDER, value: 19.999, items: [MUG, { item_id: 'B', quantity: 1 }] })]).data;
    expect(entity(one!, 'transaction')).toMatchObject([{ revenue: 20 }]);
    expect(entity(one!, 'product')).toHaveLength(1);
    const [two] = encode([visit.track('purchase', { transaction_id: 'T-2', items: [MUG] })]).data;
    expect([entity(two!, 'transaction'), entity(two!, 'product')]).toEqual([[], []]);
    expect(JSON.parse(two!.ue_pr!)).toMatchObject({ data: { data: { type: 'transaction' } } });
  });
});
