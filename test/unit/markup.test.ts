// @vitest-environment happy-dom
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMarkup, readTexts } from '../../src/capture/markup.js';
import { readOrderNumber } from '../../src/commerce/names.js';

const HERE = 'https://shop.example/products/kite';
const NOW = Date.parse('2026-11-22T12:00:00Z');

/** What JSON-LD says, without fields that are not there. */
const readAt = (address: string, ...nodes: unknown[]) => JSON.parse(JSON.stringify(readTexts(nodes.map((node) => (typeof node === 'string' ? node : JSON.stringify(node))), address, NOW, readOrderNumber))) as ReturnType<typeof readTexts>;
const read = (...nodes: unknown[]) => readAt(HERE, ...nodes);
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
    ['whose price is not a number, for the rule that all prices go by', { ...KITE, offers: { price: '1.299,00 €', priceCurrency: 'EUR' } }, { currency: 'EUR', value: '1.299,00 €', items: [{ item_id: 'K1', item_name: 'Kite', price: '1.299,00 €' }] }],
    ['that is free, as a text', { ...KITE, offers: { price: '0.00', priceCurrency: 'EUR' } }, { currency: 'EUR', value: 0, items: [{ item_id: 'K1', item_name: 'Kite', price: 0 }] }],
    ['written with entities', { ...KITE, name: 'Tom &amp; Jerry&#39;s &quot;Kite&quot; &#x26;&nbsp;Co &unknown; &#0;' }, { ...VIEW, items: [{ ...VIEW.items[0], item_name: 'Tom & Jerry\'s "Kite" & Co &unknown; &#0;' }] }],
    ['whose name is long', { ...KITE, name: 'x'.repeat(9000) }, { ...VIEW, items: [{ ...VIEW.items[0], item_name: 'x'.repeat(500) }] }],
    ['in variants: the whole, at the first one’s price', { ...BARE, '@type': 'ProductGroup', sku: undefined, productGroupID: 'G1', hasVariant: [{ ...KITE, sku: 'K1-red' }] }, { ...VIEW, items: [{ ...VIEW.items[0], item_id: 'G1' }] }],
    ['in variants: the one the address is of', { '@type': 'ProductGroup', productGroupID: 'G1', name: 'Kite', hasVariant: [{ ...KITE, sku: 'K1-red' }, { ...KITE, sku: 'K1-blue', offers: { url: '/products/kite', price: 25, priceCurrency: 'EUR' } }] }, { currency: 'EUR', value: 25, items: [{ item_id: 'K1-blue', item_name: 'Kite', price: 25 }] }],
  ])('%s', (_what, node, view) => {
    expect(read(node).product).toEqual(view);
  });

  const LIST = { '@type': 'UnitPriceSpecification', priceType: 'https://schema.org/ListPrice', price: 25 };
  const STRUCK = { priceType: 'https://schema.org/StrikethroughPrice', price: '25.00', priceCurrency: 'EUR' };
  const REGULAR = { priceType: 'https://schema.org/RegularPrice', price: 22 };
  const SALE = { priceType: 'https://schema.org/SalePrice', price: '19.90', priceCurrency: 'EUR' };
  const PLAIN = { price: 19.9, priceCurrency: 'EUR' };
  test.each<[what: string, offers: unknown]>([
    ['after the list price, as an address', { priceSpecification: [LIST, PLAIN] }],
    ['after the list price, as an object', { priceSpecification: [{ ...LIST, priceType: { '@id': 'https://schema.org/ListPrice' } }, PLAIN] }],
    ['after the list price, as a thing with a name', { priceSpecification: [{ ...LIST, priceType: { '@type': 'PriceTypeEnumeration', name: 'ListPrice' } }, PLAIN] }],
    ['after the list price, as a list', { priceSpecification: [{ ...LIST, priceType: ['http://schema.org/ListPrice'] }, PLAIN] }],
    ['after a recommended price', { priceSpecification: [{ priceType: 'MSRP', price: 30 }, { priceType: 'SRP', price: 29 }, PLAIN] }],
    ['after what is struck through', { priceSpecification: [STRUCK, PLAIN] }],
    ['after the regular price', { priceSpecification: [REGULAR, SALE] }],
    ['before the regular price', { priceSpecification: [SALE, REGULAR, LIST] }],
    ['after the regular price, without a type', { priceSpecification: [REGULAR, PLAIN] }],
    ['of a sale, beside an offer’s own', { price: 22, priceCurrency: 'EUR', priceSpecification: [LIST, SALE] }],
    ['of the offer, beside the list price', { ...PLAIN, priceSpecification: LIST }],
    ['of everybody, after that of members', { priceSpecification: [{ validForMemberTier: { name: 'gold' }, price: 18 }, PLAIN] }],
    ['of everybody, beside a sale for members', { priceSpecification: [PLAIN, { ...SALE, price: 15, validForMemberTier: [{ name: 'gold' }] }] }],
    ['of the whole, after that of a litre', { priceSpecification: [{ referenceQuantity: { value: 1, unitCode: 'LTR' }, price: 30 }, PLAIN] }],
    ['of what is measured, where there is no other', { priceSpecification: { ...PLAIN, referenceQuantity: { value: 4.5, unitCode: 'MLT' } } }],
    ['after the list price, in small letters', { priceSpecification: [{ priceType: 'listprice', price: 25 }, { ...PLAIN, priceType: 'saleprice' }] }],
    ['regular, where there is no other', { priceSpecification: [LIST, { ...REGULAR, ...PLAIN }] }],
    ['of the first offer that has one', [{ priceSpecification: STRUCK }, { priceSpecification: [STRUCK, PLAIN] }, { price: 5 }]],
    ['of the second offer, where the first is sold out', [{ price: 15, priceCurrency: 'EUR', availability: 'https://schema.org/OutOfStock' }, { ...PLAIN, availability: 'https://schema.org/InStock' }]],
    ['of the second offer, where the first is sold out, as a thing', [{ price: 15, priceCurrency: 'EUR', availability: { '@id': 'schema:SoldOut' } }, PLAIN]],
    ['of the one that comes back, where one is discontinued', [{ price: 15, availability: 'Discontinued' }, { ...PLAIN, availability: 'http://schema.org/BackOrder' }]],
    ['of the first, where all are sold out', [{ ...PLAIN, availability: 'OutOfStock' }, { price: 15, availability: 'SoldOut' }]],
    ['of the second offer, where that of the first is over', [{ price: 15, priceValidUntil: '2026-11-20' }, PLAIN]],
    ['of the offer, where it says by mistake that it is over', { ...PLAIN, priceValidUntil: '2020-12-31' }],
    ['of the offer, on its last day', [{ ...PLAIN, priceValidUntil: '2026-11-22' }, { price: 25 }]],
    ['regular, after the sale', { priceSpecification: [{ ...SALE, price: 15, validThrough: '2026-11-20T00:00:00Z' }, { ...REGULAR, ...PLAIN }] }],
    ['of the offer, before the sale', { ...PLAIN, priceSpecification: [LIST, { ...SALE, price: 15, validFrom: '2026-12-01' }] }],
    ['of the sale, in it', { ...PLAIN, price: 22, priceSpecification: [LIST, { ...SALE, validFrom: '2026-11-01', validThrough: '2026-11-30' }] }],
    ['after the list price, as a thing with an address', { priceSpecification: [{ ...LIST, priceType: { url: 'https://schema.org/ListPrice' } }, PLAIN] }],
    ['of a sale, as a thing with an address', { priceSpecification: [REGULAR, { ...SALE, priceType: { '@type': 'PriceTypeEnumeration', url: 'http://schema.org/SalePrice' } }] }],
    ['after the list price, by an address on a host of sales', { priceSpecification: [{ ...LIST, priceType: 'https://wholesale.example/types#ListPrice' }, PLAIN] }],
    ['without a currency of its own, beside one that has', { price: '19.90', priceSpecification: { priceCurrency: 'EUR' } }],
  ])('has the price that the buyer pays: %s', (what, offers) => {
    expect(read({ ...KITE, offers }).product).toEqual(what.startsWith('without') ? { ...VIEW, currency: undefined } : VIEW);
  });

  describe('in variants', () => {
    const at = (base: string, query: string) => base + query;
    const variant = (name: string, price: number, url: string | undefined) => ({ '@type': 'Product', sku: `SHIRT-${name}`, name: 'Shirt', offers: { '@type': 'Offer', price, priceCurrency: 'EUR', url } });
    const group = (urls: (string | undefined)[], more: object = {}) => ({ '@type': 'ProductGroup', productGroupID: 'SHIRT', name: 'Shirt', hasVariant: urls.map((url, index) => variant('SMXL'.charAt(index), 20 + index, url)), ...more });
    const SHOP = 'https://shop.example';
    const BASE = `${SHOP}/products/shirt`;
    const SIZES = [`${BASE}?variant=S`, `${BASE}?variant=M`, `${BASE}?variant=XL`];
    const SHOPIFY = group(['40001', '40002', '40003'].map((id) => `${BASE}?variant=${id}`), { url: BASE, '@id': '/products/shirt#product' });
    const TWO = group(['red&size=S', 'red&size=XL', 'blue&size=XL'].map((rest) => `/products/shirt?color=${rest}`));
    const PATHS = group(['/products/shirt-s', '/products/shirt-m/', `${SHOP}/products/gr%C3%B6%C3%9Fe-x`], { url: '/products/shirt' });
    const DEFAULT = group([BASE, `${BASE}?variant=M`, `${BASE}?variant=XL`], { url: BASE });

    test.each<[address: string, node: object, id: string]>([
      [at(BASE, '?variant=XL'), group(SIZES), 'SHIRT-X'],
      [at(BASE, '?variant=XL&utm_source=instagram&utm_medium=paid'), group(SIZES), 'SHIRT-X'],
      [at(BASE, '?utm_source=x&variant=XL'), group(SIZES), 'SHIRT-X'],
      [at(BASE, '?fbclid=IwAR0&variant=XL&gad_source=1'), group(SIZES), 'SHIRT-X'],
      [at(BASE, '?_pos=1&_sid=abc&_ss=r&variant=M'), group(SIZES), 'SHIRT-M'],
      [at(BASE, '?variant=M&srsltid=AfmBOo'), group(SIZES), 'SHIRT-M'],
      [at(BASE, '/?variant=m#reviews'), group(SIZES), 'SHIRT-M'],
      ['https://www.shop.example/collections/all/products/shirt?variant=M', group(SIZES), 'SHIRT-M'],
      [at(BASE, '?variant=40002&utm_campaign=sale'), SHOPIFY, 'SHIRT-M'],
      [at(BASE, '?utm_campaign=sale'), SHOPIFY, 'SHIRT'],
      [BASE, SHOPIFY, 'SHIRT'],
      [at(BASE, '?variant=49999'), SHOPIFY, 'SHIRT'],
      [at(BASE, '?color=red&size=XL&gclid=1'), TWO, 'SHIRT-M'],
      [at(BASE, '?size=XL&utm_source=x&color=red'), TWO, 'SHIRT-M'],
      [at(BASE, '?color=red'), TWO, 'SHIRT'],
      [at(BASE, '?color=green&size=XL'), TWO, 'SHIRT'],
      [`${SHOP}/products/shirt-m?utm_source=x`, PATHS, 'SHIRT-M'],
      [`${SHOP}/products/shirt-s/`, PATHS, 'SHIRT-S'],
      [`${SHOP}/products/größe-x?fbclid=1`, PATHS, 'SHIRT-X'],
      [`${SHOP}/products/shirt?fbclid=1`, PATHS, 'SHIRT'],
      [at(BASE, '?fbclid=1'), DEFAULT, 'SHIRT-S'],
      [at(BASE, '?fbclid=1&variant=M'), DEFAULT, 'SHIRT-M'],
      [at(BASE, '?size=Extra+large&ref=1'), group([`${BASE}?size=Small`, `${BASE}?size=Extra%20large`]), 'SHIRT-M'],
      [at(BASE, '?color=red&size=XL'), group([`${BASE}?color=red&amp;size=S`, `${BASE}?color=red&amp;size=XL`]), 'SHIRT-M'],
      [at(BASE, '?variant=M&utm_source=x'), group([`${BASE}?variant=S&utm_source=markup`, `${BASE}?variant=M&utm_source=markup`]), 'SHIRT-M'],
      [at(BASE, '?variant=M&utm_source=x'), group(['?variant=S', '?variant=M']), 'SHIRT-M'],
      [at(BASE, '?variant=M'), group([undefined, `${BASE}?variant=M`], { url: BASE }), 'SHIRT-M'],
      [at(BASE, '?utm_source=x#/1-size-m'), group(['s', 'm'].map((size) => `${BASE}#/1-size-${size}`), { url: BASE }), 'SHIRT-M'],
      [at(BASE, '#reviews'), group(['s', 'm'].map((size) => `${BASE}#/1-size-${size}`), { url: BASE }), 'SHIRT'],
      [at(BASE, '?variant=M#!/reviews'), group(SIZES), 'SHIRT-M'],
      [at(BASE, '?utm_source=x&amp;variant=M'), group(SIZES), 'SHIRT-M'],
      [at(BASE, '?variant=M?utm_source=x'), group(SIZES), 'SHIRT-M'],
      [at(BASE, '?variant=M&variant=M'), group(SIZES), 'SHIRT-M'],
      [at(BASE, '?variant=S&variant=M'), group(SIZES), 'SHIRT'],
      [at(BASE, '?variant=S'), group([undefined, undefined]), 'SHIRT'],
      [BASE, group([BASE, BASE], { url: BASE }), 'SHIRT'],
      [at(BASE, '?utm_source=x'), group([BASE], { url: BASE }), 'SHIRT-S'],
    ])('is the one that %s names, or the whole: case %#', (address, node, id) => {
      const price = { SHIRT: 20, 'SHIRT-S': 20, 'SHIRT-M': 21, 'SHIRT-X': 22 }[id];
      expect(readAt(address, node).product).toEqual({ currency: 'EUR', value: price, items: [{ item_id: id, item_name: 'Shirt', price }] });
    });

    test('is the one that the address names also by `@id`, by offers, and where each is a product by itself', () => {
      const address = `${BASE}?fbclid=1&variant=M`;
      const byId = group([undefined, undefined, undefined]);
      byId.hasVariant.forEach((each, index) => Object.assign(each, { '@id': `${SIZES[index]}#product` }));
      const byOffer = { '@type': 'Product', sku: 'SHIRT-S', name: 'Shirt', offers: SIZES.map((url, index) => ({ sku: `SHIRT-${'SMX'.charAt(index)}`, price: 20 + index, priceCurrency: 'EUR', url })) };
      const apart = group(SIZES).hasVariant;
      for (const nodes of [[byId], [byOffer], apart]) expect(readAt(address, ...nodes).product).toEqual({ currency: 'EUR', value: 21, items: [{ item_id: 'SHIRT-M', item_name: 'Shirt', price: 21 }] });
    });
  });

  test('of several is the one that has the page’s address', () => {
    const others = ['A', 'B'].map((name) => ({ ...KITE, sku: name, name, url: `/products/${name}` }));
    expect(readAt(`${HERE}/?fbclid=1`, others[0], { ...KITE, url: HERE }, others[1]).product).toEqual(VIEW);
    expect(read(...others).product).toBeUndefined();
    expect(read(others[0], KITE).product).toBeUndefined();
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
    ['a broken script', '{"@type": "Product", "name": }'],
    ['one that breaks off', '{"@type": "Product", "name": "Ki'],
    ['one in single quotes', "{'@type': 'Product', 'name': 'Kite'}"],
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
    ['with a semicolon at its end', `${JSON.stringify(KITE)};\n`],
    ['with a byte order mark', `\ufeff${JSON.stringify(KITE)}`],
    ['after a space without width', `\u200b${JSON.stringify(KITE)}`],
    ['with spaces that do not break', `\xa0${JSON.stringify(KITE)}\xa0`],
    ['with commas too many', JSON.stringify([KITE], null, 1).replace(/\n *[}\]]/g, ',$&')],
    ['with a comma after it', `${JSON.stringify(KITE)},`],
    ['with comments', `/* the "product": */ ${JSON.stringify(KITE, null, 1).replace(/,\n/g, ', // {so}\n/* [and] */')} // "end`],
    ['with a comment after the last comma', JSON.stringify(KITE).replace(/}$/, ', /* "no more" */ // here\n}')],
    ['after a comment of HTML', `<!-- the product of the page -->\n${JSON.stringify(KITE)}\n<!-- end -->`],
    ['in CDATA on one line', `//<![CDATA[ ${JSON.stringify(KITE)} //]]>`],
    ['in CDATA alone', `<![CDATA[${JSON.stringify(KITE)}]]>`],
    ['in CDATA, as Drupal writes it', `<!--//--><![CDATA[//><!--\n${JSON.stringify(KITE)}\n//--><!]]>`],
    ['after another object', `${JSON.stringify({ '@type': 'Organization', name: 'Shop' })}\n${JSON.stringify(KITE)}`],
    ['with a tab in a text', JSON.stringify({ ...KITE, description: 'a#b' }).replace('#', '\t')],
    ['with a line break in a text', JSON.stringify({ ...KITE, description: 'a#b' }).replace('#', '\n')],
  ])('is read %s', (_what, text) => {
    expect(read(text).product).toEqual(VIEW);
  });

  test('keeps what its texts have of comments, commas and wrappers, also where it is read leniently', () => {
    const name = 'https://a // b /* c */ ,} ;<!-- d --> ]]> \\ "e"';
    expect(read(`${JSON.stringify({ ...KITE, name })};`).product).toEqual({ ...VIEW, items: [{ ...VIEW.items[0], item_name: name }] });
  });

  test.each(['[', '{', '"', '\\"', '"\\', '/*', '// ', '//\n', '<!--', '-->', '//<![CDATA[', ']]>', ' ', '\n', ', ', ',]', '} {', '{"a":', '/ * ', '&'])('is looked for in 200 kB of %j in no time', (part) => {
    const text = part.repeat(200_000 / part.length);
    const start = process.cpuUsage();
    read(text, JSON.stringify({ '@type': 'Product', offers: { price: text.slice(0, 190_000) } }));
    // What is not linear takes tens of seconds. The processor's time is the same on a busy machine.
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });

  test('with names of the prototype does no harm', () => {
    const text = JSON.stringify(KITE).replace('{', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},');
    expect(read(text).product).toEqual(VIEW);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

test.each<[written: string, name: string]>([
  ['Caf&eacute; &Uuml;ber Stra&szlig;e', 'Café Über Straße'], ['Kite&trade; &reg; &copy;', 'Kite™ ® ©'], ['and so on&hellip;', 'and so on…'], ['A&ntilde;o, fa&ccedil;ade, &Aring;ngstr&ouml;m, cr&egrave;me br&ucirc;l&eacute;e', 'Año, façade, Ångström, crème brûlée'],
  ['&Scaron;koda &ndash; &Oslash;rsted &AElig;', 'Škoda – Ørsted Æ'], ['&ldquo;Kite&rdquo; l&rsquo;air &mdash; 5&deg; 2&times;3 &euro;9', '“Kite” l’air — 5° 2×3 €9'],
  ['Tom &amp;amp; Jerry', 'Tom & Jerry'], ['Tom &amp;amp;amp; Jerry', 'Tom & Jerry'], ['L&amp;#39;air', "L'air"], ['&amp;eacute;t&amp;eacute;', 'été'], ['3&nbsp;m', '3 m'],
  ['AT&T; &eacut; &xacute; &bogus; R&D', 'AT&T; &eacut; x\u0301 &bogus; R&D'], ['&', '&'], ['a&.;b &.*; &(; &__;', 'a&.;b &.*; &(; &__;'],
])('called %j in a template is %j', (written, name) => {
  expect(read({ ...KITE, name: written }).product!.items).toMatchObject([{ item_name: name }]);
});

test('in variants has the price of one that can be bought, where none is chosen', () => {
  const variant = (sku: string, price: number, availability: string) => ({ '@type': 'Product', sku, name: 'Kite', offers: { price, priceCurrency: 'EUR', availability } });
  expect(read({ '@type': 'ProductGroup', productGroupID: 'G1', name: 'Kite', hasVariant: [variant('S', 15, 'https://schema.org/OutOfStock'), variant('M', 19.9, 'https://schema.org/InStock')] }).product).toMatchObject({ currency: 'EUR', value: 19.9 });
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
    ['with a number that stands for nothing', { ...ORDER, orderNumber: '{{ order.name }}' }, undefined],
    ['with another number than one that stands for nothing', { '@type': 'Order', orderNumber: 'null', confirmationNumber: ' C1 ' }, { transaction_id: 'C1' }],
    ['that is on its way', { ...ORDER, orderStatus: 'OrderInTransit' }, undefined],
    ['that was cancelled', { ...ORDER, orderStatus: 'http://schema.org/OrderCancelled' }, undefined],
    ['of last week', { ...ORDER, orderDate: '2026-11-15' }, undefined],
  ])('%s', (_what, node, purchase) => {
    expect(read(node).order).toEqual(purchase);
  });

  test('is not seen in a history of orders', () => {
    expect(read(ORDER, { ...ORDER, orderNumber: 'T2' }).order).toBeUndefined();
  });

  test('is one where two scripts describe it', () => {
    expect(read({ ...ORDER, orderNumber: 7 }, { ...ORDER, orderNumber: '7' }).order).toEqual({ ...PURCHASE, transaction_id: 7 });
  });

  test.each<[what: string, orders: object[]]>([['placed', [ORDER]], ['on its way', [{ ...ORDER, orderStatus: 'OrderInTransit' }]], ['one of several', [ORDER, { ...ORDER, orderNumber: 'T2' }]]])(
    'that is %s is what the page is about, whatever products there are',
    (_what, orders) => {
      expect(read(KITE, ...orders).product).toBeUndefined();
    },
  );
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
    ['a product, in spite of an order', `${metas(TAGS)}<script type="application/ld+json">{"@type":"Order","orderNumber":"T1"}</script>`, undefined],
    ['a product, beside several in JSON-LD', `${metas(TAGS)}<script type="application/ld+json">${JSON.stringify([{ ...KITE, name: 'A', sku: 'A' }, { ...KITE, name: 'B', sku: 'B' }])}</script>`, VIEW],
  ])('says %s', (_what, html, view) => {
    expect(readPage(html).product).toEqual(view);
  });

  test('is not asked where JSON-LD says it, whatever the spelling of its type', () => {
    const html = `${metas({ ...TAGS, 'og:title': 'Kite | Shop' })}<script type="application/LD+json; charset=utf-8">${JSON.stringify(KITE)}</script>`;
    expect(readPage(html).product).toEqual(VIEW);
  });
});

