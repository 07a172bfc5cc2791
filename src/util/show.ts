import { cut } from './cut.js';

/** Names a value in a message, in a few letters. */
export function show(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(cut(value, 40))
    : Array.isArray(value)
      ? 'list'
      : Object(value) === value
        ? typeof value
        : String(value);
}

/** Returns code and message of a problem with something given: what it takes, and what it got. */
export const wrong = (what: string, takes: unknown, got: unknown): [code: string, message: string] => [
  `invalid_${what}`,
  `${what} takes ${takes as string}, got ${show(got)}`,
];
