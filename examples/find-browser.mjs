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

/**
 * Returns the path of a Chromium or Chrome: what `CHROMIUM_PATH` says, else what the system or Playwright has; undefined where there is none.
 *
 * @returns {string | undefined}
 * @throws Error where `CHROMIUM_PATH` names what is not there
 */
export function lookForBrowser() {
  const told = process.env.CHROMIUM_PATH;
  if (told && !existsSync(told)) throw new Error(`CHROMIUM_PATH names a browser that is not there: ${told}`);
  return told ?? [...WELL_KNOWN, chromium.executablePath()].find((path) => path && existsSync(path));
}

/**
 * Returns the path of a Chromium or Chrome: what `CHROMIUM_PATH` says, else what the system or Playwright has. Installs nothing.
 *
 * @throws Error that says how to get one, when there is none
 */
export function findBrowser() {
  const found = lookForBrowser();
  if (!found) throw new Error('Shoppers need Chromium or Chrome. Run `npx playwright install chromium`, or set CHROMIUM_PATH.');
  return found;
}
