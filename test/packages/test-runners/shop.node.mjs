import { test } from 'node:test';
import { JSDOM } from 'jsdom';
import { createTracker } from 'waymark';
import visit from './visit.cjs';

/** Node's own runner: the names of a DOM put on its global by hand. */
const { window } = new JSDOM('', { url: 'http://localhost/' });
for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis) || /^(navigator|Event|EventTarget|AbortController|AbortSignal)$/.test(name)) Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: window[name] });
}
globalThis.window = globalThis;

test('the shop is visited', () => visit(createTracker));
