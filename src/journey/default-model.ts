import type { ModelTable } from './model.js';

/** The default and canonical model: six stages, from the first contact to the customer who brings the next one. Its words are in `model-words.ts`. */
export const canonicalModel: ModelTable = {
  name: 'journey',
  names: ['awareness', 'consideration', 'decision', 'purchase', 'retention', 'advocacy'],
  start: 'awareness',
  goal: 'purchase',
  loopOn: ['consideration', 'decision'],
  rules: [
    [
      'retention',
      'purchase?customer subscribe?customer newsletter_subscribe?customer landing?customer order_status_view support_contact?customer account_view?customer loyalty_join?customer',
    ],
    [
      'decision',
      'landing?cart&!newcomer review_view?cart select_item?personalized add_to_wishlist wishlist_add select_promotion add_to_cart view_cart begin_checkout add_shipping_info add_payment_info checkout_progress',
    ],
    [
      'consideration',
      'landing?paid&!newcomer landing?channel=email|sms|push view_item_list select_item search view_item video_start compare_items review_view newsletter_subscribe',
    ],
    ['awareness', 'landing?newcomer'],
    ['purchase', 'purchase subscribe'],
    ['advocacy', 'share review_submit refer_friend content_submit feedback?pleased'],
    ['retention', 'feedback?customer'],
  ],
};

/** Other names of the canonical stages, in their order: AIDA's four, and what others call retention. */
const OTHER_NAMES: readonly unknown[] = ['attention', 'interest', 'desire', 'action', 'post-purchase'];

/** Returns the canonical stage of this name, in this or another scheme; undefined where there is none. */
export const canonicalStage = (name: unknown): string | undefined => {
  const { names } = canonicalModel;
  return names[Math.max(names.indexOf(name as string), OTHER_NAMES.indexOf(name))];
};

/** Whether there is a stage of this name: a canonical one, in whatever scheme, or one of these models. */
export const isStage = (name: string, models: readonly ModelTable[]): boolean =>
  !!canonicalStage(name) || models.some(({ names }) => names.includes(name));
