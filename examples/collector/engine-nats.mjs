import { AckPolicy, connect, nanos } from 'nats';

/** How long an acknowledgement may take, in milliseconds. Our choice: a cluster that has lost its leader chooses another in less. */
const ACK_MS = 5000;

/** Between two tries to connect, in milliseconds. Our choice. */
const RECONNECT_MS = 500;

/** How long JetStream recognises an id, in minutes: the longest that Waymark waits between two attempts where no `Retry-After` asks for more. */
const WINDOW_MINUTES = 10;

/** Messages moved at a time, and how long a batch of them waits to be full, in milliseconds. Our choice. */
const MOVED = 1000;
const FETCH_MS = 1000;

/** `nats://user:password@one:4222,two:4222/stream?replicas=3&window=10`, of which only one host is needed. */
function readAddress(address) {
  const [, user, hosts, stream, query] = /^nats:\/\/(?:([^@/?]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(address) ?? [];
  const servers = hosts?.split(',') ?? [];
  const options = new URLSearchParams(query);
  const replicas = Number(options.get('replicas') ?? (servers.length >= 3 ? 3 : 1));
  const minutes = Number(options.get('window') ?? WINDOW_MINUTES);
  const name = stream || 'waymark';
  if (!hosts || !/^\w+$/.test(name) || !(replicas >= 1) || !(minutes > 0)) throw new TypeError('--store takes nats://HOST:PORT,HOST:PORT/STREAM?replicas=NUMBER&window=MINUTES');
  const [login, pass] = user?.split(':').map(decodeURIComponent) ?? [];
  return { servers, name, replicas, minutes, login: { ...(login !== undefined && { user: login, pass }) } };
}

/** A connection that is tried for ever, and the stream in it, made where it is missing. `up` says whether it is connected now. */
function openStream(address) {
  const { servers, name, replicas, minutes, login } = readAddress(address);
  let connection;
  let up = false;
  const connecting = connect({ servers, ...login, waitOnFirstConnect: true, maxReconnectAttempts: -1, reconnectTimeWait: RECONNECT_MS, reconnectJitter: 0, timeout: ACK_MS });
  connecting.then(async (opened) => {
    connection = opened;
    up = true;
    for await (const { type } of opened.status()) {
      if (type === 'disconnect' || type === 'reconnect') up = type === 'reconnect';
    }
  }, () => {}); // It was closed before it was up.

  let made;
  const ensure = async () => {
    const manager = await connection.jetstreamManager({ checkAPI: false, timeout: ACK_MS });
    await manager.streams.info(name).catch((error) => {
      if (error.api_error?.err_code !== 10059) throw error; // 10059: no such stream
      return manager.streams.add({ name, subjects: [`${name}.events`], num_replicas: replicas, duplicate_window: nanos(minutes * 60_000) });
    });
    return manager;
  };
  return {
    name,
    /** The connection, with the stream in it; rejects while either is not there. */
    async ready() {
      if (!up) throw new Error(`NATS at ${servers.join(', ')} cannot be reached`);
      made ??= ensure().catch((error) => {
        made = undefined;
        throw error;
      });
      return { connection, manager: await made };
    },
    close: async () => (connection ? connection.close() : connecting.then((late) => late.close(), () => {})),
  };
}

/**
 * NATS JetStream as the place where events are safe: a batch is acknowledged once the stream has acknowledged each event, which a
 * cluster does when most of its nodes have it. The event's id is the message's, so what comes again within the window is not kept twice.
 *
 * @param {string} address `nats://HOST:PORT,HOST:PORT/STREAM?replicas=NUMBER&window=MINUTES`; default stream: `waymark`; default replicas: 3
 *   where three hosts are named, else 1
 * @returns {import('./engines.mjs').Engine}
 */
export function openNats(address) {
  const stream = openStream(address);
  return {
    async append(events) {
      const { connection } = await stream.ready();
      const client = connection.jetstream({ timeout: ACK_MS });
      await Promise.all(events.map((event) => client.publish(`${stream.name}.events`, JSON.stringify(event), { msgID: event.id })));
    },
    // Nobody waits for a server that never was there.
    close: async () => void stream.close(),
  };
}

/**
 * Hands the events of a stream on, for ever and from where the last reader of this name stopped: those that `take` has not taken come again.
 *
 * @param {string} address as for `openNats`
 * @param {string} reader its name; readers of one name share the work
 * @param {(events: any[]) => Promise<unknown>} take
 * @param {{ signal: AbortSignal, log: (message: string, error: unknown) => void }} options
 */
export async function readNats(address, reader, take, { signal, log }) {
  const stream = openStream(address);
  const pause = () => new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  while (!signal.aborted) {
    let messages = [];
    try {
      const { connection, manager } = await stream.ready();
      await manager.consumers.add(stream.name, { durable_name: reader, ack_policy: AckPolicy.Explicit, max_ack_pending: MOVED });
      const consumer = await connection.jetstream({ timeout: ACK_MS }).consumers.get(stream.name, reader);
      while (!signal.aborted) {
        messages = [];
        for await (const message of await consumer.fetch({ max_messages: MOVED, expires: FETCH_MS })) messages.push(message);
        if (messages.length === 0) continue;
        await take(messages.map((message) => message.json()));
        for (const message of messages) message.ack();
        await connection.flush();
      }
    } catch (error) {
      for (const message of messages) message.nak();
      log('Events could not be moved; they stay in the stream and are tried again.', error);
      await pause();
    }
  }
  void stream.close();
}
