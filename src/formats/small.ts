import { cloudevents } from './cloudevents.js';
import type { Format } from './format.js';
import { ndjson } from './ndjson.js';
import { plausible } from './plausible.js';
import { posthog } from './posthog.js';
import { umami } from './umami.js';

/** The small formats, with what makes them of their options. */
export const formatsByName: Readonly<Record<string, (options: never) => Format>> = { ndjson, cloudevents, posthog, umami, plausible };

/** All names that the script tag takes, as messages list them. */
export const formatNames = (): string => `waymark, ${Object.keys(formatsByName).join(', ')}`;
