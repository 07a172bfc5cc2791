import { inOrder } from './journeys.mjs';
import { text } from './values.mjs';

/** Rows listed; others are left out. Our choice: as many as three answers by six sources can make. */
const MAX_ROWS = 18;

/**
 * Under which consent things were captured: by what `marketing` was, and by whose word that was (`by`: `option`, `call`, `google`,
 * `tcf`, `gpc`, `dnt`, null where it is not told). A visitor counts once, by what the latest event said; events without a visitor are counted as they are,
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
  return marketing === null ? null : { marketing, by: text(consent.by?.marketing) };
}
