import { readClues, type Clues } from './clues.js';
import type { Channel, Landing, LandingInput } from './landing-types.js';
import type { Entry } from './network-index.js';

export type * from './landing-types.js';

const CHANNELS: Record<string, string> = {
  messaging: 'messaging',
  search: 'organic_search',
  ai: 'ai_assistant',
  email: 'email',
  ads: 'display',
  affiliate: 'affiliate',
  shopping: 'referral',
  reviews: 'referral',
};
/** The channel of a visit from a network that nobody paid for. */
const channelOf = ({ category }: Entry) => CHANNELS[category] ?? 'organic_social';

/** What is decided of an arrival: channel, evidence, network; whether it was paid for as the evidence says, or else as the channel says; whether that is only a hint. */
type Decision = [channel: string, by: Landing['by'], origin?: Entry, paid?: boolean | null, isHint?: boolean];

/** By a medium, or what stands for it, that says all. */
function byMedium({ classes, named, referring }: Clues): Decision | undefined {
  const decided = classes.find((name) => !/^(paid|display|messaging|referral)$|organic/.test(name));
  if (!decided) return undefined;
  const origin = named ?? (/^(shared|ai)/.test(decided) ? referring : undefined);
  return [decided, 'utm', origin, decided === 'ai_assistant' && classes.includes('paid') ? true : undefined];
}

/** The channel of what was paid for, at a network that nobody knows, by the words of its medium. */
const paidBy = ({ classes, words }: Clues): string =>
  classes.includes('organic_social') || /social/.test(words)
    ? 'paid_social'
    : /-(paid)?(search|se[ma])-/.test(words)
      ? 'paid_search'
      : /-cpm-/.test(words)
        ? 'display'
        : 'paid_other';

/** The channel of what was paid for at a network. */
const paidAt = (network: Entry): string =>
  channelOf(network)
    .replace('messaging', 'organic_social')
    .replace('organic', 'paid')
    .replace('referral', 'paid_other');

/** The network that shows an ad. */
const networkOfAd = ({ adClick, freeClick, isOutside, named, referring }: Clues): Entry | undefined =>
  named ?? referring ?? adClick ?? (isOutside ? undefined : freeClick);

/** By what says that somebody paid for it. */
function byAd(clues: Clues): Decision | undefined {
  const { ad, adClick, classes, clickIds } = clues;
  const isPaid = classes.includes('paid');
  const isBanner = classes.includes('display');
  const by = isPaid || isBanner || ad ? 'utm' : 'click_id';
  if (by !== 'utm' && !adClick) return undefined;
  const network = networkOfAd(clues);
  const isShown = isBanner || (clickIds.dclid && !isPaid);
  if (isShown && /^(search|undefined)$/.test(`${network?.category}`)) return ['display', by, network, true];
  return [network ? paidAt(network) : paidBy(clues), by, network, true];
}

/** By the shop itself, or a host that hands visitors back, where nothing else is said. */
const byOwn = ({ hasClick, isInternal, tags: { source, medium, name } }: Clues): Decision | undefined =>
  isInternal && !source && !medium && !name && !hasClick ? ['internal', 'referrer'] : undefined;

/** By a word of the medium that only hints, where nothing names a network. */
function byHint({ classes: [hint], freeClick, isOutside, named, referring }: Clues): Decision | undefined {
  if (!hint || named) return undefined;
  if (hint === 'referral')
    return referring ? [channelOf(referring), 'referrer', referring] : [hint, 'utm', undefined, undefined, true];
  const network = referring ?? (isOutside ? undefined : freeClick);
  return [hint, 'utm', network && channelOf(network) === hint ? network : undefined, undefined, true];
}

/** By what there is where nobody has tagged the link. */
function byRest(clues: Clues): Decision | undefined {
  const { app, emailClick, freeClick, isChat, isOutside, isTagged, named, referring } = clues;
  const network = named ?? referring;
  if (network) return [channelOf(network), named ? 'utm' : 'referrer', network];
  if (emailClick) return ['email', 'click_id'];
  if (freeClick && !isOutside) return [channelOf(freeClick), 'click_id', freeClick, null, true];
  if (isChat) return ['messaging', 'click_id', { network: 'wechat', category: 'messaging' }];
  if (isOutside) return ['referral', 'referrer'];
  if (isTagged) return ['other', 'utm'];
  return app && [channelOf(app[1]), 'in_app', app[1], undefined, true];
}

/** The rules in order of the weight of their evidence: the first that there is decides. */
const decide = (clues: Clues): Decision =>
  byMedium(clues) ??
  (clues.affiliateClick && ['affiliate', 'click_id', clues.affiliateClick]) ??
  byAd(clues) ??
  byOwn(clues) ??
  byHint(clues) ??
  byRest(clues) ?? ['direct', null];

/**
 * Like `classifyLanding`, with the big networks alone.
 *
 * @param withEmail whether the click ids of e-mail tools are told; default: false
 */
export function classify(input: LandingInput, withEmail = false): Landing {
  const clues = readClues(input ?? {}, withEmail);
  const { app, clickIds, tags } = clues;
  const [channel, by, origin, paid, isHint] = decide(clues);
  return {
    channel: channel as Channel,
    network: origin?.network || null,
    paid: paid !== undefined ? paid : /^(aff|inf|ai)/.test(channel) ? null : /^(display|paid)/.test(channel),
    campaign: Object.keys(tags).length ? tags : undefined,
    clickIds,
    inApp: app ? { network: app[1].network, evidence: app[0] } : null,
    by,
    confidence: !by || channel === 'other' ? 'low' : isHint ? 'medium' : 'high',
  };
}
