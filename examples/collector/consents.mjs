import { inOrder } from './journeys.mjs';
import { text } from './values.mjs';

/** Signals listed; others are left out. Our choice: Waymark knows fewer. */
const MAX_ROWS = 12;

/**
 * Under which consent things were captured: by what `marketing` was, and by the signal that decided (`by`: a call, the dataLayer, a consent
 * platform, the browser's own opt-out …). A visitor counts once, by what the latest event said; events without a visitor are counted as they are,
 * by page view. What bears no consent record is in no row.
 *
 * @param {any[]} events complete events, with a visitor or without, in any order
 * @returns {{ visitors: number, views: number, rows: { marketing: string, by: string | null, visitors: number, views: number }[] }}
 */
export function consentSplit(events) {
  const latest = new Map();
  const alone = [];
  for (const event of inOrder(events)) {
    const said = readConsent(event.consent);
    if (!said) continue;
    if (event.visitor) latest.set(event.visitor.id, said);
    else if (event.name === 'page_view') alone.push(said);
  }
  const rows = new Map();
  const rowOf = (said) => rows.set(JSON.stringify(said), rows.get(JSON.stringify(said)) ?? { ...said, visitors: 0, views: 0 }).get(JSON.stringify(said));
  for (const said of latest.values()) rowOf(said).visitors += 1;
  for (const said of alone) rowOf(said).views += 1;
  return {
    visitors: latest.size,
    views: alone.length,
    rows: [...rows.values()].sort((a, b) => b.visitors + b.views - a.visitors - a.views).slice(0, MAX_ROWS),
  };
}

/** What a consent record says of marketing, and by what; null where it is none. */
function readConsent(consent) {
  const marketing = text(consent?.marketing);
  return marketing === null ? null : { marketing, by: text(consent.by) };
}
