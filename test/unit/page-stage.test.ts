// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { markedStage, readPatterns } from '../../src/capture/page-stage.js';
import { canonicalStage } from '../../src/journey/models.js';

const isStage = (stage: string) => !!canonicalStage(stage);

/** The stage that patterns give a path, as a page view asks for it. */
const stageOfPath = (patterns: Record<string, string>, path: string) => readPatterns(patterns, isStage).find((rule) => rule.path.test(path))?.stage;

/** How every error about patterns begins. */
const TAKES = /^waymark: option "pageStages" takes .*paths? .*got "/;

describe('patterns', () => {
  test.each<[what: string, patterns: Record<string, string>, path: string, stage: string | undefined]>([
    ['none', {}, '/', undefined],
    ['a path by itself', { '/compare': 'decision' }, '/compare', 'decision'],
    ['a path, which is no beginning', { '/compare': 'decision' }, '/compare/a', undefined],
    ['a path, which is no end', { '/compare': 'decision' }, '/de/compare', undefined],
    ['a path, as it is written', { '/compare': 'decision' }, '/Compare', undefined],
    ['the first page', { '/': 'awareness' }, '/', 'awareness'],
    ['the first page alone', { '/': 'awareness' }, '/socks', undefined],
    ['a * at the end', { '/blog/*': 'awareness' }, '/blog/2026/kites', 'awareness'],
    ['a * that stands for nothing', { '/blog/*': 'awareness' }, '/blog/', 'awareness'],
    ['a * that does not reach further up', { '/blog/*': 'awareness' }, '/blog', undefined],
    ['a * in the middle', { '/*/compare': 'decision' }, '/de/compare', 'decision'],
    ['a * in the middle that spans folders', { '/*/compare': 'decision' }, '/de/kites/compare', 'decision'],
    ['a * at the beginning', { '*/compare': 'decision' }, '/compare', 'decision'],
    ['several *', { '/*/products/*-kite': 'consideration' }, '/de/products/red-kite', 'consideration'],
    ['* alone', { '*': 'awareness' }, '/anything/at/all', 'awareness'],
    ['the first that matches', { '/blog/compare-*': 'decision', '/blog/*': 'awareness' }, '/blog/compare-kites', 'decision'],
    ['the first that matches, not the next', { '/blog/compare-*': 'decision', '/blog/*': 'awareness' }, '/blog/news', 'awareness'],
    ['the first of two that overlap', { '/blog/*': 'awareness', '/*/compare': 'decision' }, '/blog/compare', 'awareness'],
    ['the last resort', { '/blog/*': 'awareness', '*': 'consideration' }, '/socks', 'consideration'],
    ['a stage of another scheme', { '/blog/*': 'attention' }, '/blog/a', 'attention'],
    // Characters that mean something in regular expressions mean themselves.
    ['a dot', { '/a.html': 'awareness' }, '/a.html', 'awareness'],
    ['a dot, which is no other character', { '/a.html': 'awareness' }, '/a-html', undefined],
    ['a plus', { '/a+': 'awareness' }, '/a+', 'awareness'],
    ['a plus, which repeats nothing', { '/a+': 'awareness' }, '/aa', undefined],
    ['parentheses', { '/a(b)': 'awareness' }, '/a(b)', 'awareness'],
    ['parentheses that are not closed', { '/a(b': 'awareness' }, '/a(b', 'awareness'],
    ['brackets', { '/a[bc]': 'awareness' }, '/ab', undefined],
    ['brackets that are not closed', { '/a[b': 'awareness' }, '/a[b', 'awareness'],
    ['braces', { '/a{2}': 'awareness' }, '/aa', undefined],
    ['a bar', { '/a|/b': 'awareness' }, '/b', undefined],
    ['a bar, as it is', { '/a|/b': 'awareness' }, '/a|/b', 'awareness'],
    ['a dollar', { '/a$': 'awareness' }, '/a$', 'awareness'],
    ['a dollar, which is no end', { '/a$': 'awareness' }, '/a', undefined],
    ['a caret', { '/^a': 'awareness' }, '/^a', 'awareness'],
    ['a backslash', { '/\\d': 'awareness' }, '/5', undefined],
    ['an escape', { '/gr%C3%B6%C3%9Fen': 'consideration' }, '/gr%C3%B6%C3%9Fen', 'consideration'],
  ])('match %s', (_what, patterns, path, stage) => {
    expect(stageOfPath(patterns, path)).toBe(stage);
  });

  test.each<[what: string, patterns: Record<string, unknown>, named: string]>([
    ['has a query', { '/search?q=*': 'consideration' }, '"/search?q=*": "consideration"'],
    ['has a fragment', { '/faq#shipping': 'retention' }, '"/faq#shipping": "retention"'],
    ['has a space', { '/size guide': 'consideration' }, '"/size guide": "consideration"'],
    ['has a space before it', { ' /blog/*': 'awareness' }, '" /blog/*": "awareness"'],
    ['has a line break', { '/blog/*\n': 'awareness' }, '"/blog/*\\n": "awareness"'],
    ['does not begin with /', { 'blog/*': 'awareness' }, '"blog/*": "awareness"'],
    ['is a whole address', { 'https://shop.example/blog/*': 'awareness' }, '"https://shop.example/blog/*": "awareness"'],
    ['is empty', { '': 'awareness' }, '"": "awareness"'],
  ])('are refused where one cannot match: one that %s', (_what, patterns, named) => {
    const work = () => readPatterns(patterns as never, isStage);
    expect(work).toThrow(TypeError);
    expect(work).toThrow(TAKES);
    expect(work).toThrow(`got ${named}`);
  });

  test.each<[patterns: Record<string, string>, covered: string]>([
    [{ '*': 'awareness', '/blog/*': 'consideration' }, '/blog/*'],
    [{ '/*': 'awareness', '/': 'consideration' }, '/'],
    [{ '/blog/*': 'awareness', '/blog/compare': 'decision' }, '/blog/compare'],
    [{ '/blog/*': 'awareness', '/blog/*/compare': 'decision' }, '/blog/*/compare'],
    [{ '/a': 'awareness', '/blog/*': 'awareness', '/blog/*.html': 'awareness' }, '/blog/*.html'],
    [{ '*.html': 'awareness', '/*/b.html': 'decision' }, '/*/b.html'],
    [{ '/**': 'awareness', '/*': 'decision' }, '/*'],
  ])('are refused where one is covered by one above it: %j', (patterns, covered) => {
    const work = () => readPatterns(patterns, isStage);
    expect(work).toThrow(TypeError);
    expect(work).toThrow(TAKES);
    expect(work).toThrow(`got "${covered}": "${patterns[covered]}"`);
  });

  test.each<[Record<string, string>]>([
    [{ '/blog/compare': 'decision', '/blog/*': 'awareness' }],
    [{ '/blog/*': 'awareness', '/*/compare': 'decision' }],
    [{ '/a.html': 'awareness', '/a-html': 'decision' }],
    [{ '/a+': 'awareness', '/aa': 'decision' }],
    [{ '/blog': 'awareness', '/blog/*': 'decision' }],
    [{ '/blog/*': 'awareness', '/blog*': 'decision', '*': 'consideration' }],
    [{ '/*a': 'awareness', '/a*': 'decision' }],
  ])('are taken where each has paths of its own: %j', (patterns) => {
    expect(readPatterns(patterns, isStage).map(({ pattern, stage }) => [pattern, stage])).toEqual(Object.entries(patterns));
  });

  test.each<[stage: unknown, shown: string]>([['desicion', '"desicion"'], ['', '""'], [undefined, 'undefined'], [null, 'null'], [5, '5'], [{}, 'object'], ['constructor', '"constructor"']])(
    'are refused with the stage %j, which nobody knows',
    (stage, shown) => {
      const work = () => readPatterns({ '/blog/*': stage } as never, isStage);
      expect(work).toThrow(TypeError);
      expect(work).toThrow(TAKES);
      expect(work).toThrow(`got "/blog/*": ${shown}`);
    },
  );

  test('are taken with any stage where nobody says which there are', () => {
    expect(readPatterns({ '/blog/*': 'nirvana' })).toMatchObject([{ pattern: '/blog/*', stage: 'nirvana' }]);
  });

  test('match a path with letters beyond ASCII as browsers write it, or are refused', () => {
    const { pathname } = new URL('https://shop.example/größen');
    let stage: string | undefined;
    try {
      stage = stageOfPath({ '/größen': 'consideration' }, pathname);
    } catch (error) {
      return expect(error).toBeInstanceOf(TypeError);
    }
    expect(stage).toBe('consideration');
  });
});

