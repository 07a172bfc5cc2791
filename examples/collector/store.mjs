import { DatabaseSync } from '@photostructure/sqlite';
import { occurredAt } from './event.mjs';

/** How long a write waits for another process that holds the file, in milliseconds. Short: this waits on the only thread. */
const BUSY_MS = 250;

/** What `latestVisitors` reads at most. Our choice: enough for a live page, read in a tenth of a second. */
const MAX_VISITORS = 200;
const MAX_EVENTS = 10_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS events (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    visitor TEXT NOT NULL,
    batch TEXT NOT NULL,
    received_at TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS events_by_visitor ON events (visitor, row);
  CREATE TABLE IF NOT EXISTS repeats (
    visitor TEXT NOT NULL,
    tab TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (visitor, tab, seq)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS visitors (
    id TEXT PRIMARY KEY,
    events INTEGER NOT NULL,
    last_row INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS visitors_by_last_row ON visitors (last_row);
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
  );`;

/**
 * The collector's tables in one SQLite file. All calls are synchronous; a call that fails throws and changes nothing.
 *
 * Events come back as they were completed, plus `received`: { row, at, occurred_at, batch_id }. `row` grows in order of arrival; a
 * repeated event may leave a number out.
 *
 * @param {string} file path of the database; created when it is missing
 */
export function openStore(file) {
  const db = new DatabaseSync(file);
  // WAL lets the live page read while a batch is written; FULL makes a commit survive a power cut.
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${TABLES}`);

  // Not INSERT OR IGNORE: that would pass over every broken constraint in silence, not just the repeated id.
  const insertEvent = db.prepare(`
    INSERT INTO events (id, visitor, batch, received_at, occurred_at, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`);
  // Two tabs may tell of one order, each under a number of its own: that number has arrived. A batch that came twice brings none.
  const saveRepeat = db.prepare(`
    INSERT INTO repeats (visitor, tab, seq) SELECT :visitor, :tab, :seq WHERE NOT EXISTS (
      SELECT 1 FROM events WHERE id = :id AND visitor = :visitor AND body ->> '$.tab' = :tab AND body ->> '$.seq' = :seq)
    ON CONFLICT DO NOTHING`);
  const countVisitor = db.prepare(`
    INSERT INTO visitors (id, events, last_row) VALUES (?, 1, ?)
    ON CONFLICT (id) DO UPDATE SET events = events + 1, last_row = excluded.last_row`);
  // A known id says nothing of what is in the batch: a later attempt keeps the id and may hold more events.
  const saveDelivery = db.prepare(`
    INSERT INTO batches (id, received_at, deliveries, attempt, durable, accepted, duplicates) VALUES (?, ?, 1, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET deliveries = deliveries + 1, attempt = max(attempt, excluded.attempt), durable = excluded.durable,
      accepted = accepted + excluded.accepted, duplicates = duplicates + excluded.duplicates`);
  // Browsers send running totals, and batches may overtake each other: the highest is the latest.
  const saveDropped = db.prepare(`
    INSERT INTO dropped (visitor, cause, count) VALUES (?, ?, ?)
    ON CONFLICT (visitor, cause) DO UPDATE SET count = max(count, excluded.count)`);
  const saveRefusal = db.prepare(`
    INSERT INTO refused (batch, event, reason, received_at) VALUES (?, ?, ?, ?) ON CONFLICT (event, reason) DO NOTHING`);

  /**
   * Stores one batch, all or nothing, and is on disk when it returns. An event whose id is there already is a duplicate: of that, only the
   * number is kept, where it is another one.
   */
  function save({ batch, events, refused, receivedAt }) {
    const at = new Date(receivedAt).toISOString();
    let accepted = 0;
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const event of events) {
        const occurred = occurredAt(event.time, batch.sent_at, receivedAt);
        const { changes, lastInsertRowid } = insertEvent.run(
          event.id, event.visitor.id, batch.batch_id, at, occurred, JSON.stringify(event));
        if (changes === 0) {
          const { id, visitor, tab, seq } = event;
          saveRepeat.run({ id, visitor: visitor.id, tab, seq });
          continue;
        }
        accepted += 1;
        countVisitor.run(event.visitor.id, lastInsertRowid);
      }
      for (const { id, reason } of refused) saveRefusal.run(batch.batch_id, id, reason, at);
      const duplicates = events.length - accepted;
      saveDelivery.run(batch.batch_id, at, batch.attempt, Number(batch.durable), accepted, duplicates);
      // The totals are of the visitor who is there now: after a reset, that is the last one in the batch.
      const visitor = batch.contexts.at(-1).visitor.id;
      for (const [cause, count] of Object.entries(batch.dropped)) saveDropped.run(visitor, cause, count);
      db.exec('COMMIT');
      return { accepted, duplicates };
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  const read = ({ body, row, received_at, occurred_at, batch }) =>
    ({ ...JSON.parse(body), received: { row, at: received_at, occurred_at, batch_id: batch } });

  const selectAfter = db.prepare('SELECT * FROM events WHERE row > ? ORDER BY row LIMIT ?');
  const selectLatest = db.prepare('SELECT * FROM (SELECT * FROM events ORDER BY row DESC LIMIT ?) ORDER BY row');
  const selectLastRow = db.prepare('SELECT coalesce(max(row), 0) AS row FROM events');
  const selectVisitors = db.prepare('SELECT id, events FROM visitors ORDER BY last_row DESC LIMIT ?');
  const selectOfVisitors = db.prepare(`
    SELECT * FROM events WHERE visitor IN (SELECT value FROM json_each(?)) ORDER BY row`);

  /**
   * Every event of the visitors seen last: at most `MAX_VISITORS` of them, and `MAX_EVENTS`. A visitor is in it with the
   * whole journey or not at all; one with more events than fit (a robot) is left out.
   */
  function latestVisitors() {
    const ids = [];
    let events = 0;
    for (const visitor of selectVisitors.all(MAX_VISITORS)) {
      if (events + visitor.events > MAX_EVENTS) continue;
      events += visitor.events;
      ids.push(visitor.id);
    }
    return selectOfVisitors.all(JSON.stringify(ids)).map(read);
  }

  const selectRepeats = db.prepare(`
    SELECT visitor, tab, seq FROM repeats WHERE visitor IN (SELECT value FROM json_each(?)) LIMIT ${MAX_EVENTS}`);

  /** Numbers under which these visitors' tabs sent events whose ids were stored already, as `{ visitor: { id }, tab, seq }`. At most `MAX_EVENTS`. */
  const repeatsOf = (visitors) =>
    selectRepeats.all(JSON.stringify(visitors)).map(({ visitor, tab, seq }) => ({ visitor: { id: visitor }, tab, seq }));

  // total(), not sum(): counts that a stranger made absurdly large then add up instead of failing.
  const selectTotals = db.prepare(`
    SELECT count(*) AS batches, total(deliveries) AS deliveries, total(accepted) AS events, total(duplicates) AS duplicates,
      coalesce(max(attempt), 0) AS highest_attempt, total(NOT durable) AS not_durable FROM batches`);
  const selectDropped = db.prepare('SELECT cause, total(count) AS count FROM dropped GROUP BY cause');
  const selectRefused = db.prepare('SELECT event AS id, reason, received_at FROM refused ORDER BY row DESC LIMIT 5');
  const countRefused = db.prepare('SELECT count(*) AS count FROM refused');

  /** Counts of everything ever received, `dropped` by cause over all visitors, and the latest refusals. */
  const delivery = () => ({
    ...selectTotals.get(),
    refused: countRefused.get().count,
    latest_refused: selectRefused.all(),
    dropped: Object.fromEntries(selectDropped.all().map(({ cause, count }) => [cause, count])),
  });

  return {
    save,
    delivery,
    latestVisitors,
    repeatsOf,
    /** At most `limit` events that arrived after `row`, in order of arrival. */
    eventsAfter: (row, limit) => selectAfter.all(row, limit).map(read),
    /** The `limit` events that arrived last, in order of arrival. */
    latestEvents: (limit) => selectLatest.all(limit).map(read),
    /** Row of the event that arrived last; 0 when there is none. */
    lastRow: () => selectLastRow.get().row,
    /** Closes the file, which then holds everything: it can be copied without its companions. */
    close() {
      // The driver lets go of the file only once its statements are collected as garbage, so SQLite's own tidying comes late.
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}
