import { drawLine, drawPair, drawSet, drawStamp, drawStep } from './art';
import { html, type Html } from './html';
import { addUp, countBag, findOrder, findSock, formatPrice, PLACES, POST, searchSocks, shop, SIZES, SOCKS, type Line, type Order, type Place, type Sock } from './shop';

/** What the visitor looks at: its title, what it shows, and what of the shop it is about. */
export type View = { title: string; body: Html } & (
  | { name: 'shelf' | 'story' | 'bag' | 'checkout' | 'payment' | 'account' | 'missing' }
  | { name: 'search'; query: string; found: readonly Sock[] }
  | { name: 'sock'; sock: Sock }
  | { name: 'thanks'; order: Order }
);

/** Where a view is looked up: an address, or a part of one. */
type Place_ = Pick<Location, 'pathname' | 'search'>;

/** The view at an address; one that says so where there is nothing. */
export function findView({ pathname, search }: Place_): View {
  const [, part = '', name = ''] = pathname.split('/').map(decodeURIComponent);
  const isAlone = !name;
  if (part === '' && isAlone) return { name: 'shelf', title: 'Socks in threes', body: showShelf() };
  if (part === 'story' && isAlone) return { name: 'story', title: 'Why three?', body: showStory() };
  if (part === 'bag' && isAlone) return { name: 'bag', title: 'Your bag', body: showBag() };
  if (part === 'account' && isAlone) return { name: 'account', title: 'Your account', body: showAccount() };
  if (part === 'search' && isAlone) {
    const query = new URLSearchParams(search).get('q') ?? '';
    const found = searchSocks(query);
    return { name: 'search', title: 'Search', query, found, body: showSearch(query, found) };
  }
  if (part === 'checkout' && shop.bag.length) {
    if (isAlone) return { name: 'checkout', title: 'Delivery', body: showDelivery() };
    if (name === 'payment') return { name: 'payment', title: 'Payment', body: showPayment() };
  }
  const sock = part === 'socks' && findSock(name);
  if (sock) return { name: 'sock', title: sock.name, sock, body: showSock(sock) };
  const order = part === 'thanks' && findOrder(name);
  if (order) return { name: 'thanks', title: 'Thank you', order, body: showThanks(order) };
  return { name: 'missing', title: 'Gone missing', body: MISSING };
}

/** The title of the document at an address. */
export const findTitle = (place: Place_): string => `${findView(place).title} | Pair & a Spare`;
