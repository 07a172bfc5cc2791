/** Returns the bytes of `text` in UTF-8. */
export const utf8 = (text: string): ArrayLike<number> =>
  // Looked for here, not on import, which does nothing; Jest's DOM has none.
  typeof TextEncoder === 'function' ? new TextEncoder().encode(text) : Array.from(unescape(encodeURIComponent(text)), (byte) => byte.charCodeAt(0));
