import { isLocal } from '../browser/is-local.js';
import type { Plugin } from '../plugin.js';
import type { Problem } from '../tracker.js';

/** What a problem with a collector means and what to do about it; the first whose pattern fits code and message. */
const MEANINGS: [problem: RegExp, meaning: string][] = [
  [/^\w+: no answer.*(needs|replaced|offline)/, 'Events are kept.'],
  [/^\w+: no answer/, 'It is down, an extension blocks it, or it does not let this page read its answers. Events are kept. Look whether it runs, and answers with Access-Control-Allow-Origin: '],
  [/service worker/, "The page's service worker has answered in its place. Events are kept. Have it let these requests through."],
  [/HTTP 3|by a redirect/, 'A redirect would lose them. Events are kept. Give the address that it leads to.'],
  [/HTTP 40[13]/, 'The collector lets nobody in. Events are kept. Check keys, the option "headers" and the origins that it allows.'],
  [/^wrong_endpoint/, 'No collector is there. Events are kept. Check the option "collector" and the routes of the server.'],
  [/^not_confirmed: .*HTTP 4(?!08|25|29)/, 'The collector does not take this. Events are kept. Check the option "format".'],
  [/^not_confirmed/, 'The collector is busy or not well. Events are kept, and sent again by themselves.'],
];

/**
 * Tells problems in the console, with what they mean and what to do: all of them on a developer's own machine, elsewhere the first of each kind on a page.
 *
 * At once it tells of what can never be sent: where there is no `fetch`, and from https to http.
 *
 * @param isLoud whether to tell all of them everywhere; default: false
 * @param collectors where batches are posted; default: nothing is said of them at once
 */
export const warnings =
  (isLoud = false, collectors: readonly string[] = []): Plugin =>
  ({ problems, listen, stops, watch }) => {
    const told = new Set<string>();
    /** On a page alone, and one whose console works. */
    const say = (text: string): void =>
      watch(() => {
        try {
          console.warn(`waymark: ${text}`);
        } catch {
          // A page without a console, or with a broken one.
        }
      });
    function warn({ code, message }: Problem): void {
      if (told.has(code) && !isLoud && !isLocal(location.href)) return;
      told.add(code);
      const text = `${code}: ${message}`;
      const meaning = MEANINGS.find(([problem]) => problem.test(text))?.[1] ?? '';
      say(`${text}${meaning && `. ${meaning}`}${/: $/.test(meaning) ? location.origin : ''}`);
    }
    // Jest's DOM has none.
    if (typeof fetch !== 'function') say('there is no fetch here, so nothing is sent: tests put one in place before createTracker');
    for (const collector of collectors) {
      if (globalThis.location?.protocol === 'https:' && /^http:/i.test(collector) && !isLocal(collector)) say(`browsers send nothing from https to ${collector}`);
    }
    problems.forEach(warn);
    stops.push(listen('problem', warn));
  };
