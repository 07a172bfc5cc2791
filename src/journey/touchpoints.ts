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

/** Touchpoints in few bytes: each word once, and per touchpoint the time and the places of its words. Plain JSON. */
export interface PackedTouchpoints {
  words: readonly unknown[];
  /** The first for ever, the last that was not direct, and the latest, oldest first. */
  touches: readonly (readonly number[])[];
}

/** Touchpoints kept between the first and now. Our choice, with the design: more than most journeys have. */
const MAX_LATEST = 20;
/** What is packed beside the time, the campaign's own fields last. Only ever added to at the end: stored journeys are read by it. */
const FIELDS = 'channel network paid by stage share source medium name term content id'.split(' ');
const CAMPAIGN = 6;

/** Returns one packed touchpoint in full. */
function unpack(words: PackedTouchpoints['words'], [time = 0, ...places]: readonly number[]): Touchpoint {
  const known = FIELDS.map((field, index) => [field, words[places[index]!]] as const);
  const campaign = known.slice(CAMPAIGN).filter(([, word]) => word !== undefined);
  return {
    time: new Date(time).toISOString(),
    ...(Object.fromEntries(known.slice(0, CAMPAIGN)) as unknown as Omit<Touchpoint, 'time'>),
    campaign: campaign.length ? (Object.fromEntries(campaign) as Record<string, string>) : undefined,
  };
}

/** Returns the touchpoints in full, oldest first. */
export const unpackTouchpoints = ({ words, touches }: PackedTouchpoints): Touchpoint[] => touches.map((touch) => unpack(words, touch));

/** Returns the touchpoints packed. */
export function packTouchpoints(touchpoints: readonly Touchpoint[]): PackedTouchpoints {
  const words: string[] = [];
  const place = (word: unknown) => {
    if (word === undefined) return -1;
    const json = JSON.stringify(word);
    const known = words.indexOf(json);
    return known < 0 ? words.push(json) - 1 : known;
  };
  const touches = touchpoints.map((touchpoint) => {
    const all: Record<string, unknown> = { ...touchpoint.campaign, ...touchpoint };
    const places = FIELDS.map((field) => place(all[field]));
    while (places[places.length - 1] === -1) places.pop();
    return [Date.parse(touchpoint.time), ...places];
  });
  return { words: JSON.parse(`[${words}]`) as unknown[], touches };
}

/** What was credited last, by the list that it is from: every event asks. */
const credited = new WeakMap<object, Touchpoint | undefined>();

/** Returns the touchpoint that what happens now is credited to: the latest that was not direct, else the latest. */
export function creditedTouchpoint({ words, touches }: PackedTouchpoints): Touchpoint | undefined {
  if (!credited.has(touches)) {
    const touch = touches.filter(([, channel]) => words[channel!] !== 'direct').pop() ?? touches[touches.length - 1];
    credited.set(touches, touch && unpack(words, touch));
  }
  return credited.get(touches);
}

/** Returns those of the touchpoints that are kept, in order, each once: the first, the last that was not direct, the latest. */
export function keepTouchpoints(touchpoints: readonly Touchpoint[]): Touchpoint[] {
  // As texts, they are in order of time; one whose campaign was left out for want of room comes after the same one in full.
  const sorted = touchpoints.map((touchpoint) => JSON.stringify(touchpoint)).sort().map((json) => JSON.parse(json) as Touchpoint);
  const keyOf = ({ time, channel, network }: Touchpoint) => `${time} ${channel} ${network}`;
  const all = sorted.filter((touchpoint, index) => !index || keyOf(touchpoint) !== keyOf(sorted[index - 1]!));
  const known = all.filter(({ channel }) => channel !== 'direct').pop();
  return all.filter((touchpoint, index) => !index || touchpoint === known || index >= all.length - MAX_LATEST);
}
