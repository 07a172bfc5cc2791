import type { Model } from './model.js';

/** The default model: six stages, from the first contact to the customer who brings the next one. */
export const journeyModel: Model = {
  name: 'journey',
  stages: ['awareness', 'consideration', 'decision', 'purchase', 'retention', 'advocacy'],
  goal: 'purchase',
  loopOn: ['consideration', 'decision', 'purchase'],
  rules: [
    { on: 'social_landing landing', when: 'newcomer', stage: 'awareness' },
    { on: 'social_landing landing', when: 'customer', stage: 'retention' },
    { on: 'review_view', when: 'cart', stage: 'decision' },
    { on: 'view_item_list select_item search view_search_results view_item review_view', stage: 'consideration' },
    {
      on: 'add_to_wishlist wishlist_add select_promotion add_to_cart view_cart begin_checkout add_shipping_info add_payment_info cart_recover',
      stage: 'decision',
    },
    { on: 'purchase subscribe', stage: 'purchase' },
    { on: 'order_status_view', stage: 'retention' },
    { on: 'support_contact account_view loyalty_join', when: 'customer', stage: 'retention' },
    { on: 'share review_submit refer_friend', stage: 'advocacy' },
    { on: 'feedback', when: 'pleased', stage: 'advocacy' },
    { on: 'feedback', when: 'customer', stage: 'retention' },
  ],
};
