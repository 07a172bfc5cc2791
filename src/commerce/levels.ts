/** How far a person went with a cart: put something in, looked at it, began the checkout. */
export type CartLevel = 'browse' | 'cart' | 'checkout';

/** Returns what an event says of how far the person went with the cart, and that it is taken up again; undefined where it says nothing of that. */
export const levelOf = (name: string): CartLevel | undefined =>
  /^(begin_checkout|add_(shipping|payment)_info|checkout_progress|purchase)$/.test(name)
    ? 'checkout'
    : name === 'view_cart'
      ? 'cart'
      : /^(add_to|remove_from)_cart$/.test(name)
        ? 'browse'
        : undefined;
