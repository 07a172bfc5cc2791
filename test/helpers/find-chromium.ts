import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const WELL_KNOWN = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** The ways to get a browser, in order: each a command and where the browser is afterwards. */
const INSTALLS: [command: string, args: string[]][] = [
  ['apt-get', ['update']],
  ['apt-get', ['install', '-y', '--no-install-recommends', 'chromium']],
  ['npx', ['playwright', 'install', 'chromium']],
];

const lookAround = () => [...WELL_KNOWN, chromium.executablePath()].find((path) => path && existsSync(path));

/**
 * Returns the path of a Chromium or Chrome: what `CHROMIUM_PATH` says, else what the system or Playwright has, else one that it
 * installs.
 *
 * @throws Error that says what was tried, when none can be had
 */
export function findChromium(): string {
  const told = process.env.CHROMIUM_PATH;
  if (told && !existsSync(told)) throw new Error(`CHROMIUM_PATH names a browser that is not there: ${told}`);
  let found = told ?? lookAround();
  const tried: string[] = [];
  for (const [command, args] of INSTALLS) {
    if (found) break;
    console.log(`No Chromium or Chrome found; running ${command} ${args.join(' ')} …`);
    try {
      execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' });
    } catch (error) {
      tried.push(`${command} ${args.join(' ')}: ${String((error as Error).message).split('\n')[0]}`);
    }
    found = lookAround();
  }
  if (found) return found;
  throw new Error(`The browser tests need Chromium or Chrome. Install one, or set CHROMIUM_PATH. Tried:\n${tried.join('\n')}`);
}
