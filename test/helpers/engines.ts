import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { firefox, type Page } from 'playwright';
import { familyOf, killAll, newProfile, openBrowser, removeProfile } from './browser.js';

/** A tab of any engine: what all three can do. */
export interface EngineTab {
  goto(url: string): Promise<unknown>;
  /** Evaluates an expression in the page; a promise is awaited. */
  evaluate(expression: string): Promise<unknown>;
  /** Goes back in the history. */
  back(): Promise<void>;
  close(): Promise<unknown>;
  /**
   * Freezes the page, as a browser does with tabs in the background, until `thaw`: by the page lifecycle in Chromium, elsewhere by a SIGSTOP to
   * the process that runs the page.
   */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** A real browser with a profile of its own, in which every http request goes through one proxy: so the browser believes that a test serves any host. */
export interface Engine {
  newTab(): Promise<EngineTab>;
  close(): Promise<void>;
  /** Ends every process of the browser with SIGKILL, as a crash or a battery does. */
  kill(): Promise<void>;
  /** Takes the network away from all tabs, or gives it back. Absent where an engine has no such switch. */
  setOffline?(isOffline: boolean): Promise<void>;
  /** Deletes all that a site has stored, as a person does in the browser's settings. Absent where it cannot be done from outside. */
  clearSite?(origin: string): Promise<void>;
  /** Sets how much a site may store. Absent where it cannot be changed while the engine runs. */
  setQuota?(origin: string, bytes: number): Promise<void>;
}

export type EngineName = 'chromium' | 'firefox' | 'webkit';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What each engine needs, and the Debian packages that bring it. */
const NEEDS: Record<EngineName, { paths: string[]; packages: string[] }> = {
  // The other tests have found or installed it.
  chromium: { paths: [], packages: [] },
  firefox: { paths: [process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr'], packages: ['firefox-esr'] },
  webkit: {
    paths: [process.env.WEBKIT_DRIVER_PATH ?? '/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb', '/usr/bin/python3'],
    packages: ['webkit2gtk-driver', 'xvfb', 'gir1.2-webkit2-4.1', 'python3-gi'],
  },
};

/** Returns the engines that are there, after a try to install what is missing; says which are left out. */
export function findEngines(): EngineName[] {
  const names = Object.keys(NEEDS) as EngineName[];
  const isThere = (name: EngineName) => NEEDS[name].paths.every(existsSync);
  const missing = names.filter((name) => !isThere(name));
  if (missing.length) {
    const packages = missing.flatMap((name) => NEEDS[name].packages);
    console.log(`No ${missing.join(', ')}; running apt-get install ${packages.join(' ')} …`);
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      try {
        execFileSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
      } catch {
        // Not Debian, or not allowed: the tests say below what they go without.
      }
    }
  }
  const found = names.filter(isThere);
  const left = names.filter((name) => !found.includes(name));
  if (left.length) console.log(`Not tested in ${left.join(', ')}: install ${left.flatMap((name) => NEEDS[name].packages).join(' ')}, or set FIREFOX_PATH and WEBKIT_DRIVER_PATH.`);
  return found;
}

/** Milliseconds of CPU that processes have used, by id (Linux). */
const usedMs = (pids: number[]) =>
  new Map(
    pids.map((pid): [number, number] => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
        // Linux tells it in hundredths of a second.
        return [pid, (user! + system!) * 10];
      } catch {
        return [pid, 0]; // It has ended since.
      }
    }),
  );

/**
 * Returns `freeze` and `thaw` for a tab: they stop and wake the process that runs its page, which is the one that has work when the page has.
 *
 * @param root the browser's process
 */
function stopper(root: number, evaluate: EngineTab['evaluate']): Pick<EngineTab, 'freeze' | 'thaw'> {
  let stopped = 0;
  return {
    async freeze() {
      const family = familyOf(root);
      const before = usedMs(family);
      await evaluate('(() => { for (const end = performance.now() + 600; performance.now() < end; ); })()');
      const after = usedMs(family);
      const gain = (pid: number) => after.get(pid)! - before.get(pid)!;
      stopped = family.sort((a, b) => gain(b) - gain(a))[0]!;
      process.kill(stopped, 'SIGSTOP');
    },
    async thaw() {
      if (stopped) process.kill(stopped, 'SIGCONT');
      stopped = 0;
    },
  };
}

