/**
 * A product in a list, a cart or an order, in GA4's spelling. One of `item_id` and `item_name` is needed. Fields of the shop's own travel, too: declare
 * them, so that slips of the pen are still seen (`interface ShopItem extends Item { size: string }`).
 */
export interface Item {
  /** The product's number in the shop. */
  item_id?: string;
  item_name?: string;
  /** Price of one, in the currency of the event. */
  price?: number | undefined;
  /** Above 0; default 1. */
  quantity?: number | undefined;
  item_brand?: string;
  item_category?: string;
  item_category2?: string;
  item_category3?: string;
  item_category4?: string;
  item_category5?: string;
  item_variant?: string;
  item_list_id?: string;
  item_list_name?: string;
  affiliation?: string;
  coupon?: string;
  /** Taken off the price of one. */
  discount?: number;
  /** Its place in a list. */
  index?: number;
  location_id?: string;
  creative_name?: string;
  creative_slot?: string;
  promotion_id?: string;
  promotion_name?: string;
}
