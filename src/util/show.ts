import { cut } from './cut.js';

/** Names a value in a message, in a few letters. */
export function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(cut(value, 40)) : Array.isArray(value) ? 'list' : Object(value) === value ? typeof value : String(value);
}
