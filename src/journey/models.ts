import { show } from '../util/show.js';
import { readModel, type Model } from './model.js';

/*
 * The tables. A visitor starts in a model's first stage. `label` and `meaning` are for people: the build leaves them out of the script,
 * so each stage stands on one line.
 */

/** The default and canonical model: six stages, from the first contact to the customer who brings the next one. */
export const journeyModel: Model = /* @__PURE__ */ readModel({
  name: 'journey',
  stages: [
    { name: 'awareness', label: 'Awareness', meaning: 'Meets the shop: by an ad, a post, an influencer, a hashtag, a shared link, a search.' },
    { name: 'consideration', label: 'Consideration', meaning: 'Looks at what there is, compares, reads reviews, watches videos.' },
    { name: 'decision', label: 'Decision', meaning: 'Wants one: wish list, cart, an offer taken up, the steps of the checkout.' },
    { name: 'purchase', label: 'Purchase', meaning: 'Buys, subscribes, or reaches another goal of the shop.' },
    { name: 'retention', label: 'Retention', meaning: 'Is a customer: follows the order, asks for help, comes back, orders again.' },
    { name: 'advocacy', label: 'Advocacy', meaning: 'Speaks well of it: reviews, shares, brings a friend.' },
  ],
  goal: 'purchase',
  loopOn: ['consideration', 'decision'],
  rules: [
    ['retention', 'purchase?customer subscribe?customer newsletter_subscribe?customer landing?customer order_status_view support_contact?customer account_view?customer loyalty_join?customer'],
    ['decision', 'landing?cart&!newcomer review_view?cart select_item?personalized'],
    ['decision', 'add_to_wishlist wishlist_add select_promotion add_to_cart view_cart begin_checkout add_shipping_info add_payment_info checkout_progress'],
    ['consideration', 'landing?paid&!newcomer landing?channel=email|sms|push view_item_list select_item search view_item video_start compare_items review_view newsletter_subscribe'],
    ['awareness', 'landing?newcomer'],
    ['purchase', 'purchase subscribe'],
    ['advocacy', 'share review_submit refer_friend content_submit feedback?pleased'],
    ['retention', 'feedback?customer'],
  ],
});

/** AIDA: how an advertisement works. Attention is won, interest kept, desire made, action taken. */
export const aidaModel: Model = /* @__PURE__ */ readModel({
  name: 'aida',
  stages: [
    { name: 'attention', label: 'Attention', meaning: 'Notices: an ad, a post, a shared link.' },
    { name: 'interest', label: 'Interest', meaning: 'Compares pictures and lists of a kind of product.' },
    { name: 'desire', label: 'Desire', meaning: 'Looks closely at one provider or product, reads ratings, keeps it.' },
    { name: 'action', label: 'Action', meaning: 'Registers, goes to the checkout, buys.' },
  ],
  goal: '@purchase',
  loopOn: ['interest'],
  rules: [
    ['action', 'sign_up begin_checkout add_shipping_info add_payment_info checkout_progress @purchase @retention @advocacy'],
    ['desire', 'view_item review_view @decision'],
    ['interest', '@consideration'],
    ['attention', '@awareness'],
  ],
});

/** The sales funnel of a shop: many enter, fewer remain at each step. */
export const funnelModel: Model = /* @__PURE__ */ readModel({
  name: 'funnel',
  stages: [
    { name: 'visit', label: 'Visit', meaning: 'Comes to the shop and looks around.' },
    { name: 'product_view', label: 'Product view', meaning: 'Looks at a product.' },
    { name: 'cart', label: 'Cart', meaning: 'Puts something into the cart.' },
    { name: 'checkout', label: 'Checkout', meaning: 'Goes to the checkout.' },
    { name: 'purchase', label: 'Purchase', meaning: 'Buys.' },
  ],
  goal: 'purchase',
  loopOn: ['product_view', 'cart', 'checkout'],
  rules: [
    ['visit', 'landing?newcomer'],
    ['product_view', 'view_item'],
    ['cart', 'add_to_cart view_cart'],
    ['checkout', 'begin_checkout add_shipping_info add_payment_info checkout_progress'],
    ['purchase', 'purchase @purchase'],
  ],
});

