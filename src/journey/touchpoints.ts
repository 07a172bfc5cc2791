/** One arrival from outside the site. */
export interface Touchpoint {
  /** When, as ISO 8601 in UTC. */
  time: string;
  channel: string;
  network: string | null;
  /** null: not known. */
  paid: boolean | null;
  /** The evidence; null where there was none (direct). */
  by: string | null;
  /** The visitor's stage from then on. */
  stage: string;
  /** `source`, `medium`, `name`, `term`, `content` and `id`, as far as there is room for them. */
  campaign?: Record<string, string> | undefined;
  /** The share that brought the visitor, and how many people passed it on. */
  share?: { token: string; depth: number } | undefined;
}

/** A value in few bytes: the place of a word; of an object, the places of its names and of its values. */
type Packed = number | readonly Packed[];

/** Touchpoints in few bytes: each word once, and per touchpoint the time and the places of its words. Plain JSON. */
export interface PackedTouchpoints {
  words: readonly unknown[];
  /** The first for ever, the last that was not direct, and the latest, oldest first. */
  touches: readonly (readonly [ms: number, ...Packed[]])[];
}

/** Touchpoints kept between the first and now. Our choice, with the design: more than most journeys have. */
const MAX_LATEST = 20;

/** Returns the touchpoints in full, oldest first. */
export function unpackTouchpoints({ words, touches }: PackedTouchpoints): Touchpoint[] {
  const unpack = (packed: Packed): unknown => {
    if (typeof packed === 'number') return words[packed];
    const [names, ...values] = packed as [number, ...Packed[]];
    return Object.fromEntries((words[names] as string[]).map((name, place) => [name, unpack(values[place]!)]));
  };
  return touches.map(([ms, ...packed]) => ({
    time: new Date(ms).toISOString(),
    ...(unpack(packed) as Omit<Touchpoint, 'time'>),
  }));
}

/** Returns the touchpoints packed. They are plain JSON. */
export function packTouchpoints(touchpoints: readonly Touchpoint[]): PackedTouchpoints {
  const words: string[] = [];
  const pack = (value: unknown): Packed => {
    // One by one: old versions of Prototype.js make a text of a list.
    const json = Array.isArray(value) ? `[${value.map((name) => JSON.stringify(name)).join()}]` : JSON.stringify(value);
    if (json.startsWith('{'))
      return [Object.keys(value as object), ...Object.values<unknown>(value as Record<string, unknown>)].map(pack);
    const place = words.indexOf(json);
    return place < 0 ? words.push(json) - 1 : place;
  };
  const touches = touchpoints.map(({ time, ...rest }) => [Date.parse(time), ...(pack(rest) as Packed[])] as const);
  return { words: JSON.parse(`[${words.join()}]`) as unknown[], touches };
}

/** Returns the touchpoint that what happens now is credited to: the latest that was not direct, else the latest. */
export const creditedTouchpoint = (touchpoints: readonly Touchpoint[]): Touchpoint | undefined =>
  touchpoints.filter(({ channel }) => channel !== 'direct').pop() ?? touchpoints[touchpoints.length - 1];

/** Returns those of the touchpoints that are kept, in order, each once: the first, the last that was not direct, the latest. */
export function keepTouchpoints(touchpoints: readonly Touchpoint[]): Touchpoint[] {
  // As texts, they are in order of time; one whose campaign was left out for want of room comes after the same one in full.
  const texts = touchpoints.map((touchpoint) => JSON.stringify(touchpoint)).sort();
  const withoutCampaign = (json: string) => json.replace(/,"campaign".*|}$/, '');
  const all = texts
    .filter((json, index) => withoutCampaign(json) !== withoutCampaign(texts[index - 1] ?? ''))
    .map((json) => JSON.parse(json) as Touchpoint);
  const credited = creditedTouchpoint(all);
  return all.filter((touchpoint, index) => !index || touchpoint === credited || index >= all.length - MAX_LATEST);
}
