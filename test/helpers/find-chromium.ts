import { execFileSync } from 'node:child_process';
import { lookForBrowser } from '../../examples/find-browser.mjs';

/** The ways to get a browser, in order: each a command and where the browser is afterwards. */
const INSTALLS: [command: string, args: string[]][] = [
  ['apt-get', ['update']],
  ['apt-get', ['install', '-y', '--no-install-recommends', 'chromium']],
  ['npx', ['playwright', 'install', 'chromium']],
];

/**
 * Returns the path of a Chromium or Chrome: what `CHROMIUM_PATH` says, else what the system or Playwright has, else one that it
 * installs.
 *
 * @throws Error that says what was tried, when none can be had
 */
export function findChromium(): string {
  let found = lookForBrowser();
  const tried: string[] = [];
  for (const [command, args] of INSTALLS) {
    if (found) break;
    console.log(`No Chromium or Chrome found; running ${command} ${args.join(' ')} …`);
    try {
      execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' });
    } catch (error) {
      tried.push(`${command} ${args.join(' ')}: ${String((error as Error).message).split('\n')[0]}`);
    }
    found = lookForBrowser();
  }
  if (found) return found;
  throw new Error(`The browser tests need Chromium or Chrome. Install one, or set CHROMIUM_PATH. Tried:\n${tried.join('\n')}`);
}