describe('what is not shown', () => {
  const script = (name: string) => `<script type="application/ld+json">${JSON.stringify({ ...KITE, sku: name, name })}</script>`;
  const readBody = (head: string, body: string) => {
    document.head.innerHTML = head;
    document.body.innerHTML = body;
    return readMarkup(document, HERE, NOW).product as { items: { item_id: string }[] } | undefined;
  };
  test.each<[what: string, head: string, body: string, id: string | undefined]>([
    ['a page of before', '', `<div style="display: none"><main><p>A</p>${script('A')}</main></div><main><p>B</p>${script('B')}</main>`, 'B'],
    ['a page of before, beside markup in the head', script('B'), `<div style="display: none"><p>A</p>${script('A')}</div>`, 'B'],
    ['a page of before, where the page of now has none', '', `<div style="display: none"><p>A</p>${script('A')}</div><main>About</main>`, undefined],
    ['a template', '', `<template>${script('A')}</template><main>${script('B')}</main>`, 'B'],
    ['what holds scripts alone, which is no page', '', `<div style="display: none">${script('B')}</div><main>B</main>`, 'B'],
    ['a page of before that is there, but not to be seen', '', `<div style="visibility: hidden"><p>A</p>${script('A')}</div><main>${script('B')}</main>`, 'B'],
    ['a page of before that is not to be seen, where the page of now has none', '', `<div style="visibility: hidden"><section><p>A</p>${script('A')}</section></div><main>About</main>`, undefined],
    ['nothing that is to be seen within what is not', '', `<div style="visibility: hidden"><p>A</p><section style="visibility: visible"><p>B</p>${script('B')}</section></div>`, 'B'],
    ['nothing, where the whole page is not to be seen for a moment', '', `<style>body { visibility: hidden }</style><main><p>B</p>${script('B')}</main>`, 'B'],
    ['a page of before that is inert', '', `<div inert><p>A</p>${script('A')}</div><main>${script('B')}</main>`, 'B'],
    ['a page of before that is inert, beside markup of something else', '<script type="application/ld+json">{"@type":"Organization","name":"Shop"}</script>', `<div inert><main><p>A</p>${script('A')}</main></div><main>${script('B')}</main>`, 'B'],
    ['nothing, where the page is inert behind a dialog', '', `<main inert aria-hidden="true"><p>B</p>${script('B')}</main><div role="dialog" aria-modal="true">Cookies</div>`, 'B'],
    ['nothing of what is hidden from screen readers alone', '', `<main aria-hidden="true"><p>B</p>${script('B')}</main>`, 'B'],
    ['nothing that is left out until one scrolls there', '', `<main style="content-visibility: auto"><p>B</p>${script('B')}</main>`, 'B'],
    ['what is left out by its style', '', `<div style="content-visibility: hidden"><p>A</p>${script('A')}</div><main>${script('B')}</main>`, 'B'],
    ['nothing, in a form whose fields are called like what elements have', '', `<form><input name="parentElement"><input name="localName">${script('B')}</form>`, 'B'],
  ])('is passed over: %s', (_what, head, body, id) => {
    expect(readBody(head, body)?.items[0]!.item_id).toBe(id);
  });
});

test('never throws, whatever the JSON', () => {
  const names = ['@type', '@graph', 'mainEntity', 'name', 'sku', 'offers', 'price', 'priceCurrency', 'hasVariant', 'url', 'aggregateRating', 'orderNumber', 'acceptedOffer', 'partOfInvoice', 'totalPaymentDue', 'priceType', '__proto__'];
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), fc.constantFrom('Product', 'Order', 'ProductGroup'), fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...names), tie('node'))),
  }));
  fc.assert(fc.property(fc.array(fc.oneof(fc.string(), node.map((value) => JSON.stringify(value) ?? ''))), (texts) => void readTexts(texts, HERE, NOW)), { numRuns: 500 });
});
