import { isIPv6 } from 'node:net';

/** Clients remembered at most; the one heard of longest ago is forgotten first. Our choice: about 10 MB. */
const MAX_CLIENTS = 50_000;

const MINUTE_MS = 60_000;

/**
 * Tells each client when it sends too much. A client may send a minute's worth at once, and then as it is earned.
 *
 * @param {object} options
 * @param {number} options.perMinute requests of one client in a minute; 0: no limit
 * @param {() => number} options.now milliseconds
 * @returns {(client: string) => number} how long the client must wait before this request, in seconds; 0: go on
 */
export function createRateLimit({ perMinute, now }) {
  if (perMinute === 0) return () => 0;
  const clients = new Map();
  return (client) => {
    const key = networkOf(client);
    const at = now();
    const before = clients.get(key);
    // A clock that is set back takes nothing away.
    const earned = before ? (Math.max(0, at - before.at) * perMinute) / MINUTE_MS : 0;
    const left = Math.min(perMinute, (before?.left ?? perMinute) + earned);
    // Anew, so that the first of the map is the one heard of longest ago.
    clients.delete(key);
    clients.set(key, { left: left >= 1 ? left - 1 : left, at });
    if (clients.size > MAX_CLIENTS) clients.delete(clients.keys().next().value);
    return left >= 1 ? 0 : Math.ceil(((1 - left) * 60) / perMinute);
  };
}

/** A client by its address. One household has a whole /64 of IPv6 addresses (RFC 6177), and may change them at will. */
function networkOf(address) {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head, tail] = address.split('::');
  const groups = head.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail ? tail.split(':').length : 0);
  return [...groups, ...Array(zeros).fill('0')].slice(0, 4).join(':');
}

/** Between two looks at the clock, in milliseconds. Our choice. */
const LOOK_MS = 100;

/**
 * Watches how long whoever comes now must wait for the only thread: storing keeps it busy, and what has not had its turn is not seen
 * until then.
 *
 * @returns {{ waitMs: () => number, stop: () => void }}
 */
export function watchWait() {
  let due = performance.now() + LOOK_MS;
  let last = 0;
  const timer = setInterval(() => {
    last = performance.now() - due;
    due = performance.now() + LOOK_MS;
  }, LOOK_MS);
  timer.unref();
  return { waitMs: () => Math.max(last, performance.now() - due), stop: () => clearInterval(timer) };
}

/**
 * Bounds what is in work at a time: requests, and the bytes of their bodies.
 *
 * @param {{ maxRequests: number, maxBytes: number }} bounds
 */
export function createBackPressure({ maxRequests, maxBytes }) {
  const inWork = { requests: 0, bytes: 0 };
  return {
    /**
     * Takes a request in, if there is room for it; one alone is always taken.
     *
     * @param {number} bytes length of its body, or how long it may get
     * @returns {(() => void) | undefined} to be called once the request is answered; undefined: no room
     */
    enter(bytes) {
      if (inWork.requests > 0 && (inWork.requests >= maxRequests || inWork.bytes + bytes > maxBytes)) return undefined;
      inWork.requests += 1;
      inWork.bytes += bytes;
      return () => {
        inWork.requests -= 1;
        inWork.bytes -= bytes;
      };
    },
  };
}
