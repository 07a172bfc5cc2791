// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { eventOf, readProperties, type Trigger } from '../../src/capture/attributes.js';

function elementOf(markup: string): Element {
  document.body.innerHTML = markup;
  return document.body.firstElementChild!;
}
const TRIGGERS: Trigger[] = ['click', 'submit', 'view'];
/** The event at each trigger that has one. */
const eventsOf = (markup: string) => Object.fromEntries(TRIGGERS.map((trigger) => [trigger, eventOf(elementOf(markup), trigger)]).filter(([, event]) => event));

describe('the event of an element', () => {
  test.each([
    ['<p>', {}],
    ['<p data-waymark-on="view">', {}],
    ['<p data-waymark-event="opened">', { click: 'opened' }],
    ['<form data-waymark-event="sent">', { submit: 'sent' }],
    ['<form data-waymark-event="sent" data-waymark-on="click">', { click: 'sent' }],
    ['<p data-waymark-event="sent" data-waymark-on="submit">', { submit: 'sent' }],
    ['<p data-waymark-event="view_promotion">', { view: 'view_promotion' }],
    ['<p data-waymark-event="review_view">', { view: 'review_view' }],
    ['<p data-waymark-event="view_item_list">', { view: 'view_item_list' }],
    ['<p data-waymark-event="view_item">', { view: 'view_item' }],
    ['<p data-waymark-event="view_cart">', { click: 'view_cart' }],
    ['<p data-waymark-event="view_item_zoom">', { click: 'view_item_zoom' }],
    ['<p data-waymark-event="view_item" data-waymark-on="click">', { click: 'view_item' }],
    ['<p data-waymark-event="banner" data-waymark-on="view">', { view: 'banner' }],
    ['<p data-waymark-event="promotion">', { view: 'view_promotion', click: 'select_promotion' }],
    ['<p data-waymark-event="promotion" data-waymark-on="view">', { view: 'view_promotion' }],
    ['<p data-waymark-event="promotion" data-waymark-on="click">', { click: 'select_promotion' }],
    ['<p data-waymark-event="select_promotion">', { click: 'select_promotion' }],
    ['<p data-waymark-event="opened" data-waymark-on="hover">', {}],
  ])('%s', (markup, events) => {
    expect(eventsOf(markup)).toEqual(events);
  });
});

describe('the properties of an element', () => {
  test.each<[attributes: string, properties: Record<string, unknown>]>([
    ['data-waymark-item_id="007" data-waymark-price="12.50"', { item_id: '007', price: 12.5 }],
    ['data-waymark-price="0" data-waymark-quantity="0" data-waymark-value="0.00" data-waymark-rating="0"', { price: 0, quantity: 0, value: 0, rating: 0 }],
    ['data-waymark-price="" data-waymark-value=" " data-waymark-quantity="a" data-waymark-rating="Infinity"', { price: '', value: ' ', quantity: 'a', rating: 'Infinity' }],
    ['data-waymark-price="12,50" data-waymark-value="-3"', { price: '12,50', value: -3 }],
    ['data-waymark-event="a" data-waymark-on="click" data-waymark-stage="decision" data-waymark-share="x" data-waymark-about="b"', { about: 'b' }],
    ['data-waymark-events="a" data-waymark-once="b"', { events: 'a', once: 'b' }],
    ['data-waymark- data-item="a" id="b"', {}],
    [`data-waymark-items='[{"item_id":"007","price":"12.50"}]'`, { items: [{ item_id: '007', price: '12.50' }] }],
    [`data-waymark-items='[{"item_id":"007"'`, { items: '[{"item_id":"007"' }],
    ['data-waymark-items', { items: '' }],
    ['data-waymark-items="2"', { items: 2 }],
  ])('%s', (attributes, properties) => {
    expect(readProperties(elementOf(`<p ${attributes}></p>`))).toEqual(properties);
  });
});
