// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTracker, type Tracker } from '../../src/index.js';

let tracker: Tracker;
beforeEach(() => {
  tracker = createTracker({ collector: '/events', key: 'slips' });
});
afterEach(() => {
  tracker.stop();
  vi.restoreAllMocks();
});

/** What the console says of a button with these attributes, that is clicked twice. */
function saidOf(attributes: string): string[] {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  document.body.innerHTML = `<button ${attributes}>x</button>`;
  document.querySelector('button')!.click();
  document.querySelector('button')!.click();
  return warn.mock.calls.map(([message]) => String(message)).filter((message) => message.startsWith('waymark: data-waymark-'));
}

test.each([
  ['data-waymark-evnt="a"', 'data-waymark-evnt="a": did you mean data-waymark-event?'],
  ['data-waymark-evetn="a"', 'data-waymark-evetn="a": did you mean data-waymark-event?'],
  ['data-waymark-event="a" data-waymark-itemid="A1"', 'data-waymark-itemid="A1": did you mean data-waymark-item_id?'],
  ['data-waymark-event="a" data-waymark-item-name="A1"', 'data-waymark-item-name="A1": did you mean data-waymark-item_name?'],
  ['data-waymark-event="a" data-waymark-pirce="1"', 'data-waymark-pirce="1": did you mean data-waymark-price?'],
  ['data-waymark-event="a" data-waymark-on="hover"', 'data-waymark-on="hover": takes click, submit, view'],
  ['data-waymark-share="whatsup"', 'data-waymark-share="whatsup": takes whatsapp, facebook, x, telegram, pinterest, copy'],
  ['data-waymark-form="newsletters"', 'data-waymark-form="newsletters": takes newsletter, account, none'],
])('warns once of %s', (attributes, message) => {
  expect(saidOf(attributes)).toEqual([`waymark: ${message}`]);
});

test.each(['data-waymark-event="a" data-waymark-colour="red"', 'data-waymark-event="a" data-waymark-on="view" data-waymark-stage="desire"', 'data-waymark-share', 'data-waymark-form="none"', 'data-waymark-event="a" data-waymark-size="L" data-waymark-item_id="1" data-waymark-material="wool"', 'data-evnt="a"'])(
  'is silent about %s',
  (attributes) => {
    expect(saidOf(attributes)).toEqual([]);
  },
);
