// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { toJson } from '../../src/util/json.js';

/** A page with a product and a form that somebody has typed into. */
function openPage() {
  document.body.innerHTML = '<div id="product" data-secret="1"><input value="typed by a person"><img src="a.png"></div>';
  return document.getElementById('product')!;
}

test.each<[what: string, find: (product: HTMLElement) => unknown]>([
  ['an element', (product) => product],
  ['a field that was typed into', (product) => product.querySelector('input')],
  ['the document', () => document],
  ['the window', () => window],
  ['a text node', () => document.createTextNode('secret')],
  ['a list of elements', (product) => product.querySelectorAll('*')],
])('leaves %s out, and keeps what stands beside it', (_what, find) => {
  const lost: string[] = [];
  const text = toJson({ item_id: 'A1', target: find(openPage()), price: 5 }, lost);
  expect(JSON.parse(text)).toEqual({ item_id: 'A1', price: 5 });
  expect(`${lost}`).toContain('target');
});

test('leaves elements out of lists and objects', () => {
  const element = openPage();
  const text = toJson({ detail: { element, size: 42 }, targets: [element, 'kept'] });
  expect(JSON.parse(text)).toEqual({ detail: { size: 42 }, targets: [null, 'kept'] });
});

test('makes an empty object of an element', () => {
  expect(toJson(openPage())).toBe('{}');
});

test('reads data- attributes as the page has them', () => {
  const { dataset } = openPage();
  expect(JSON.parse(toJson({ ...dataset }))).toEqual({ secret: '1' });
});
