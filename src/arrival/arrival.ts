import { classify, type Landing, type LandingInput } from './classify.js';

/** How a visit came, as its event says it. */
export interface Arrival {
  /** Name of the event. */
  name: string;
  properties: Pick<Landing, 'channel' | 'network' | 'paid' | 'by' | 'confidence' | 'share'> & {
    campaign?: object | undefined;
    click_ids?: object | undefined;
    /** `false`: what tells arrivals apart could not be loaded, so the channel is `other`. */
    classified?: false | undefined;
  };
  inApp?: Landing['inApp'];
}

/** Takes out of a text what must not be told of a person. */
export type Clean = (text: string) => string;

/** Returns the values that can be told; undefined where there are none. */
const cleaned = (values: object = {}, clean: Clean): object | undefined => {
  const entries = Object.entries(values) as [string, string][];
  return entries.length ? Object.fromEntries(entries.map(([name, value]) => [name, clean(value)])) : undefined;
};

/**
 * Tells how a visit came; a link that somebody shared counts before everything else.
 *
 * @param shared what the share says whose link it was, if it was one's
 */
export function readArrival(visit: LandingInput, clean: Clean, shared?: Partial<Arrival['properties']>): Arrival {
  const { inApp, clickIds, campaign, ...found } = classify(visit);
  const properties: Arrival['properties'] = {
    ...found,
    campaign: cleaned(campaign, clean),
    // Most click ids look like a key.
    click_ids: cleaned(clickIds, (value) => (/@|%(25)*40/.test(value) ? clean(value) : value)),
    ...(found.channel !== 'internal' && shared),
  };
  return { name: /soc|mess|inf|shar/.test(properties.channel) ? 'social_landing' : 'landing', properties, inApp };
}
