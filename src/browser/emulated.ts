/** Whether it is no browser: Node runs the page's code, as tests do, with a document made by jsdom or happy-dom. Both say so in the user agent. */
export const isEmulated = (): boolean => /jsdom|happydom/i.test(navigator.userAgent);
