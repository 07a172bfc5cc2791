import { DatabaseSync } from '@photostructure/sqlite';
import { openDeliveries } from './deliveries.mjs';
import { occurredAt, ownerOf } from './event.mjs';

/** How long a write waits for another process that holds the file, in milliseconds. Short: this waits on the only thread. */
const BUSY_MS = 250;

/** What `latestVisitors` reads at most of visitors, and as much of page views without identifiers. Our choice: enough for a live page, read in a tenth of a second. */
const MAX_VISITORS = 200;
const MAX_EVENTS = 10_000;

/** How far back the events of a page view are looked for, among the visitor's latest. Our choice: a page view with more is a robot's. */
const MAX_OF_PAGE = 200;

/** Which rows of `visitors` are a page view without identifiers: `isAnonymous`, for the database. */
const IS_STAND_IN = "id GLOB 'tab *'";

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
  CREATE TABLE IF NOT EXISTS visitors (
    id TEXT PRIMARY KEY,
    events INTEGER NOT NULL,
    last_row INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS known_by_last_row ON visitors (last_row) WHERE NOT (${IS_STAND_IN});
  CREATE INDEX IF NOT EXISTS stand_ins_by_last_row ON visitors (last_row) WHERE ${IS_STAND_IN};
  DROP INDEX IF EXISTS visitors_by_last_row;
  CREATE TABLE IF NOT EXISTS readers (
    name TEXT PRIMARY KEY,
    row INTEGER NOT NULL
  );`;

/** The form of the tables, kept in the file. 1: with the books of `deliveries.mjs`, which are made from the events of an older file. */
const VERSION = 1;

/** Events read at a time while the books of an older file are made. Our choice. */
const REBUILD_PAGE = 1000;

/**
 * The collector's tables in one SQLite file. All calls are synchronous; a call that fails throws and changes nothing.
 *
 * `visitor` of a row is whose it is (`ownerOf`): page views without identifiers have a row of their own.
 * Events come back as they were completed, plus `received`: { row, at, occurred_at, batch_id }. `row` grows in order of arrival; a
 * repeated event may leave a number out. `page.title` of an event without one is what `engagement` of the same page view tells.
 *
 * @param {string} file path of the database; created when it is missing
 * @param {{ isOnlyCopy?: boolean }} [options] whether nobody else has the events; default: true. Else the file need not outlive a power cut
 */
export function openStore(file, { isOnlyCopy = true } = {}) {
  const db = new DatabaseSync(file);
  // WAL lets the live page read while a batch is written; FULL makes a commit survive a power cut, NORMAL the end of the process.
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${isOnlyCopy ? 'FULL' : 'NORMAL'}; ${TABLES}`);
  const deliveries = openDeliveries(db);
  if (versionOf(db) < VERSION) transact(() => rebuild(db, deliveries));

  // Not INSERT OR IGNORE: that would pass over every broken constraint in silence, not just the repeated id.
  const insertEvent = db.prepare(`
    INSERT INTO events (id, visitor, batch, received_at, occurred_at, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`);
  const selectTime = db.prepare('SELECT occurred_at FROM events WHERE id = ?');
  const countVisitor = db.prepare(`
    INSERT INTO visitors (id, events, last_row) VALUES (?, 1, ?)
    ON CONFLICT (id) DO UPDATE SET events = events + 1, last_row = excluded.last_row`);

  const selectTitle = db.prepare(`
    SELECT body ->> '$.page.title' AS title FROM (SELECT body FROM events WHERE visitor = ? ORDER BY row DESC LIMIT ${MAX_OF_PAGE})
    WHERE body ->> '$.name' = 'engagement' AND body ->> '$.page.id' = ? AND title IS NOT NULL LIMIT 1`);
  const giveTitle = db.prepare(`
    UPDATE events SET body = json_set(body, '$.page.title', ?)
    WHERE row IN (SELECT row FROM events WHERE visitor = ? ORDER BY row DESC LIMIT ${MAX_OF_PAGE})
      AND body ->> '$.page.id' = ? AND body ->> '$.page.title' IS NULL`);

  /** Gives page views that have none the title that `engagement` tells at their end, whichever of the two came first. */
  function takeOverTitles(events) {
    const pages = new Map();
    for (const event of events) {
      const { name, page } = event;
      if (page && (page.title === undefined || name === 'engagement')) pages.set(`${ownerOf(event)} ${page.id}`, [ownerOf(event), page.id]);
    }
    for (const [owner, id] of pages.values()) {
      const found = selectTitle.get(owner, id);
      if (found) giveTitle.run(found.title, owner, id);
    }
  }

  /** Runs a change, all or nothing. */
  function transact(change) {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = change();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Stores one batch, all or nothing, and is on disk when it returns. An event whose id is there already is a duplicate. */
  const save = (verdict) => transact(() => {
    const { batch, events, refused, owner, receivedAt } = verdict;
    const at = new Date(receivedAt).toISOString();
    let accepted = 0;
    for (const event of events) {
      const occurred = occurredAt(event.time, batch.sent_at, receivedAt);
      const { changes, lastInsertRowid } = insertEvent.run(
        event.id, ownerOf(event), batch.batch_id, at, occurred, JSON.stringify(event));
      if (changes === 0) {
        deliveries.repeat(event, receivedAt, occurred, selectTime.get(event.id).occurred_at);
        continue;
      }
      accepted += 1;
      countVisitor.run(ownerOf(event), lastInsertRowid);
      deliveries.deliver(event, receivedAt, occurred);
    }
    takeOverTitles(events);
    for (const { id, reason, time, event } of refused) {
      deliveries.refuse({ batch: batch.batch_id, id, reason, event }, receivedAt, occurredAt(time ?? batch.sent_at, batch.sent_at, receivedAt));
    }
    const duplicates = events.length - accepted;
    deliveries.settle(batch, { at, accepted, duplicates, owner });
    return { accepted, duplicates };
  });

  const read = ({ body, row, received_at, occurred_at, batch }) =>
    ({ ...JSON.parse(body), received: { row, at: received_at, occurred_at, batch_id: batch } });

  const selectAfter = db.prepare('SELECT * FROM events WHERE row > ? ORDER BY row LIMIT ?');
  const selectLatest = db.prepare('SELECT * FROM (SELECT * FROM events ORDER BY row DESC LIMIT ?) ORDER BY row');
  const selectLastRow = db.prepare('SELECT coalesce(max(row), 0) AS row FROM events');
  // Apart, each with an index of its own: many page views without identifiers must not push the visitors out.
  // The index is named: the database would rather read all that is anonymous by its id, and sort it.
  const selectOwners = [['known_by_last_row', `NOT (${IS_STAND_IN})`], ['stand_ins_by_last_row', IS_STAND_IN]].map(([index, which]) =>
    db.prepare(`SELECT id, events FROM visitors INDEXED BY ${index} WHERE ${which} ORDER BY last_row DESC LIMIT ${MAX_VISITORS}`));
  const selectOfVisitors = db.prepare(`
    SELECT * FROM events WHERE visitor IN (SELECT value FROM json_each(?)) ORDER BY row`);

  /**
   * Every event of the visitors seen last, and of the latest page views without identifiers: at most `MAX_VISITORS` of each, and
   * `MAX_EVENTS`. A visitor is in it with the whole journey or not at all; one with more events than fit (a robot) is left out.
   */
  function latestVisitors() {
    const ids = [];
    for (const select of selectOwners) {
      let events = 0;
      for (const owner of select.all()) {
        if (events + owner.events > MAX_EVENTS) continue;
        events += owner.events;
        ids.push(owner.id);
      }
    }
    return selectOfVisitors.all(JSON.stringify(ids)).map(read);
  }

  const selectKnown = db.prepare('SELECT id FROM batches WHERE id IN (SELECT value FROM json_each(?))');

  const selectReader = db.prepare('SELECT row FROM readers WHERE name = ?');
  const saveReader = db.prepare('INSERT INTO readers (name, row) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET row = excluded.row');

  return {
    save,
    /** Up to which row a reader has read; 0 where it is new. */
    readerAt: (name) => selectReader.get(name)?.row ?? 0,
    moveReader: (name, row) => void saveReader.run(name, row),
    /** Those of the given batch ids that are stored. */
    knownBatches: (ids) => selectKnown.all(JSON.stringify(ids)).map(({ id }) => id),
    /** What was delivered and what was not, at a moment in epoch milliseconds: `report` of `deliveries.mjs`. */
    delivery: deliveries.report,
    latestVisitors,
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

const versionOf = (db) => db.prepare('PRAGMA user_version').get().user_version;

/**
 * Makes the books of a file that has none from what it has stored. How often events were repeated is known for all of its time together,
 * not by the hour; what is missing in it has been missing for long.
 */
function rebuild(db, deliveries) {
  if (versionOf(db) >= VERSION) return; // another process was faster
  const select = db.prepare(`
    SELECT row, visitor AS id, body ->> '$.visitor.user_id' AS user_id, body ->> '$.tab' AS tab, body ->> '$.seq' AS seq, received_at, occurred_at
    FROM events WHERE row > ? ORDER BY row LIMIT ${REBUILD_PAGE}`);
  for (let page = select.all(0); page.length > 0; page = select.all(page.at(-1).row)) {
    for (const { id, user_id, tab, seq, received_at, occurred_at } of page) {
      deliveries.deliver({ visitor: { id, user_id }, tab, seq }, Date.parse(received_at), occurred_at);
    }
  }
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'repeats'").get()) {
    for (const { visitor, tab, seq } of db.prepare('SELECT visitor, tab, seq FROM repeats').all()) deliveries.know({ visitor: { id: visitor }, tab, seq });
    db.exec('DROP TABLE repeats');
  }
  db.exec(`
    INSERT INTO hours (hour, refused) SELECT substr(received_at, 1, 13), count(*) FROM refused WHERE true GROUP BY 1
      ON CONFLICT (hour) DO UPDATE SET refused = excluded.refused;
    PRAGMA user_version = ${VERSION}`);
}
