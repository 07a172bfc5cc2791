/** Longest script that is read, in characters. Our choice: the largest product markup seen in shops is below a tenth of it. */
const MAX_SCRIPT = 200_000;

/*
 * Of what follows, a text or a comment that does not end takes all that comes after it: so no character is looked at more than a few times, whatever the script.
 */

/** A text, caught; or what templates and content systems put around and between: comments, wrappers, a semicolon, a byte order mark. */
const JUNK = /("(?:\\?[^])*?(?:"|$))|\/\*[^]*?(?:\*\/|$)|(?:\/\/[ \t]*)?(?:(?:<!)?\[CDATA\[|]]>)|\/\/.*|<!--[^{["]*|-->|[;\xa0\u200b\ufeff]/g;
/** A text, caught; or a comma before nothing, or the end of an object before another one. */
const COMMAS = /("(?:\\?[^])*?(?:"|$))|,(?=\s*(?:[}\],]|$))|}(?=\s*{)/g;

/** Returns what stands in a text that is JSON but for what templates did to it, as a list; or throws. */
function parseLeniently(text: string): unknown {
  // Some put line breaks into texts, where JSON allows none.
  const bare = text.replace(JUNK, (_, said?: string) => said?.replace(/[\0-\x1f]+/g, ' ') ?? ' ');
  return JSON.parse(`[${bare.replace(COMMAS, (found, said?: string) => said ?? (found === ',' ? '' : '},'))}]`);
}

/**
 * Returns what a script of JSON-LD says, in a list or not; undefined for one that is too long or cannot be read, such as one in single quotes, or written with
 * entities. In time that grows with its length alone.
 */
export function parseJsonLd(text: string): unknown {
  if (text.length > MAX_SCRIPT) return undefined;
  for (const parse of [JSON.parse, parseLeniently]) {
    try {
      return parse(text) as unknown;
    } catch {
      // The next one, or none.
    }
  }
}
