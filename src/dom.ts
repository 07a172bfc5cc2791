/*
 * Types of the browser in what others import: under the browser's own names, so that a server's project, which has no DOM, can compile what leads here
 * (`waymark/journey`). There they are never.
 */
type OfGlobal<Name extends string> = typeof globalThis extends Record<Name, { prototype: infer Value }> ? Value : never;

export type Event = OfGlobal<'Event'>;
export type EventTarget = OfGlobal<'EventTarget'>;
export type IDBObjectStore = OfGlobal<'IDBObjectStore'>;
export type URL = OfGlobal<'URL'>;
