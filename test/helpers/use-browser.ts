import { afterAll, beforeAll, describe, test, type TestAPI } from 'vitest';
import { newProfile, openBrowser, removeProfile, type RealBrowser } from './browser.js';
import { findEngines, openEngine, type Engine, type EngineName } from './engines.js';
import { openWeb } from './web.js';

/** Returns what stands for something that is there only when the tests run. */
const coming = <Part extends object>(part: () => Part): Part =>
  new Proxy({} as Part, {
    get(_, name) {
      const value: unknown = Reflect.get(part(), name);
      return typeof value === 'function' ? (value.bind(part()) as unknown) : value;
    },
  });

/**
 * Tabs share two processes, and the browser draws by itself: a tab costs the machine half as much so, and nothing that a page can see is different. Where the
 * browser's own behaviour is what is proved, in each engine, it runs as people have it.
 */
const LEAN = ['--renderer-process-limit=2', '--disable-site-isolation-trials', '--in-process-gpu', '--disable-extensions', '--disable-features=SpareRendererForSitePerProcess,Translate,MediaRouter,OptimizationHints'];

/** Gives the tests of a file, or of a `describe`, one Chromium with a profile of its own, and more `flags` if need be. */
export function useBrowser(flags?: string[]): RealBrowser {
  const profile = newProfile();
  let browser: RealBrowser | undefined;
  beforeAll(async () => {
    browser = await openBrowser(profile, [...LEAN, ...(flags ?? [])]);
  });
  afterAll(async () => {
    await browser?.close();
    removeProfile(profile);
  });
  return coming(() => browser!);
}

/** What an engine sees of the web: what a proxy lets it. */
interface Seen {
  proxy: string;
  close(): Promise<unknown>;
}

/** Gives the tests of a `describe` one browser of an engine, and what it sees of the web; default: a web of their own. */
export function useEngine(name: EngineName): { web: Awaited<ReturnType<typeof openWeb>>; engine: Engine };
export function useEngine<Web extends Seen>(name: EngineName, open: (name: string) => Promise<Web>): { web: Web; engine: Engine };
export function useEngine(name: EngineName, open: (name: string) => Promise<Seen> = openWeb): { web: Seen; engine: Engine } {
  const profile = newProfile();
  let web: Seen | undefined;
  let engine: Engine | undefined;
  beforeAll(async () => {
    web = await open(name);
    engine = await openEngine(name, profile, web.proxy);
    // Some engines end with their last tab.
    await engine.newTab();
  });
  afterAll(async () => {
    await engine?.close();
    await web?.close();
    removeProfile(profile);
  });
  return { web: coming(() => web!), engine: coming(() => engine!) };
}

/**
 * Whether everything is tried in each engine (`npm run engines`). In `npm test`, what depends on no engine is tried in Chromium alone, and of what differs in little
 * but a name, the others get some.
 */
export const IS_THOROUGH = process.env.WAYMARK_ENGINES === 'all';

/** Returns what defines a test that is about Waymark and not about the engine: it runs in Chromium, and in the others where everything is tried. */
export const testOnce = (name: EngineName): TestAPI | TestAPI['skip'] => (name === 'chromium' || IS_THOROUGH ? test : test.skip);

/**
 * Describes what holds in each engine that is there: the engines side by side, since they mostly wait, and the tests of each one after the other.
 *
 * @param what with `%s` for the engine
 */
export const inEachEngine = (what: string, tests: (name: EngineName) => void): void =>
  describe.concurrent.each(findEngines())(what, (name) => void describe.sequential('in order', () => tests(name)));
