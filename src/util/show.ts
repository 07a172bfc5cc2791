/** Names a value in a message, in a few letters. */
export function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : Object(value) === value ? typeof value : String(value);
}
