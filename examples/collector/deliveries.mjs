import { openSequences } from './sequences.mjs';

/**
 * How long a skipped number may still be on its way after the later of its neighbours has arrived, in milliseconds: 10 minutes,
 * the longest that Waymark waits between two attempts where no `Retry-After` asks for more.
 */
export const IN_FLIGHT_MS = 10 * 60_000;

/** Hours told one by one. */
const SHOWN_HOURS = 24;
const HOUR_MS = 3_600_000;

/** What the live page can hold without becoming unreadable. Our choice. */
const SHOWN_TABS = 20;
const SHOWN_CAUSES = 12;

const TABLES = `
  CREATE TABLE IF NOT EXISTS batches (
    id TEXT PRIMARY KEY,
    received_at TEXT NOT NULL,
    deliveries INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    durable INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    duplicates INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS dropped (
    visitor TEXT NOT NULL,
    cause TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (visitor, cause)
  );
  CREATE TABLE IF NOT EXISTS refused (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    batch TEXT NOT NULL,
    event TEXT,
    reason TEXT NOT NULL,
    received_at TEXT NOT NULL,
    UNIQUE (event, reason)
  );
  CREATE TABLE IF NOT EXISTS hours (
    hour TEXT PRIMARY KEY,
    delivered INTEGER NOT NULL DEFAULT 0,
    repeated INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;`;

/** The hour of an ISO time, as `2026-03-02T12`. */
const hourOf = (iso) => iso.slice(0, 13);

/** The share of events that are here; null where there were none. What is in flight or refused counts on neither side. */
const completeness = ({ delivered, missing, dropped }) => {
  const all = delivered + missing + dropped;
  return all === 0 ? null : delivered / all;
};

/**
 * What was delivered, and what was not: the books of the collector, in the tables of its database.
 *
 * @param {import('@photostructure/sqlite').DatabaseSync} db
 */
