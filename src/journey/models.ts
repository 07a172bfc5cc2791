import type { Model } from './model.js';

/** The default model: six stages, from the first contact to the customer who brings the next one. */
export const journeyModel: Model = {
  stages: ['awareness', 'consideration', 'decision', 'purchase', 'retention', 'advocacy'],
  goal: 'purchase',
  loopOn: ['consideration', 'decision', 'purchase'],
  rules: {
    awareness: 'social_landing?newcomer landing?newcomer',
    decision:
      'review_view?cart add_to_wishlist wishlist_add select_promotion add_to_cart view_cart begin_checkout add_shipping_info add_payment_info',
    consideration: 'view_item_list select_item search view_item review_view',
    purchase: 'purchase subscribe',
    advocacy: 'share review_submit refer_friend feedback?pleased',
    retention:
      'order_status_view feedback?customer social_landing?customer landing?customer support_contact?customer account_view?customer loyalty_join?customer',
  },
};
