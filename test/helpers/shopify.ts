/** Money as Shopify writes it. */
const money = (amount: number) => ({ amount, currencyCode: 'EUR' });

const POT = {
  id: '43751530397931',
  image: { src: '//cdn.shopify.example/pot.jpg' },
  price: money(40),
  product: { id: '7992983748843', title: 'Tea pot', untranslatedTitle: 'Tea pot', vendor: 'Second Steep', type: 'Pots', url: '/products/tea-pot' },
  sku: 'POT-B',
  title: 'Blue',
  untranslatedTitle: 'Blue',
};
const TEA = {
  id: '43218082857195',
  image: null,
  price: money(9.99),
  product: { id: '7808926384363', title: 'Sencha', untranslatedTitle: 'Sencha', vendor: 'Second Steep', type: '', url: '/products/sencha' },
  sku: null,
  title: 'Default Title',
  untranslatedTitle: 'Default Title',
};

/** A line of a cart: `CartLine`. */
const line = (variant: typeof POT | typeof TEA, quantity: number) => ({ cost: { totalAmount: money(variant.price.amount * quantity) }, merchandise: variant, quantity });

/** A `Checkout` whose order is not yet placed, with all that Shopify tells of a person. */
const CHECKOUT = {
  attributes: [],
  billingAddress: { firstName: 'Ada', lastName: 'Private', address1: 'Secret Lane 1', city: 'Ghent', countryCode: 'BE', phone: '+3290000000', zip: '9000' },
  currencyCode: 'EUR',
  discountApplications: [
    { allocationMethod: 'ACROSS', targetSelection: 'ALL', targetType: 'LINE_ITEM', title: 'SPRING10', type: 'DISCOUNT_CODE', value: { percentage: 10 } },
    { allocationMethod: 'ACROSS', targetSelection: 'ALL', targetType: 'SHIPPING_LINE', title: 'Free shipping', type: 'AUTOMATIC', value: money(5) },
  ],
  delivery: { selectedDeliveryOptions: [{ title: 'Bicycle', handle: 'b', cost: money(4.9), type: 'SHIPPING' }] },
  email: 'ada@private.example',
  phone: '+3290000000',
  lineItems: [
    { id: '1', title: 'Tea pot', quantity: 1, variant: POT, discountAllocations: [{ amount: money(4) }], finalLinePrice: money(36), properties: [] },
    { id: '2', title: 'Sencha', quantity: 3, variant: TEA, discountAllocations: [{ amount: money(3) }], finalLinePrice: money(26.97), properties: [] },
  ],
  order: null as unknown,
  shippingAddress: { firstName: 'Ada', lastName: 'Private', address1: 'Secret Lane 1' },
  shippingLine: { price: money(4.9) },
  subtotalPrice: money(62.97),
  token: 'c0ffee00c0ffee00',
  totalPrice: money(67.87),
  totalTax: money(10.93),
  transactions: [{ amount: money(67.87), gateway: 'shopify_payments', paymentMethod: { name: 'visa', type: 'creditCard' } }],
};

/** The data of one standard event of each name. */
export const DATA = {
  page_viewed: {},
  product_viewed: { productVariant: POT },
  collection_viewed: { collection: { id: '408385257707', title: 'Spring', productVariants: [POT, TEA] } },
  search_submitted: { searchResult: { query: 'green tea', productVariants: [TEA] } },
  product_added_to_cart: { cartLine: line(POT, 1) },
  product_removed_from_cart: { cartLine: line(TEA, 2) },
  cart_viewed: { cart: { id: 'abc', attributes: [], cost: { totalAmount: money(69.97) }, lines: [line(POT, 1), line(TEA, 3)], totalQuantity: 4 } },
  checkout_started: { checkout: CHECKOUT },
  checkout_contact_info_submitted: { checkout: CHECKOUT },
  checkout_address_info_submitted: { checkout: CHECKOUT },
  checkout_shipping_info_submitted: { checkout: CHECKOUT },
  payment_info_submitted: { checkout: CHECKOUT },
  checkout_completed: { checkout: { ...CHECKOUT, order: { id: 'gid://shopify/Order/5551234', customer: { id: '9', isFirstOrder: true } } } },
  alert_displayed: { alert: { target: 'cart.deliveryGroups[0].deliveryAddress.zip', type: 'INPUT_INVALID', value: '99', message: 'Enter a valid postcode' } },
  ui_extension_errored: { error: { appId: '1', message: 'x', type: 'EXTENSION_USAGE_ERROR' } },
};

/** What an event is told with, beside its data. */
export interface Told {
  id?: string;
  clientId?: string;
  /** ISO 8601. */
  timestamp?: string;
  href?: string;
  referrer?: string;
  title?: string;
}

let count = 0;

/** Returns a standard event of Shopify's, with a new id where none is given. Shapes: https://shopify.dev/docs/api/web-pixels-api/standard-events */
export function shopifyEvent(name: keyof typeof DATA, { id, clientId, timestamp, href, referrer, title }: Told = {}) {
  const url = new URL(href ?? 'https://shop.example/');
  const location = { href: url.href, hash: url.hash, host: url.host, hostname: url.hostname, origin: url.origin, pathname: url.pathname, port: url.port, protocol: url.protocol, search: url.search };
  count++;
  return {
    id: id ?? `sh-0259a238-2A20-436E-D1AC-${`${count}`.padStart(12, '0')}`,
    clientId: clientId ?? 'ece6cea2-0914-4dcd-8345-8d64ce97b76b',
    name,
    type: 'standard',
    seq: count,
    timestamp: timestamp ?? new Date().toISOString(),
    context: {
      document: { characterSet: 'UTF-8', location, referrer: referrer ?? '', title: title ?? 'Second Steep' },
      navigator: { cookieEnabled: true, language: 'en-GB', languages: ['en-GB'], userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36' },
      window: { innerHeight: 600, innerWidth: 800, location, origin: url.origin, scrollX: 0, scrollY: 0 },
    },
    data: DATA[name],
  };
}
