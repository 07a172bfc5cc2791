// @vitest-environment happy-dom
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMarkup, readTexts } from '../../src/capture/markup.js';

const HERE = 'https://shop.example/products/kite';
const NOW = Date.parse('2026-11-22T12:00:00Z');

/** What JSON-LD says, without fields that are not there. */
const read = (...nodes: unknown[]) => JSON.parse(JSON.stringify(readTexts(nodes.map((node) => (typeof node === 'string' ? node : JSON.stringify(node))), HERE, NOW))) as ReturnType<typeof readTexts>;
const KITE = { '@context': 'https://schema.org', '@type': 'Product', sku: 'K1', name: 'Kite', offers: { '@type': 'Offer', price: '19.90', priceCurrency: 'EUR' } };
const VIEW = { currency: 'EUR', value: 19.9, items: [{ item_id: 'K1', item_name: 'Kite', price: 19.9 }] };
const { offers: _, ...BARE } = KITE;

describe('a product', () => {
  test.each<[what: string, node: unknown, view: object]>([
    ['with an offer', KITE, VIEW],
    ['whose price is a number', { ...KITE, offers: { price: 19.9, priceCurrency: 'EUR' } }, VIEW],
    ['that is free', { ...KITE, offers: { price: 0, priceCurrency: 'EUR' } }, { currency: 'EUR', value: 0, items: [{ item_id: 'K1', item_name: 'Kite', price: 0 }] }],
    ['without an offer', BARE, { items: [{ item_id: 'K1', item_name: 'Kite' }] }],
    ['with a list of offers: the first that has a price', { ...KITE, offers: [{ '@type': 'Offer' }, { price: '19.90', priceCurrency: 'EUR' }, { price: 30 }] }, VIEW],
    ['with a range of prices: the lowest', { ...KITE, offers: { '@type': 'AggregateOffer', lowPrice: '19.90', highPrice: '29.90', priceCurrency: 'EUR' } }, VIEW],
    ['with a range whose offers alone have prices', { ...KITE, offers: { '@type': 'AggregateOffer', offers: [{ price: 19.9, priceCurrency: 'EUR' }] } }, VIEW],
    ['whose price is specified', { ...KITE, offers: { priceSpecification: { price: 19.9, priceCurrency: 'EUR' } } }, VIEW],
    ['whose old price is struck through', { ...KITE, offers: { priceSpecification: [{ priceType: 'https://schema.org/ListPrice', price: 25 }, { price: 19.9, priceCurrency: 'EUR' }] } }, VIEW],
    ['in a list', [KITE], VIEW],
    ['in a graph', { '@graph': [{ '@type': 'WebSite', name: 'Shop' }, KITE] }, VIEW],
    ['as the main entity of a page', { '@type': 'ItemPage', mainEntity: KITE }, VIEW],
    ['as the main entity of a page in a graph in a list', [{ '@graph': [{ '@type': 'WebPage', mainEntity: [KITE] }] }], VIEW],
    ['of several types', { ...KITE, '@type': ['Thing', 'Product'] }, VIEW],
    ['whose type is an address', { ...KITE, '@type': 'http://schema.org/Product' }, VIEW],
    ['whose type has a prefix', { ...KITE, '@type': 'schema:Product' }, VIEW],
    ['beside other things', [{ '@type': 'BreadcrumbList', itemListElement: [{ name: 'Home' }] }, KITE, { '@type': 'Organization', name: 'Shop' }], VIEW],
    ['with other products that go with it', { ...KITE, isRelatedTo: [{ '@type': 'Product', sku: 'L1', name: 'Line' }] }, VIEW],
    ['with a brand, as a text', { ...KITE, brand: ' Larus ' }, { ...VIEW, items: [{ ...VIEW.items[0], item_brand: 'Larus' }] }],
    ['with a brand, as a thing', { ...KITE, brand: { '@type': 'Brand', name: 'Larus' } }, { ...VIEW, items: [{ ...VIEW.items[0], item_brand: 'Larus' }] }],
    ['with categories', { ...KITE, category: ['Kites > Single line', 'Toys'] }, { ...VIEW, items: [{ ...VIEW.items[0], item_category: 'Kites > Single line' }] }],
    ['with a rating', { ...KITE, aggregateRating: { '@type': 'AggregateRating', ratingValue: '4.5', reviewCount: '12' } }, { ...VIEW, rating: 4.5, review_count: 12 }],
    ['with a rating that only counts ratings', { ...KITE, aggregateRating: { ratingValue: 4.5, ratingCount: 7 } }, { ...VIEW, rating: 4.5, review_count: 7 }],
    ['without a sku', { ...KITE, sku: '', gtin13: '4006381333931', mpn: 'X' }, { ...VIEW, items: [{ ...VIEW.items[0], item_id: '4006381333931' }] }],
    ['that only has a name', { '@type': 'Product', name: 'Kite' }, { items: [{ item_name: 'Kite' }] }],
    ['whose price is not a number, for the shop’s own rule', { ...KITE, offers: { price: '1.299,00 €', priceCurrency: 'EUR' } }, { currency: 'EUR', items: [{ item_id: 'K1', item_name: 'Kite', price: '1.299,00 €' }] }],
    ['whose name is long', { ...KITE, name: 'x'.repeat(9000) }, { ...VIEW, items: [{ ...VIEW.items[0], item_name: 'x'.repeat(500) }] }],
    ['in variants: the whole, at the first one’s price', { ...BARE, '@type': 'ProductGroup', sku: undefined, productGroupID: 'G1', hasVariant: [{ ...KITE, sku: 'K1-red' }] }, { ...VIEW, items: [{ ...VIEW.items[0], item_id: 'G1' }] }],
    ['in variants: the one the address is of', { '@type': 'ProductGroup', productGroupID: 'G1', name: 'Kite', hasVariant: [{ ...KITE, sku: 'K1-red' }, { ...KITE, sku: 'K1-blue', offers: { url: '/products/kite', price: 25, priceCurrency: 'EUR' } }] }, { currency: 'EUR', value: 25, items: [{ item_id: 'K1-blue', item_name: 'Kite', price: 25 }] }],
  ])('%s', (_what, node, view) => {
    expect(read(node).product).toEqual(view);
  });

  test.each<[what: string, nodes: unknown[]]>([
    ['none', []],
    ['another thing', [{ '@type': 'Article', name: 'Kite' }]],
    ['a thing whose type only looks like it', [{ ...KITE, '@type': 'ProductCollection' }]],
    ['one without id and name', [{ '@type': 'Product', offers: KITE.offers }]],
    ['several products, which are a list', [KITE, { ...KITE, sku: 'L1', name: 'Line' }]],
    ['a list of items', [{ '@type': 'ItemList', itemListElement: [{ '@type': 'ListItem', item: KITE }] }]],
    ['no object', ['7', '"Product"', 'null', '[]', '[[[]]]']],
    ['one that lies too deep', [JSON.parse(`${'['.repeat(99)}${JSON.stringify(KITE)}${']'.repeat(99)}`)]],
    ['5 MB', [{ ...KITE, description: 'x'.repeat(5_000_000) }]],
  ])('is not seen in %s', (_what, nodes) => {
    expect(read(...nodes).product).toBeUndefined();
  });

  test('is one where two scripts describe it, and has the price that one of them says', () => {
    expect(read(BARE, { ...KITE, sku: 'other', name: 'KITE' }).product).toEqual({ ...VIEW, items: [{ item_id: 'other', item_name: 'KITE', price: 19.9 }] });
  });

  test.each([
    ['a broken script', '{"@type": "Product", "name": "Kite", }'],
    ['an empty one', ''],
    ['one written with entities', '{&quot;@type&quot;:&quot;Product&quot;}'],
    ['one of endless depth', '['.repeat(150_000)],
  ])('is read past %s', (_what, broken) => {
    expect(read(broken, KITE).product).toEqual(VIEW);
  });

  test.each([
    ['in a comment', `\n<!-- ${JSON.stringify(KITE)} -->\n`],
    ['in CDATA', `//<![CDATA[\n${JSON.stringify(KITE)}\n//]]>`],
    ['in CDATA within a script’s comment', `/*<![CDATA[*/ ${JSON.stringify(KITE)} /*]]>*/`],
    ['with a line break in a text', JSON.stringify({ ...KITE, description: 'a#b' }).replace('#', '\n')],
  ])('is read %s', (_what, text) => {
    expect(read(text).product).toEqual(VIEW);
  });

  test('with names of the prototype does no harm', () => {
    const text = JSON.stringify(KITE).replace('{', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},');
    expect(read(text).product).toEqual(VIEW);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('an order', () => {
  const ORDER = {
    '@type': 'Order', orderNumber: 'T1', priceCurrency: 'EUR', price: '45.00',
    acceptedOffer: [{ '@type': 'Offer', itemOffered: { '@type': 'Product', sku: 'K1', name: 'Kite' }, price: '20.00', priceCurrency: 'EUR', eligibleQuantity: { value: 2 } }],
  };
  const PURCHASE = { transaction_id: 'T1', currency: 'EUR', value: 45, items: [{ item_id: 'K1', item_name: 'Kite', price: 20, quantity: 2 }] };

  test.each<[what: string, node: object, purchase: object | undefined]>([
    ['with what was bought', ORDER, PURCHASE],
    ['that is being worked on', { ...ORDER, orderStatus: 'https://schema.org/OrderProcessing' }, PURCHASE],
    ['that was made this morning', { ...ORDER, orderDate: '2026-11-22' }, PURCHASE],
    ['whose date cannot be read', { ...ORDER, orderDate: 'today' }, PURCHASE],
    ['with a number alone', { '@type': 'Order', orderNumber: 7 }, { transaction_id: 7 }],
    ['with ordered items', { ...ORDER, acceptedOffer: undefined, orderedItem: { '@type': 'OrderItem', orderQuantity: 2, orderedItem: { sku: 'K1', name: 'Kite', offers: { price: 20 } } } }, PURCHASE],
    ['whose sum is on the invoice', { ...ORDER, price: undefined, partOfInvoice: { totalPaymentDue: { price: 45, priceCurrency: 'EUR' } } }, PURCHASE],
    ['without a number', { ...ORDER, orderNumber: undefined }, undefined],
    ['that is on its way', { ...ORDER, orderStatus: 'OrderInTransit' }, undefined],
    ['that was cancelled', { ...ORDER, orderStatus: 'http://schema.org/OrderCancelled' }, undefined],
    ['of last week', { ...ORDER, orderDate: '2026-11-15' }, undefined],
  ])('%s', (_what, node, purchase) => {
    expect(read(node).order).toEqual(purchase);
  });

  test('is not seen in a history of orders', () => {
    expect(read(ORDER, { ...ORDER, orderNumber: 'T2' }).order).toBeUndefined();
  });
});

describe('Open Graph', () => {
  const page = (html: string) => new DOMParser().parseFromString(`<html><head>${html}</head><body></body></html>`, 'text/html');
  const metas = (tags: Record<string, string>, attribute = 'property') => Object.entries(tags).map(([name, content]) => `<meta ${attribute}="${name}" content="${content}">`).join('');
  const TAGS = { 'og:type': 'product', 'og:title': 'Kite', 'product:retailer_item_id': 'K1', 'product:price:amount': '19.90', 'product:price:currency': 'EUR' };
  const readPage = (html: string) => JSON.parse(JSON.stringify(readMarkup(page(html), HERE, NOW))) as ReturnType<typeof readMarkup>;

  test.each<[what: string, html: string, view: object | undefined]>([
    ['a product', metas(TAGS), VIEW],
    ['a product, in `name`', metas(TAGS, 'name'), VIEW],
    ['a product with the older price tags', metas({ 'og:type': 'og:product', 'og:title': 'Kite', 'og:price:amount': '19.90', 'og:price:currency': 'EUR' }), { ...VIEW, items: [{ item_name: 'Kite', price: 19.9 }] }],
    ['a title alone', metas({ 'og:type': 'product', 'og:title': 'Kite' }), { items: [{ item_name: 'Kite' }] }],
    ['another type', metas({ ...TAGS, 'og:type': 'website' }), undefined],
    ['a group of products', metas({ ...TAGS, 'og:type': 'product.group' }), undefined],
    ['nothing', '', undefined],
    ['a product, beside several in JSON-LD', `${metas(TAGS)}<script type="application/ld+json">${JSON.stringify([{ ...KITE, name: 'A', sku: 'A' }, { ...KITE, name: 'B', sku: 'B' }])}</script>`, VIEW],
  ])('says %s', (_what, html, view) => {
    expect(readPage(html).product).toEqual(view);
  });

  test('is not asked where JSON-LD says it, whatever the spelling of its type', () => {
    const html = `${metas({ ...TAGS, 'og:title': 'Kite | Shop' })}<script type="application/LD+json; charset=utf-8">${JSON.stringify(KITE)}</script>`;
    expect(readPage(html).product).toEqual(VIEW);
  });
});

test('never throws, whatever the JSON', () => {
  const names = ['@type', '@graph', 'mainEntity', 'name', 'sku', 'offers', 'price', 'priceCurrency', 'hasVariant', 'url', 'aggregateRating', 'orderNumber', 'acceptedOffer', 'partOfInvoice', 'totalPaymentDue', 'priceType', '__proto__'];
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), fc.constantFrom('Product', 'Order', 'ProductGroup'), fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...names), tie('node'))),
  }));
  fc.assert(fc.property(fc.array(fc.oneof(fc.string(), node.map((value) => JSON.stringify(value) ?? ''))), (texts) => void readTexts(texts, HERE, NOW)), { numRuns: 500 });
});