const tabOf = (page: Page): Omit<EngineTab, 'freeze' | 'thaw'> => ({
  goto: (url) => page.goto(url),
  evaluate: (expression) => page.evaluate(expression),
  // Playwright's own goBack never settles in Firefox when the page comes out of the back/forward cache.
  async back() {
    await page.evaluate(() => void setTimeout(() => history.back(), 0));
    await sleep(500);
  },
  close: () => page.close(),
});

async function openChromium(profile: string, proxy: string): Promise<Engine> {
  const browser = await openBrowser(profile, [`--proxy-server=${proxy}`]);
  const { context } = browser;
  async function newTab(): Promise<EngineTab> {
    const page = await browser.newTab();
    const set = async (state: 'frozen' | 'active') => {
      const session = await context.newCDPSession(page);
      await session.send('Page.setWebLifecycleState', { state });
      await session.detach();
    };
    return { ...tabOf(page), freeze: () => set('frozen'), thaw: () => set('active') };
  }
  return {
    newTab,
    close: browser.close,
    kill: browser.kill,
    setOffline: (isOffline) => context.setOffline(isOffline),
    async clearSite(origin) {
      const session = await context.newCDPSession(context.pages()[0]!);
      await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
      await session.detach();
    },
    async setQuota(origin, quotaSize) {
      // Until the session ends.
      await (await context.newCDPSession(context.pages()[0]!)).send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
    },
  };
}

/** How an engine is started. */
export interface EngineOptions {
  /** How many bytes a site may store, at least about 10 MB, in engines where that is set at the start. Default: the engine's own bound. */
  quotaBytes?: number;
}