export function openDeliveries(db) {
  db.exec(TABLES);
  const sequences = openSequences(db);

  // A known id says nothing of what is in the batch: a later attempt keeps the id and may hold more events.
  const saveBatch = db.prepare(`
    INSERT INTO batches (id, received_at, deliveries, attempt, durable, accepted, duplicates) VALUES (?, ?, 1, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET deliveries = deliveries + 1, attempt = max(attempt, excluded.attempt), durable = excluded.durable,
      accepted = accepted + excluded.accepted, duplicates = duplicates + excluded.duplicates`);
  // Browsers send running totals, and batches may overtake each other: the highest is the latest.
  const saveDropped = db.prepare(`
    INSERT INTO dropped (visitor, cause, count) VALUES (?, ?, ?)
    ON CONFLICT (visitor, cause) DO UPDATE SET count = max(count, excluded.count)`);
  // A reason names the place in the batch, which is another one when the event comes again: the id tells.
  const saveRefusal = db.prepare(`
    INSERT INTO refused (batch, event, reason, received_at) SELECT :batch, :event, :reason, :at
    WHERE NOT EXISTS (SELECT 1 FROM refused WHERE event = :event)`);
  const countHour = Object.fromEntries(['delivered', 'repeated', 'refused'].map((kind) => [kind, db.prepare(`
    INSERT INTO hours (hour, ${kind}) VALUES (?, 1) ON CONFLICT (hour) DO UPDATE SET ${kind} = ${kind} + 1`)]));

  /** An event is stored. */
  function deliver(event, receivedAt, occurred) {
    countHour.delivered.run(hourOf(occurred));
    sequences.arrive(event, receivedAt, occurred);
  }

  /** An event came whose id is stored; `first` is when that one happened. The number may be another one: two tabs may tell of one order. */
  function repeat(event, receivedAt, occurred, first) {
    countHour.repeated.run(hourOf(first));
    sequences.arrive(event, receivedAt, occurred);
  }

  /** A number arrived long ago, it is not known when. */
  const know = (event) => sequences.arrive(event, 0, new Date(0).toISOString());

  /** An event is refused. `event` is what could be read of it: null where that is not enough to know its number. */
  function refuse({ batch, id, reason, event }, receivedAt, occurred) {
    const { changes } = saveRefusal.run({ batch, event: id, reason, at: new Date(receivedAt).toISOString() });
    if (changes === 0) return;
    countHour.refused.run(hourOf(occurred));
    if (event) sequences.arrive(event, receivedAt, occurred);
  }

  /** A batch is done with. `owner` is whose totals `dropped` are; undefined where that could not be read. */
  function settle({ batch_id, attempt, durable, dropped }, { at, accepted, duplicates, owner }) {
    saveBatch.run(batch_id, at, attempt, Number(durable), accepted, duplicates);
    if (!owner) return;
    for (const [cause, count] of Object.entries(dropped)) if (count > 0) saveDropped.run(owner, cause, count);
  }

  // total(), not sum(): counts that a stranger made absurdly large then add up instead of failing.
  const selectBatches = db.prepare(`
    SELECT count(*) AS batches, total(deliveries) AS deliveries, total(accepted) AS events, total(duplicates) AS duplicates,
      coalesce(max(attempt), 0) AS highest_attempt, total(NOT durable) AS not_durable FROM batches`);
  const selectDropped = db.prepare('SELECT total(count) AS count FROM dropped');
  const selectCauses = db.prepare(`SELECT cause, total(count) AS count FROM dropped GROUP BY cause ORDER BY count DESC, cause LIMIT ${SHOWN_CAUSES}`);
  const selectRefused = db.prepare('SELECT event AS id, reason, received_at FROM refused ORDER BY row DESC LIMIT 5');
  const countRefused = db.prepare('SELECT count(*) AS count FROM refused');
  const selectHours = db.prepare('SELECT * FROM hours WHERE hour >= ?');

  /** The last hours, the latest first, from the first in which there was anything. */
  function lastHours(gaps, now) {
    const latest = Math.floor(now / HOUR_MS) * HOUR_MS;
    const hours = Array.from({ length: SHOWN_HOURS }, (_, index) => {
      const hour = new Date(latest - index * HOUR_MS).toISOString();
      return { hour, delivered: 0, missing: 0, in_flight: 0, dropped: 0, refused: 0, repeated: 0 };
    });
    const known = new Map(hours.map((entry) => [hourOf(entry.hour), entry]));
    for (const { hour, ...figures } of [...selectHours.all(hourOf(hours.at(-1).hour)), ...gaps]) Object.assign(known.get(hour) ?? {}, figures);
    const first = hours.findLastIndex(({ hour, ...figures }) => Object.values(figures).some((figure) => figure > 0));
    return hours.slice(0, first + 1).map((entry) => ({ ...entry, completeness: completeness(entry) }));
  }

  /**
   * Counts of everything ever received, and of the last hours one by one. An event belongs to the hour in which it happened; a
   * skipped number to that of the event after it.
   *
   * @param {number} now epoch milliseconds
   */
  function report(now) {
    const edge = now - IN_FLIGHT_MS;
    const batches = selectBatches.get();
    const gaps = sequences.gapsByHour(edge);
    const sum = (kind) => gaps.reduce((all, gap) => all + gap[kind], 0);
    const [missing, dropped] = [sum('missing'), selectDropped.get().count];
    return {
      ...batches,
      missing,
      in_flight: sum('in_flight'),
      in_flight_ms: IN_FLIGHT_MS,
      dropped_in_all: dropped,
      dropped: Object.fromEntries(selectCauses.all().map(({ cause, count }) => [cause, count])),
      refused: countRefused.get().count,
      latest_refused: selectRefused.all(),
      completeness: completeness({ delivered: batches.events, missing, dropped }),
      gaps: sequences.worstTabs(edge, SHOWN_TABS),
      hours: lastHours(gaps, now),
    };
  }

  return { deliver, repeat, know, refuse, settle, report };
}
