// What the shop itself remembers in this browser: basket, coupon, wish list, orders, whether help was declined. It knows nothing of Waymark.

const PREFIX = 'lullandgust.';

// Without storage (blocked, full) the shop works for the length of one page.
function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch (error) {
    console.warn('The basket cannot be kept in this browser.', error);
  }
}

/** Stock number -> quantity. */
export const readCart = () => read('cart', {});

/** Sets how many of a product are in the basket; 0 takes it out. */
export function setQuantity(id, quantity) {
  const { [id]: _, ...rest } = readCart();
  write('cart', quantity > 0 ? { ...rest, [id]: quantity } : rest);
}

export const addToCart = (id, quantity) => setQuantity(id, (readCart()[id] ?? 0) + quantity);
export const clearCart = () => write('cart', {});
export const countCart = () => Object.values(readCart()).reduce((sum, quantity) => sum + quantity, 0);

export const hasCoupon = () => read('coupon', false);
export const setCoupon = (taken) => write('coupon', taken);

export const readWishes = () => read('wishes', []);
export const toggleWish = (id) => write('wishes', readWishes().includes(id) ? readWishes().filter((wish) => wish !== id) : [...readWishes(), id]);

export const readDelivery = () => read('delivery', undefined);
export const setDelivery = (id) => write('delivery', id ?? null);

/** Help that was closed stays closed until the next order. */
export const isHelpClosed = () => read('helpClosed', false);
export const setHelpClosed = (closed) => write('helpClosed', closed);

/** The link that was copied last, for the page of arrivals. */
export const readSharedLink = () => read('shared', undefined);
export const keepSharedLink = (link) => write('shared', link);

/** Newest first. */
export const readOrders = () => read('orders', []);
export const findOrder = (number) => readOrders().find((order) => order.number === number);

/** Notes something about an order (`cancelled`, `returned`), and returns it as it is then. */
export function changeOrder(number, changes) {
  const orders = readOrders().map((order) => (order.number === number ? { ...order, ...changes } : order));
  write('orders', orders);
  return orders.find((order) => order.number === number);
}

/** The basket's products as items, in the order of the catalogue. What the shop no longer sells is left out. */
export function listItems({ products }) {
  const cart = readCart();
  return Object.values(products).filter(({ item }) => cart[item.item_id] > 0).map(({ item }) => ({ ...item, quantity: cart[item.item_id] }));
}

/** What the items cost, in EUR. Reckoned in cents, since sums of fractions drift. */
export function addUp(items, { coupon, deliveries, vatShare }) {
  const goods = items.reduce((sum, { price, quantity }) => sum + toCents(price) * quantity, 0);
  const discount = hasCoupon() ? Math.round((goods * coupon.percent) / 100) : 0;
  const way = deliveries.find(({ id }) => id === readDelivery()) ?? deliveries[0];
  const delivery = way.freeFrom !== undefined && goods - discount >= toCents(way.freeFrom) ? 0 : toCents(way.price);
  const total = goods - discount + delivery;
  const inEuros = { goods, discount, delivery, total, tax: Math.round(total * vatShare) };
  return { ...Object.fromEntries(Object.entries(inEuros).map(([name, cents]) => [name, cents / 100])), deliveryName: way.name };
}

const toCents = (amount) => Math.round(amount * 100);

/** Turns the basket into an order, empties it, and returns the order. */
export function placeOrder(shop) {
  const items = listItems(shop);
  const order = {
    number: createOrderNumber(), time: Date.now(), items, totals: addUp(items, shop), ...(hasCoupon() && { coupon: shop.coupon.code }),
  };
  write('orders', [order, ...readOrders()].slice(0, 20));
  clearCart();
  setHelpClosed(false);
  setCoupon(false);
  setDelivery(undefined);
  return order;
}

// No 0, 1, I or O: the number is read out over the telephone.
function createOrderNumber() {
  const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  return `LG-${[...crypto.getRandomValues(new Uint8Array(6))].map((byte) => letters[byte % letters.length]).join('')}`;
}
