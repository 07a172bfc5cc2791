import type { Answer } from './answer.js';

/** Returns what came, for people; undefined answers are those of a format that failed. */
export function describeAnswer(answer: Answer | undefined): string {
  if (!answer) return '';
  const { status, url, isWorker, isHtml, isOwn, isDropped, isLate, blockedBy } = answer;
  const from = url ? ` from ${url}` : '';
  if (status) {
    const oddity = isWorker ? ' by a service worker' : isHtml ? ' with HTML' : isOwn ? '' : ' by a redirect';
    return `HTTP ${status}${oddity}${from}`;
  }
  const why = blockedBy
    ? `the page's content security policy needs connect-src ${blockedBy}`
    : isDropped
      ? 'another script has replaced fetch, and drops the body'
      : !navigator.onLine
        ? 'offline'
        : isLate
          ? 'too late'
          : 'unreachable or not allowed';
  return `no answer${from}: ${why}`;
}