/** McKinsey's consumer decision journey: no funnel but a circle, with a loop for the loyal that skips the evaluation. */
export const mckinseyModel: Model = /* @__PURE__ */ readModel({
  name: 'mckinsey',
  stages: [
    { name: 'initial_consideration', label: 'Initial consideration', meaning: 'Has a first set of brands in mind, by what was seen and heard.' },
    { name: 'active_evaluation', label: 'Active evaluation', meaning: 'Searches and compares; brands are added and dropped.' },
    { name: 'moment_of_purchase', label: 'Moment of purchase', meaning: 'Goes to the checkout and buys.' },
    { name: 'postpurchase_experience', label: 'Post-purchase experience', meaning: 'Builds expectations for the next time on what is experienced now.' },
    { name: 'loyalty_loop', label: 'Loyalty loop', meaning: 'Buys again without evaluating anew.' },
  ],
  goal: '@purchase',
  loopOn: ['active_evaluation', 'loyalty_loop'],
  rules: [
    ['loyalty_loop', 'add_to_cart?customer view_cart?customer begin_checkout?customer'],
    ['moment_of_purchase', 'purchase begin_checkout add_shipping_info add_payment_info checkout_progress @purchase'],
    ['postpurchase_experience', 'landing?customer @retention @advocacy'],
    ['active_evaluation', '@consideration @decision'],
    ['initial_consideration', '@awareness'],
  ],
});

/** Moments of truth: the stimulus, and the five moments in which a product proves itself. */
export const momentsModel: Model = /* @__PURE__ */ readModel({
  name: 'moments',
  stages: [
    { name: 'stimulus', label: 'Stimulus', meaning: 'An ad or a post wakes the wish.' },
    { name: 'zero', label: 'Zero moment of truth', meaning: 'Researches, and hears what others say.' },
    { name: 'first', label: 'First moment of truth', meaning: 'Stands before the shelf and decides for the product.' },
    { name: 'second', label: 'Second moment of truth', meaning: 'Gets it and uses it.' },
    { name: 'third', label: 'Third moment of truth', meaning: 'Judges it in public: feedback, a rating, a review.' },
    { name: 'ultimate', label: 'Ultimate moment of truth', meaning: 'Shares the experience, which is the next one’s zero moment.' },
  ],
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
});

/** The models that Waymark brings, by name. */
export const builtInModels = (): Model[] => [journeyModel, aidaModel, funnelModel, mckinseyModel, momentsModel];

/**
 * Returns the canonical stage of this name, in this or another scheme: AIDA's four are its first four, post-purchase is retention.
 * Undefined where there is none.
 */
export function canonicalStage(name: unknown): string | undefined {
  const { names } = journeyModel;
  return name === 'post-purchase' ? 'retention' : (names.find((each) => each === name) ?? names[aidaModel.names.indexOf(name as string)]);
}

/** Whether there is a stage of this name: a canonical one, in whatever scheme, or one of these models. */
export const isStage = (name: string, models: readonly Model[]): boolean => !!canonicalStage(name) || models.some(({ names }) => names.includes(name));

/** Most models of one journey. Our choice: where the visitor is in each has to fit into the state. */
const MAX_MODELS = 6;

/**
 * Returns a model by what an option says.
 *
 * @param given `journey`, `aida`, `funnel`, `mckinsey`, `moments`, or what `defineModel` or `schemeModel` returned
 * @param place in the list of the option, from 0
 * @throws TypeError for anything else, and for a seventh
 */
export function findModel(given: Model | string, place = 0): Model {
  const found = builtInModels().find(({ name }) => name === given) ?? (given as Model);
  if (found?.names && place < MAX_MODELS) return found;
  throw new TypeError(`waymark: option "models" takes up to ${MAX_MODELS} of ${builtInModels().map(({ name }) => name)}, defineModel, got ${show(given)}`);
}