const META = '<meta name="waymark:stage" content="decision">';
const ATTRIBUTE = '<div data-waymark-stage="retention"></div>';
const OPEN_GRAPH = '<meta property="og:type" content="product">';
const jsonLd = (data: unknown) => `<script type="application/ld+json">${typeof data === 'string' ? data : JSON.stringify(data)}</script>`;
const PRODUCT = jsonLd({ '@context': 'https://schema.org', '@type': 'Product', name: 'Dunlin' });

/** The stage that a page with this markup gives itself. */
function stageOfPage(head: string, body = ''): string | undefined {
  document.head.innerHTML = head;
  document.body.innerHTML = body;
  return markedStage(document);
}

describe('the markup of a page', () => {
  test.each<[what: string, head: string, body: string, stage: string | undefined]>([
    ['says nothing', '', '', undefined],
    ['says it by meta', META, '', 'decision'],
    ['says it by meta in its body', '', META, 'decision'],
    ['says it by an attribute', '', ATTRIBUTE, 'retention'],
    ['says it by JSON-LD', PRODUCT, '', 'consideration'],
    ['says it by JSON-LD in its body', '', PRODUCT, 'consideration'],
    ['says it by og:type', OPEN_GRAPH, '', 'consideration'],
    ['says it by og:type product.item', '<meta property="og:type" content="product.item">', '', 'consideration'],
    // Precedence
    ['says it by all: meta goes first', META + PRODUCT + OPEN_GRAPH, ATTRIBUTE, 'decision'],
    ['says it by meta below all others', '', ATTRIBUTE + PRODUCT + OPEN_GRAPH + META, 'decision'],
    ['says it by attribute and as a product: the attribute goes first', PRODUCT + OPEN_GRAPH, ATTRIBUTE, 'retention'],
    ['says it by two attributes: the first goes first', '', `${ATTRIBUTE}<p data-waymark-stage="decision"></p>`, 'retention'],
    ['has an empty meta: the attribute counts', '<meta name="waymark:stage" content="">', ATTRIBUTE, 'retention'],
    ['has a meta without content: the attribute counts', '<meta name="waymark:stage">', ATTRIBUTE, 'retention'],
    ['has an empty attribute: the product counts', PRODUCT, '<div data-waymark-stage=""></div>', 'consideration'],
    // Attributes of clicks are none of the page.
    ['has the stage of a click', '', '<button data-waymark-event="club_joined" data-waymark-stage="retention"></button>', undefined],
    ['has the stage of a share', '', '<button data-waymark-share data-waymark-stage="retention"></button>', undefined],
    ['has the stage of a click above its own', '', `<button data-waymark-event="a" data-waymark-stage="decision"></button>${ATTRIBUTE}`, 'retention'],
    // Other things
    ['is an article', '<meta property="og:type" content="article">', '', undefined],
    ['has a stage that no model knows, which the tracker reports', '<meta name="waymark:stage" content="nirvana">', '', 'nirvana'],
  ])('that %s', (_what, head, body, stage) => {
    expect(stageOfPage(head, body)).toBe(stage);
  });

  test.each<[what: string, data: unknown, isProduct: boolean]>([
    ['a product', { '@type': 'Product' }, true],
    ['a group of variants', { '@type': 'ProductGroup' }, true],
    ['a list of types', { '@type': ['Product', 'Vehicle'] }, true],
    ['a list of types with the product last', { '@type': ['Vehicle', 'Product'] }, true],
    ['a graph', { '@graph': [{ '@type': 'WebPage' }, { '@type': 'Product' }] }, true],
    ['a list of things', [{ '@type': 'BreadcrumbList' }, { '@type': 'Product' }], true],
    ['white space', '{\n  "@type" :\n  "Product"\n}', true],
    ['white space in a list', '{ "@type" : [\n  "Vehicle",\n  "Product"\n] }', true],
    ['an organization', { '@type': 'Organization', name: 'Kites' }, false],
    ['a model of a product', { '@type': 'ProductModel' }, false],
    ['a collection of products', { '@type': 'ProductCollection' }, false],
    ['products in a text', { '@type': 'Article', headline: 'The Product' }, false],
    ['small letters', { '@type': 'product' }, false],
    ['no object', '"Product"', false],
    ['a type that is an address', { '@type': 'http://schema.org/Product' }, true],
    ['a type with a prefix', { '@type': ['schema:Product'] }, true],
    ['an action', { '@type': 'OrderAction' }, false],
    ['nothing', '', false],
    ['what is no JSON', '{"@type": ', false],
    ['what is no JSON, but begins with a product', '{"@type": "Product", ', true],
  ])('with JSON-LD of %s', (_what, data, isProduct) => {
    expect(stageOfPage(jsonLd(data))).toBe(isProduct ? 'consideration' : undefined);
  });

  const ORDER = { '@type': 'Order', orderNumber: 'T1', acceptedOffer: { itemOffered: { '@type': 'Product', name: 'Dunlin' } } };
  test.each<[what: string, data: unknown, stage: string]>([
    ['an order', ORDER, 'purchase'],
    ['an order with the products that were bought', [{ '@type': 'Product', name: 'Dunlin' }, ORDER], 'purchase'],
    ['an order that is being worked on', { ...ORDER, orderStatus: 'https://schema.org/OrderProcessing' }, 'purchase'],
    ['an order that is to be paid', { ...ORDER, orderStatus: 'OrderPaymentDue' }, 'purchase'],
    ['an order whose type is an address', { ...ORDER, '@type': 'https://schema.org/Order' }, 'purchase'],
    ['an order that is on its way', { ...ORDER, orderStatus: 'http://schema.org/OrderInTransit' }, 'retention'],
    ['an order that has come', { ...ORDER, orderStatus: 'OrderDelivered' }, 'retention'],
    ['several orders, which are a history', [ORDER, { ...ORDER, orderNumber: 'T2' }], 'retention'],
  ])('with JSON-LD of %s', (_what, data, stage) => {
    expect(stageOfPage(jsonLd(data))).toBe(stage);
    expect(stageOfPage(OPEN_GRAPH, jsonLd(data))).toBe(stage);
  });

  test('with JSON-LD of a page whose name is "Product" is no product page by that', () => {
    expect(stageOfPage(jsonLd({ '@type': 'WebPage', name: 'Product' }))).toBeUndefined();
  });

  test('looks at every JSON-LD of the page, and at no other script', () => {
    expect(stageOfPage(jsonLd({ '@type': 'Organization' }) + PRODUCT)).toBe('consideration');
    expect(stageOfPage('<script type="text/plain">{"@type":"Product"}</script>')).toBeUndefined();
    for (const type of ['application/ld+json; charset=utf-8', 'Application/LD+JSON']) expect(stageOfPage(jsonLd({ '@type': 'Product' }).replace('application/ld+json', type))).toBe('consideration');
  });

  test.each<[what: string, text: string]>([
    ['types', '"@type":"'.repeat(20_000)],
    ['types and white space', `"@type"${' '.repeat(200_000)}`],
    ['types with white space each', `"@type"${' '.repeat(100)}:`.repeat(2000)],
    ['orders', '"@type":"Orders","orderNumber":"'.repeat(6000)],
    ['brackets', '"@type":['.repeat(20_000)],
    ['quotes', `"@type":${'"'.repeat(200_000)}`],
    ['products that are none', '"@type":"Products",'.repeat(10_000)],
  ])('comes to an end with 200 kB of %s in its JSON-LD', (_what, text) => {
    expect(text.length).toBeGreaterThan(170_000);
    expect(stageOfPage(jsonLd(text))).toBeUndefined();
  });
});

test('the markup of a product says nothing of a route, which what the page says itself does', () => {
  document.head.innerHTML = '<meta property="og:type" content="product">';
  expect([markedStage(document), markedStage(document, true)]).toEqual(['consideration', undefined]);
  document.head.innerHTML += '<meta name="waymark:stage" content="retention">';
  expect(markedStage(document, true)).toBe('retention');
});
