import { readModel, type Model } from './model.js';

/*
 * `label` and `meaning` are for people: the build leaves them out of the script, so each stage stands on one line.
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

/** What AIDA calls the first four stages. */
const AIDA = ['attention', 'interest', 'desire', 'action'];

/**
 * Returns the canonical stage of this name, in this or another scheme: AIDA's four are its first four, post-purchase is retention.
 * Undefined where there is none.
 */
export function canonicalStage(name: unknown): string | undefined {
  const { names } = journeyModel;
  return name === 'post-purchase' ? 'retention' : (names.find((each) => each === name) ?? names[AIDA.indexOf(name as string)]);
}

/** Whether there is a stage of this name: a canonical one, in whatever scheme, or one of these models. */
export const isStage = (name: string, models: readonly Model[]): boolean => !!canonicalStage(name) || models.some(({ names }) => names.includes(name));
