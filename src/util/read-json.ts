/** Returns what a text in JSON says; what cannot be read, as it is written, so that it is named by what was to be there. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
