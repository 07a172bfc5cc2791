import { show } from '../util/show.js';
import { canonicalModel } from './default-model.js';
import { canonicalRules, DORMANT_DAYS, type JourneyOptions, type Rules } from './journey.js';
import type { Model, ModelTable } from './model.js';
import { rulesOf } from './other-models.js';

/*
 * The tables. What people are told of the stages is in `model-words.ts`.
 */

/** AIDA: how an advertisement works. Attention is won, interest kept, desire made, action taken. */
export const aidaTable: ModelTable = {
  name: 'aida',
  names: ['attention', 'interest', 'desire', 'action'],
  start: 'attention',
  goal: '@purchase',
  loopOn: ['interest'],
  rules: [
    [
      'action',
      'sign_up begin_checkout add_shipping_info add_payment_info checkout_progress @purchase @retention @advocacy',
    ],
    ['desire', 'view_item review_view @decision'],
    ['interest', '@consideration'],
    ['attention', '@awareness'],
  ],
};

/** The sales funnel of a shop: many enter, fewer remain at each step. */
export const funnelTable: ModelTable = {
  name: 'funnel',
  names: ['visit', 'product_view', 'cart', 'checkout', 'purchase'],
  start: 'visit',
  goal: 'purchase',
  loopOn: ['product_view', 'cart', 'checkout'],
  rules: [
    ['visit', 'landing?newcomer'],
    ['product_view', 'view_item'],
    ['cart', 'add_to_cart view_cart'],
    ['checkout', 'begin_checkout add_shipping_info add_payment_info checkout_progress'],
    ['purchase', 'purchase @purchase'],
  ],
};

/** McKinsey's consumer decision journey: no funnel but a circle, with a loop for the loyal that skips the evaluation. */
export const mckinseyTable: ModelTable = {
  name: 'mckinsey',
  names: [
    'initial_consideration',
    'active_evaluation',
    'moment_of_purchase',
    'postpurchase_experience',
    'loyalty_loop',
  ],
  start: 'initial_consideration',
  goal: '@purchase',
  loopOn: ['active_evaluation', 'loyalty_loop'],
  rules: [
    ['loyalty_loop', 'add_to_cart?customer view_cart?customer begin_checkout?customer'],
    ['moment_of_purchase', 'purchase begin_checkout add_shipping_info add_payment_info checkout_progress @purchase'],
    ['postpurchase_experience', 'landing?customer @retention @advocacy'],
    ['active_evaluation', '@consideration @decision'],
    ['initial_consideration', '@awareness'],
  ],
};

/** Moments of truth: the stimulus, and the five moments in which a product proves itself. */
export const momentsTable: ModelTable = {
  name: 'moments',
  names: ['stimulus', 'zero', 'first', 'second', 'third', 'ultimate'],
  start: 'stimulus',
  goal: '@purchase',
  loopOn: ['stimulus', 'zero'],
  rules: [
    ['ultimate', 'share refer_friend content_submit'],
    ['third', 'review_submit feedback'],
    ['second', '@retention'],
    ['zero', 'landing?newcomer&channel=shared_link @consideration'],
    ['first', '@decision @purchase'],
    ['stimulus', '@awareness'],
  ],
};

/** The models that Waymark brings. */
export const builtInTables = (): ModelTable[] => [canonicalModel, aidaTable, funnelTable, mckinseyTable, momentsTable];

/** Most models of one journey. Our choice: where the visitor is in each has to fit into the state. */
const MAX_MODELS = 6;

/**
 * Returns what an option says that a model is: one that Waymark brings, or what `defineModel` or `schemeModel` returned.
 *
 * @param given its name, or itself
 * @param place in the list of the option, from 0
 * @throws TypeError for anything else, and for a seventh
 */
export function findTable(given: Model | string, place = 0): ModelTable {
  const tables = builtInTables();
  const own = given as Model;
  const found = tables.find(({ name }) => name === given || name === own?.name);
  if (place < MAX_MODELS && (found ?? own?.names))
    return (
      found ?? {
        ...own,
        rules: own.rules.map(({ stage, event, conditions }) => [stage, [event, ...conditions].join('&')]),
      }
    );
  throw new TypeError(
    `waymark: option "models" takes up to ${MAX_MODELS} of ${tables.map(({ name }) => name).join()}, defineModel, got ${show(given)}`,
  );
}

/**
 * Returns the options resolved.
 *
 * @throws TypeError for a model that is none, and for more than six
 */
export const resolveRules = ({ models = [], goals = [], dormantDays = DORMANT_DAYS }: JourneyOptions = {}): Rules =>
  rulesOf(models.map(findTable), canonicalRules({ goals, dormantDays }));
