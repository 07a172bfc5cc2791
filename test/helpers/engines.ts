import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { firefox, type Page } from 'playwright';
import { killAll, newProfile, openBrowser, removeProfile } from './browser.js';

/** A tab of any engine: what all three can do. */
export interface EngineTab {
  goto(url: string): Promise<unknown>;
  /** Evaluates an expression in the page; a promise is awaited. */
  evaluate(expression: string): Promise<unknown>;
  /** Goes back in the history. */
  back(): Promise<void>;
  close(): Promise<unknown>;
}

/** A real browser with a profile of its own, in which every http request goes through one proxy: so the browser believes that a test serves any host. */
export interface Engine {
  newTab(): Promise<EngineTab>;
  close(): Promise<void>;
  /** Ends every process of the browser with SIGKILL, as a crash or a battery does. */
  kill(): Promise<void>;
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

const tabOf = (page: Page): EngineTab => ({
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
  return { newTab: async () => tabOf(await browser.newTab()), close: browser.close, kill: browser.kill };
}

async function openFirefox(profile: string, proxy: string): Promise<Engine> {
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
      // Hosts that browsers know as https only: here they are served without.
      'network.stricttransportsecurity.preloadlist': false,
    },
  });
  const pid = Number(execFileSync('pgrep', ['-f', '--oldest', profile], { encoding: 'utf8' }).split('\n')[0]);
  return {
    newTab: async () => tabOf(await context.newPage()),
    close: () => context.close(),
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

async function openWebKit(profile: string, proxy: string): Promise<Engine> {
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const env = { ...process.env, LANG: 'en_US.UTF-8', NO_AT_BRIDGE: '1', DISPLAY: await ensureDisplay(), WK_PROFILE: profile };
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
  const { sessionId } = await call<{ sessionId: string }>('POST', '/session', {
    capabilities: {
      alwaysMatch: {
        proxy: { proxyType: 'manual', httpProxy: new URL(proxy).host },
        'webkitgtk:browserOptions': { binary: fileURLToPath(new URL('./webkit-app.py', import.meta.url)), args: ['--automation'] },
      },
    },
  });
  const command = <Value>(method: string, path: string, body?: object) => call<Value>(method, `/session/${sessionId}${path}`, body);
  // It closes with its last tab: this one stays, and new ones are asked for from it.
  const first = await command<string>('GET', '/window');

  function tab(handle: string): EngineTab {
    /** WebDriver has one current window: it is chosen before each command. */
    async function act<Value>(method: string, path: string, body?: object): Promise<Value> {
      await command('POST', '/window', { handle });
      return command<Value>(method, path, body);
    }
    return {
      goto: (url) => act('POST', '/url', { url }),
      async evaluate(expression) {
        const script = `const done = arguments[arguments.length - 1]; (async () => (${expression}))().then((value) => done({ value }), (error) => done({ error: String(error) }))`;
        const result = await act<{ value?: unknown; error?: string }>('POST', '/execute/async', { script, args: [] });
        if (result?.error) throw new Error(result.error);
        return result?.value;
      },
      async back() {
        await act('POST', '/back');
        await sleep(500);
      },
      close: () => act('DELETE', '/window'),
    };
  }
  return {
    async newTab() {
      await command('POST', '/window', { handle: first });
      return tab((await command<{ handle: string }>('POST', '/window/new', { type: 'window' })).handle);
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
export const openEngine = (name: EngineName, profile: string, proxy: string): Promise<Engine> => OPENERS[name](profile, proxy);
export { newProfile, removeProfile };
