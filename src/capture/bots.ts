import type { Plugin } from '../plugin.js';

/**
 * Names of programs in a user agent: crawlers, previews of links, tests of speed. An address in it is how most say who they are. `Cubot` and
 * `Phantom` are phones, and Botswana has networks. Source: the programs' own documentation, 2026-08.
 */
export const BOT =
  /(^|[^u]|[^c]u)bots?(?![a-z])|https?:|crawler|spider|preview|headless|lighthouse|phantomjs|ptst\/|external(hit|agent|fetcher)|google[-o]|mediapartners/i;

/** Whether a browser is driven by a program, by its own word. Many hide it: this is no defence. */
export const isBot = ({ webdriver, userAgent }: { webdriver?: boolean | undefined; userAgent?: string | undefined }): boolean =>
  !!webdriver || BOT.test(userAgent!);

/** Whether this browser is driven by a program, by its own word; false on a server. */
export const isAutomated = (): boolean => isBot(Object(globalThis.navigator) as Navigator);

/** Marks every event of an automated browser: `bot: true` in its context. */
export const bots = (): Plugin => ({ observe }) => {
  if (isAutomated()) observe.push(() => ({ bot: true }));
};