async function openFirefox(profile: string, proxy: string, { quotaBytes }: EngineOptions): Promise<Engine> {
  const { hostname, port } = new URL(proxy);
  const context = await firefox.launchPersistentContext(profile, {
    // The channel makes Playwright speak BiDi, which stock Firefox understands; the path says which.
    channel: 'moz-firefox',
    executablePath: NEEDS.firefox.paths[0]!,
    firefoxUserPrefs: {
      'network.proxy.type': 1,
      'network.proxy.http': hostname,
      'network.proxy.http_port': Number(port),
      'app.normandy.enabled': false,
      'browser.search.update': false,
      'app.update.disabledForTesting': true,
      'dom.security.https_first': false,
      // Tabs of one site have processes of their own, so that one can be frozen alone.
      'dom.ipc.processCount.webIsolated': 4,
      // In kB and for all sites; a site gets a fifth of it, and 10 MB at least.
      ...(quotaBytes && { 'dom.quotaManager.temporaryStorage.fixedLimit': Math.round((quotaBytes * 5) / 1024) }),
      // Hosts that browsers know as https only: here they are served without.
      'network.stricttransportsecurity.preloadlist': false,
    },
  });
  const pid = Number(execFileSync('pgrep', ['-f', '--oldest', profile], { encoding: 'utf8' }).split('\n')[0]);
  return {
    async newTab() {
      const tab = tabOf(await context.newPage());
      return { ...tab, ...stopper(pid, tab.evaluate) };
    },
    close: () => context.close(),
    setOffline: (isOffline) => context.setOffline(isOffline),
    async kill() {
      await killAll(pid, sleep(300));
      await context.close().catch(() => {});
    },
  };
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** WebKitGTK has no headless mode, and waits for ever where there is no display. */
let display: Promise<string> | undefined;
function ensureDisplay(): Promise<string> {
  if (process.env.DISPLAY) return Promise.resolve(process.env.DISPLAY);
  display ??= new Promise((resolve, reject) => {
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    server.on('error', reject);
    const pipe = server.stdio[3] as unknown as import('node:net').Socket;
    pipe.once('data', (data) => resolve(`:${String(data).trim()}`));
    process.on('exit', () => server.kill());
    server.unref();
    pipe.unref();
  });
  return display;
}

async function openWebKit(profile: string, proxy: string, { quotaBytes = 0 }: EngineOptions): Promise<Engine> {
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const env = { ...process.env, WK_QUOTA: `${quotaBytes}`, LANG: 'en_US.UTF-8', NO_AT_BRIDGE: '1', DISPLAY: await ensureDisplay(), WK_PROFILE: profile };
  const driver = spawn(NEEDS.webkit.paths[0]!, [`--port=${port}`], { stdio: 'ignore', env });
  const gone = new Promise<void>((resolve) => driver.on('exit', () => resolve()));
  for (let tries = 0; ; tries++) {
    try {
      await fetch(`${root}/status`);
      break;
    } catch (error) {
      if (tries > 500) throw error;
      await sleep(20);
    }
  }
  /** One command of W3C WebDriver. */
  async function call<Value>(method: string, path: string, body: object = {}): Promise<Value> {
    const response = await fetch(root + path, { method, signal: AbortSignal.timeout(60_000), ...(method === 'POST' && { body: JSON.stringify(body) }) });
    const { value } = (await response.json()) as { value: Value & { error?: string; message?: string } };
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }
  const session = call<{ sessionId: string }>('POST', '/session', {
    capabilities: {
      alwaysMatch: {
        // As the others do by themselves: what is on this machine needs no proxy.
        proxy: { proxyType: 'manual', httpProxy: new URL(proxy).host, noProxy: ['127.0.0.1', 'localhost'] },
        'webkitgtk:browserOptions': { binary: fileURLToPath(new URL('./webkit-app.py', import.meta.url)), args: ['--automation'] },
      },
    },
  });
  // One that does not start leaves no driver behind.
  session.catch(() => killAll(driver.pid!, gone));
  const { sessionId } = await session;
  const command = <Value>(method: string, path: string, body?: object) => call<Value>(method, `/session/${sessionId}${path}`, body);
  // It closes with its last tab: this one stays, and new ones are asked for from it.
  const first = await command<string>('GET', '/window');

  let last: Promise<unknown> = Promise.resolve();
  function tab(handle: string): EngineTab {
    /** WebDriver has one current window: it is chosen before each command, and nobody may come in between. */
    function act<Value>(method: string, path: string, body?: object): Promise<Value> {
      const work = last.then(() => command('POST', '/window', { handle })).then(() => command<Value>(method, path, body));
      last = work.catch(() => {});
      return work;
    }
    async function evaluate(expression: string): Promise<unknown> {
      const script = `const done = arguments[arguments.length - 1]; (async () => (${expression}))().then((value) => done({ value }), (error) => done({ error: String(error) }))`;
      const result = await act<{ value?: unknown; error?: string }>('POST', '/execute/async', { script, args: [] });
      if (result?.error) throw new Error(result.error);
      return result?.value;
    }
    return {
      goto: (url) => act('POST', '/url', { url }),
      evaluate,
      async back() {
        await act('POST', '/back');
        await sleep(500);
      },
      close: () => act('DELETE', '/window'),
      ...stopper(driver.pid!, evaluate),
    };
  }
  return {
    async newTab() {
      const opened = last.then(() => command('POST', '/window', { handle: first })).then(() => command<{ handle: string }>('POST', '/window/new', { type: 'window' }));
      last = opened.catch(() => {});
      return tab((await opened).handle);
    },
    async close() {
      await command('DELETE', '').catch(() => {});
      await sleep(500);
      await killAll(driver.pid!, gone);
    },
    kill: () => killAll(driver.pid!, gone),
  };
}

const OPENERS = { chromium: openChromium, firefox: openFirefox, webkit: openWebKit };

/** Starts an engine whose http requests go to `proxy`, an address on this machine. */
export const openEngine = (name: EngineName, profile: string, proxy: string, options: EngineOptions = {}): Promise<Engine> => OPENERS[name](profile, proxy, options);
export { newProfile, removeProfile };
