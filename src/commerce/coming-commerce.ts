import type { Plugin, PluginApi } from '../plugin.js';
import { plainUrl } from '../privacy/marketing.js';
import type { commerce, CommerceOptions } from './commerce.js';
import type { Item } from './item.js';
import { commerceMethods, type CommerceMethods } from './methods.js';
import type { CommerceState } from './state.js';

/** Names of events, and of what they carry, that `commerce` sees to: carts, orders, items, and amounts of money. */
const OF_COMMERCE =
  /_cart|checkout|_info|view_item|purchase|refund|order_cancel|\b(items|currency|value|price|discount|tax|shipping|quantity)\b/;
/** An amount that has to be read. */
const AS_TEXT = /"(value|price|discount|quantity)":"/;

/**
 * Keeps the cart and counts orders by a part that is loaded for the first draft that needs it. Until then all that is done is to note that the person is active,
 * for somebody whose cart was touched a moment ago: nothing else that most pages tell is about a cart.
 *
 * @param options as for `commerce`
 * @param load loads the part
 */
export function comingCommerce(
  options: CommerceOptions & { cartIdleMinutes: number },
  load: () => Promise<{ commerce: typeof commerce }>,
): Plugin<CommerceState, CommerceMethods> {
  const started = Date.now();
  let api: PluginApi;
  return {
    name: 'commerce',
    methods: (given) => commerceMethods((api = given)),
    needs({ by, name, properties, time }, { active = 0, away, cart, held } = {}) {
      // The cart may be abandoned; or the clock was set back.
      const isPaused = cart && !(active <= time && time < active + options.cartIdleMinutes * 60_000);
      // What markup and the data layer say of products that are seen changes no cart, and is in order as it is, unless an amount is a text.
      const isSeen = by && /^(view|select)_item/.test(name) && !AS_TEXT.test(JSON.stringify(properties));
      const isOf =
        name === 'cart_abandon' ? cart : !isSeen && OF_COMMERCE.test([name, ...Object.keys(properties)].join());
      return !!(held || away || isPaused || isOf);
    },
    process({ name, context, properties, session, time }, before) {
      // Whoever leaves without a cart abandons none.
      if (name === 'cart_abandon') return { drafts: [] };
      // A cart that is left later says what was looked at last.
      const item = name === 'view_item' && (Object(properties.items) as (Item | undefined)[])[0];
      const state = item ? { ...before, viewed: item.item_id ?? item.item_name } : before;
      if (!state?.cart || (name !== '~active' && session === 'ignore')) return { state };
      return { state: { ...state, active: time, page: context.page?.url ?? state.page } };
    },
    state: {
      // Here nothing was changed but when the person was active, which was a moment ago in both.
      merge: (_, theirs) => theirs,
      withoutMarketing: ({ page, ...state }) => ({ ...state, page: plainUrl(page) }),
    },
    async load() {
      const whole = (await load()).commerce({ ...options, started });
      whole.start!(api);
      return whole;
    },
  };
}
