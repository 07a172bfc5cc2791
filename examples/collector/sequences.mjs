import { isAnonymous, ownerOf } from './event.mjs';

const TABLES = `
  CREATE TABLE IF NOT EXISTS tabs (
    visitor TEXT NOT NULL,
    tab TEXT NOT NULL,
    highest INTEGER NOT NULL,
    user_id TEXT,
    PRIMARY KEY (visitor, tab)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS gaps (
    visitor TEXT NOT NULL,
    tab TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    since INTEGER NOT NULL,
    happened TEXT NOT NULL,
    PRIMARY KEY (visitor, tab, first)
  ) WITHOUT ROWID;`;

/**
 * Every gap with its size, how much of it the visitor's drops explain, and whether it is late. Browsers drop the oldest first, so
 * the gaps that are open longest are explained first. Sizes are REAL: a stranger's numbers may be too large for a sum of integers.
 */
const STANDING = `
  WITH declared AS (SELECT visitor, total(count) AS count FROM dropped GROUP BY visitor),
  sized AS (
    SELECT *, last - first + 1.0 AS size,
      total(last - first + 1.0) OVER (PARTITION BY visitor ORDER BY since, happened, tab, first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM gaps
  ),
  standing AS (
    SELECT sized.*, since <= :edge AS late, max(0, min(size, coalesce(declared.count, 0) - before)) AS dropped
    FROM sized LEFT JOIN declared USING (visitor)
  )`;

/**
 * Which sequence numbers of each visitor and tab, or of a tab without a visitor, have arrived. Numbers begin at 1, so the beginning can be missing; what comes after
 * the highest number is not known. Only the gaps are kept, so what this costs grows with what is missing, not with what is stored.
 *
 * @param {import('@photostructure/sqlite').DatabaseSync} db with the table `dropped` of `deliveries.mjs`
 */
export function openSequences(db) {
  db.exec(TABLES);

  const selectHighest = db.prepare('SELECT highest FROM tabs WHERE visitor = ? AND tab = ?');
  const saveTab = db.prepare(`
    INSERT INTO tabs (visitor, tab, highest, user_id) VALUES (?, ?, ?, ?)
    ON CONFLICT (visitor, tab) DO UPDATE SET highest = max(highest, excluded.highest), user_id = coalesce(excluded.user_id, user_id)`);
  const selectGap = db.prepare('SELECT first, last, happened FROM gaps WHERE visitor = ? AND tab = ? AND first <= ? ORDER BY first DESC LIMIT 1');
  const insertGap = db.prepare('INSERT INTO gaps (visitor, tab, first, last, since, happened) VALUES (?, ?, ?, ?, ?, ?)');
  const deleteGap = db.prepare('DELETE FROM gaps WHERE visitor = ? AND tab = ? AND first = ?');

  /**
   * Notes that a number has arrived. A gap keeps when the later of its two neighbours arrived (`since`), and when the event after it
   * happened: the missing ones happened before.
   *
   * @param {{ visitor?: { id: string, user_id?: string }, tab: string, seq: number }} event
   * @param {number} receivedAt epoch milliseconds
   * @param {string} occurred when the event happened, as an ISO string
   */
  function arrive(event, receivedAt, occurred) {
    const { visitor, tab, seq } = event;
    const id = ownerOf(event);
    const highest = selectHighest.get(id, tab)?.highest ?? 0;
    saveTab.run(id, tab, seq, visitor?.user_id ?? null);
    if (seq > highest) {
      if (seq > highest + 1) insertGap.run(id, tab, highest + 1, seq - 1, receivedAt, occurred);
      return;
    }
    const gap = selectGap.get(id, tab, seq);
    if (!gap || gap.last < seq) return;
    deleteGap.run(id, tab, gap.first);
    if (gap.first < seq) insertGap.run(id, tab, gap.first, seq - 1, receivedAt, occurred);
    if (seq < gap.last) insertGap.run(id, tab, seq + 1, gap.last, receivedAt, gap.happened);
  }

  const selectHours = db.prepare(`
    ${STANDING} SELECT substr(happened, 1, 13) AS hour, total((size - dropped) * late) AS missing, total((size - dropped) * NOT late) AS in_flight, total(dropped) AS dropped
    FROM standing GROUP BY hour`);
  const selectTabs = db.prepare(`
    ${STANDING} SELECT visitor, tab, user_id, total((size - dropped) * late) AS missing, total((size - dropped) * NOT late) AS in_flight, total(dropped) AS dropped
    FROM standing JOIN tabs USING (visitor, tab) GROUP BY visitor, tab HAVING missing + in_flight > 0
    ORDER BY missing DESC, in_flight DESC LIMIT :limit`);
  const selectRanges = db.prepare('SELECT first, last FROM gaps WHERE visitor = ? AND tab = ? ORDER BY first LIMIT ?');

  return {
    arrive,
    /**
     * Numbers that have not arrived, by the hour in which the event after them happened: `missing`, `in_flight` or `dropped`.
     *
     * @param {number} edge gaps whose neighbours arrived after this are still in flight, in epoch milliseconds
     * @returns {{ hour: string, missing: number, in_flight: number, dropped: number }[]} `hour` as `2026-03-02T12`
     */
    gapsByHour: (edge) => selectHours.all({ edge }),
    /**
     * The tabs of which most is missing, with at most `limit` ranges [first, last] of skipped numbers each. Where some of them were
     * dropped, nobody knows which.
     */
    worstTabs: (edge, limit) => selectTabs.all({ edge, limit }).map((tab) => ({
      ...tab, anonymous: isAnonymous(tab.visitor), ranges: selectRanges.all(tab.visitor, tab.tab, limit).map(({ first, last }) => [first, last]),
    })),
  };
}
