/** A request as it reached the collector, to its last byte. */
export interface ArrivedRequest {
  /** Path and query. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** One event in a request. */
export interface ArrivedEvent {
  /** What a collector tells copies of one event by. */
  id: string;
  name: string;
  /** The number that the runner put into the event's properties; undefined for events that the tracker made by itself. */
  n?: number | undefined;
  /** Its place among the events of one visitor and tab, counted from 1, where the tracker numbers them. */
  place?: { series: string; seq: number };
}

/** What the kit has to know of a tracker. */
export interface Adapter {
  name: string;
  /** HTML for a page's head, before `head`: makes early calls wait for the tracker. Default: none. */
  stub?: string;
  /** Returns HTML for a page's head that loads the tracker and sends to `collector`: a URL, or a path on the shop's host. */
  head(collector: string): string;
  /** Files that `head` loads from the shop's host, by path. */
  files?: Record<string, () => Promise<Buffer> | Buffer>;
  /** Returns a JavaScript expression that fires one event. `properties` is a JavaScript expression, too. */
  track(name: string, properties: string): string;
  /** A JavaScript expression that is true once the tracker has loaded. */
  ready: string;
  /** Returns the events in a request. May throw where it is none of the tracker's. */
  parse(request: ArrivedRequest): ArrivedEvent[];
  /** Returns how many events of whom a request declares lost, in all until then. Default: none. */
  dropped?(request: ArrivedRequest): { visitor: string; count: number } | undefined;
  /** Returns the answer of a collector that has taken a request and is well; `kept` are the requests that it has kept until then. Default: 204. */
  answer?(request: ArrivedRequest, kept: readonly ArrivedRequest[]): { status: number; headers?: Record<string, string>; body?: string };
  /** Returns what else is worth knowing of a request, for who looks for a cause. */
  describe?(request: ArrivedRequest): string;
  /** Most bytes of properties that the tracker takes in one event. Default: no bound. */
  largestBytes?: number;
  /** Whether it keeps events that were not sent: only then is there something to wait for. Default: true. */
  keeps?: boolean;
}
