import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { findChromium } from './find-chromium.js';

/** A real Chromium with a profile of its own, as a person has it: tabs hide each other, pages enter the back/forward cache. */
export interface RealBrowser {
  context: BrowserContext;
  newTab(): Promise<Page>;
  /** Ends every process of the browser with SIGKILL, as a crash or a battery does. */
  kill(): Promise<void>;
  /** Quits in good order. */
  close(): Promise<void>;
}

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
];

/** Returns a process and all below it, where the system tells (Linux). */
export function familyOf(root: number): number[] {
  const family = [root];
  try {
    const parents = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid): [number, number][] => {
        try {
          const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
          return [[Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
        } catch {
          return []; // It has ended since.
        }
      });
    for (const each of family) family.push(...parents.filter(([, parent]) => parent === each).map(([pid]) => pid));
  } catch {
    // No /proc: the browser's own process takes its children with it.
  }
  return family;
}

/** Ends a process and all below it with SIGKILL, and waits for `gone`. */
export async function killAll(root: number, gone: Promise<unknown>): Promise<void> {
  for (const pid of familyOf(root)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended since.
    }
  }
  await gone;
}

/** Returns a new folder for a profile; it outlives browsers, so that a person can come back. */
export const newProfile = (): string => mkdtempSync(join(tmpdir(), 'waymark-profile-'));

export function removeProfile(profile: string): void {
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

/**
 * Starts Chromium, with more `flags` if need be. Not by Playwright's `launch`: that keeps every page visible for ever and switches the back/forward cache off.
 */
export async function openBrowser(profile: string, flags: string[] = []): Promise<RealBrowser> {
  const process_ = spawn(findChromium(), [...FLAGS, ...flags, `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise<void>((resolve) => process_.on('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    process_.stderr.on('data', (part: Buffer) => {
      text += part.toString();
      const match = /DevTools listening on (ws:\S+)/.exec(text);
      if (match) resolve(match[1]!);
    });
    process_.on('exit', () => reject(new Error(`Chromium ended: ${text.slice(-500)}`)));
  });
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const context = browser.contexts()[0]!;
  return {
    context,
    newTab: () => context.newPage(),
    kill: () => killAll(process_.pid!, gone),
    async close() {
      const session = await browser.newBrowserCDPSession();
      // The answer may not come any more.
      await session.send('Browser.close').catch(() => {});
      await gone;
    },
  };
}

/**
 * Starts Chromium at an address and leaves it alone: the page has to drive itself. Chromium prerenders no page while a debugging
 * client such as Playwright is connected.
 *
 * @returns ends it
 */
export function openUnwatched(profile: string, url: string): () => Promise<void> {
  const process_ = spawn(findChromium(), [...FLAGS, `--user-data-dir=${profile}`, url], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => process_.on('exit', () => resolve()));
  return () => killAll(process_.pid!, gone);
}
