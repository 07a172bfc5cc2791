/** Whether it is no browser: Node runs the page's code, as tests do, with a document made by jsdom or happy-dom. Both say so in the user agent. */
export const isEmulated = (): boolean => /jsdom|happydom/i.test(navigator.userAgent);

/** Says in the console that nothing can be sent, where there is a page and no `fetch`: Jest's DOM has none. */
export function warnWithoutFetch(): void {
  if (typeof document === 'object' && typeof fetch !== 'function') console.warn('waymark: there is no fetch here: events are tracked, but none is sent. Tests can put one in place before createTracker');
}
