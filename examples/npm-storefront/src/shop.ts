import type { Item } from 'waymark';

/** A set of three socks. */
export interface Sock {
  /** Stock number, `item_id` in events. */
  id: string;
  /** Last part of its path. */
  slug: string;
  name: string;
  kind: string;
  category: 'Everyday' | 'Thick' | 'Fine';
  /** Of the set of three, in EUR, VAT included. */
  price: number;
  line: string;
  text: string;
  yarn: string;
  wash: string;
  /** What the drawing shows, for those who cannot see it. */
  alt: string;
}

/** One set in the bag. */
export interface Line {
  slug: string;
  size: string;
  quantity: number;
}

/** An order, without anything that says whose it is. */
export interface Order {
  id: string;
  lines: Line[];
  goods: number;
  post: number;
}

/** European shoe sizes of the three sizes of sock, and how long each is. */
export const SIZES = [
  { size: '35–38', foot: '22–24.5 cm', note: 'Snug. If you are a 38 with broad feet, take the next one.' },
  { size: '39–42', foot: '24.5–27 cm', note: 'What most people order, and most people keep.' },
  { size: '43–46', foot: '27–30 cm', note: 'Long in the heel, so that it stays where heels are.' },
] as const;

/** Post, in EUR, and the value of goods from which it costs nothing. */
export const POST = { price: 4.5, freeFrom: 60 };

/** Places where socks go, as the shop's poll asks for them. */
export const PLACES = ['dryer', 'bed', 'dog', 'nobody_knows'] as const;
export type Place = (typeof PLACES)[number];

export const SOCKS: readonly Sock[] = [
  {
    id: 'PS-01', slug: 'behind-the-dryer', name: 'Behind the Dryer', kind: 'Striped cotton socks', category: 'Everyday', price: 21,
    line: 'Broad stripes that can be made out with a torch and one arm.',
    text: 'The first sock we made, for the first place we looked. Combed cotton with a reinforced heel, in the two colours that show up best against dust. The toe is linked by hand, so there is no seam to find in the afternoon.',
    yarn: '78% cotton, 20% polyamide, 2% elastane', wash: '60 °C', alt: 'A sock with broad red and cream stripes, mustard heel and toe',
  },
  {
    id: 'PS-02', slug: 'under-the-bed', name: 'Under the Bed', kind: 'Merino house socks', category: 'Thick', price: 29,
    line: 'Thick, blue and starry, for floors that are colder than they look.',
    text: 'Knitted from two strands of merino and a terry sole, for walking about at six without waking anyone. The stars are worked in, not printed: they will outlast the carpet.',
    yarn: '70% merino wool, 28% polyamide, 2% elastane', wash: '30 °C, wool', alt: 'A night-blue sock with small yellow stars',
  },
  {
    id: 'PS-03', slug: 'the-dog-had-it', name: 'The Dog Had It', kind: 'Chequered walking socks', category: 'Thick', price: 32,
    line: 'Made for long walks, and for what happens to socks after them.',
    text: 'Padded at the toe, the heel and along the shin, with a wide check that hides mud and most teeth. Somebody we know has walked from Utrecht to Reims in two of the three. The dog had the other.',
    yarn: '64% merino wool, 34% polyamide, 2% elastane', wash: '40 °C', alt: 'A walking sock in green and cream check, with a brown heel and toe',
  },
  {
    id: 'PS-04', slug: 'left-at-omas', name: 'Left at Oma’s', kind: 'Argyle socks', category: 'Fine', price: 27,
    line: 'Diamonds, for visits where shoes come off at the door.',
    text: 'A proper argyle, each diamond worked in its own yarn, from a machine that is older than we are. Presentable under a table and on top of a footstool. Oma will post it back, with cake.',
    yarn: '80% lisle cotton, 20% polyamide', wash: '40 °C', alt: 'A pink argyle sock with plum and cream diamonds',
  },
  {
    id: 'PS-05', slug: 'line-in-the-wind', name: 'Line in the Wind', kind: 'Light summer socks', category: 'Fine', price: 19,
    line: 'Linen and cotton, dry in an hour, gone in a gust.',
    text: 'So light that a peg is not a formality. Linen keeps it cool, and the waves are a looser stitch that lets the air in. Best dried outdoors, at your own risk.',
    yarn: '52% linen, 46% cotton, 2% elastane', wash: '40 °C', alt: 'A pale blue summer sock with white and teal waves',
  },
  {
    id: 'PS-06', slug: 'gym-locker-14', name: 'Gym Locker 14', kind: 'Sports socks', category: 'Everyday', price: 18,
    line: 'Dotted, quick to dry, and hard to claim by mistake.',
    text: 'Terry under the foot, mesh over it, and dots all around, because every other sock in the changing room is white. Holds its shape through two hundred washes; we stopped counting there.',
    yarn: '60% cotton, 37% polyester, 3% elastane', wash: '60 °C', alt: 'A mustard sock with plum dots',
  },
  {
    id: 'PS-07', slug: 'in-the-other-bag', name: 'In the Other Bag', kind: 'Travel socks', category: 'Everyday', price: 24,
    line: 'Zigzags for trains, boats and the wrong suitcase.',
    text: 'A soft top that leaves no mark, however long the night train takes. Rolled up, all three fit into a cup. Pack two and leave one at home: that is what it is for.',
    yarn: '75% cotton, 23% polyamide, 2% elastane', wash: '40 °C', alt: 'A teal sock with cream and orange zigzags',
  },
  {
    id: 'PS-08', slug: 'down-the-sofa', name: 'Down the Sofa', kind: 'Snowflake socks', category: 'Thick', price: 34,
    line: 'For the end of the day, the end of the year, the end of the sofa.',
    text: 'A Nordic pattern in five colours, knitted slowly on a small round machine. Warm enough for a house with the heating off. Comes out in March with thirty cents and a pencil.',
    yarn: '100% lambswool', wash: 'by hand', alt: 'A red Nordic sock with rows of cream crosses and diamonds',
  },
];

/** ISO 4217 code of every price in the shop. */
export const CURRENCY = 'EUR';

const PRICE = new Intl.NumberFormat('en-IE', { style: 'currency', currency: CURRENCY });
/** A price as the shop writes it: `€21.00`. */
export const formatPrice = (amount: number): string => PRICE.format(amount);

export const findSock = (slug: string): Sock | undefined => SOCKS.find((sock) => sock.slug === slug);

/** The socks that have every word of the query in their texts. None for an empty query. */
export function searchSocks(query: string): Sock[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return SOCKS.filter(({ name, kind, category, line, text, yarn, alt }) => {
    const all = [name, kind, category, line, text, yarn, alt].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** A set of socks as events name it, in GA4's spelling. */
export function toItem({ id, name, category, price }: Sock, size?: string, quantity = 1): Item {
  return { item_id: id, item_name: name, item_category: category, price, quantity, ...(size && { item_variant: size }) };
}

/** The lines of a bag or an order as items. */
export const toItems = (lines: readonly Line[]): Item[] => lines.map(({ slug, size, quantity }) => toItem(findSock(slug)!, size, quantity));

/** What the shop remembers in this browser. */
interface Memory {
  bag: Line[];
  wishes: string[];
  orders: Order[];
  customer?: string;
  lost?: Place;
}

const KEY = 'pair-and-a-spare';

function readMemory(): Memory {
  const empty: Memory = { bag: [], wishes: [], orders: [] };
  try {
    const memory = { ...empty, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Memory>) };
    memory.bag = memory.bag.filter(({ slug }) => findSock(slug));
    return memory;
  } catch {
    // Storage may be blocked, or hold what an older version wrote: the shop then begins empty.
    return empty;
  }
}

const memory = readMemory();

function keep(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(memory));
  } catch {
    // Blocked or full: the shop works until the page is closed.
  }
}

/** The bag and the rest of what the visitor has done here. Change it by the functions below. */
export const shop: Readonly<Memory> = memory;

const findLine = (slug: string, size: string) => memory.bag.find((line) => line.slug === slug && line.size === size);

export function addToBag(slug: string, size: string, quantity: number): void {
  const line = findLine(slug, size);
  if (line) line.quantity += quantity;
  else memory.bag.push({ slug, size, quantity });
  keep();
}

/** Takes sets out of the bag; the line goes with the last of them. */
export function takeFromBag(slug: string, size: string, quantity: number): void {
  const line = findLine(slug, size);
  if (line) line.quantity -= quantity;
  memory.bag = memory.bag.filter((left) => left.quantity > 0);
  keep();
}

export const countBag = (): number => memory.bag.reduce((sum, { quantity }) => sum + quantity, 0);

/** What the goods and the post cost, in EUR. */
export function addUp(lines: readonly Line[]): { goods: number; post: number } {
  const goods = lines.reduce((sum, { slug, quantity }) => sum + findSock(slug)!.price * quantity, 0);
  return { goods, post: goods >= POST.freeFrom ? 0 : POST.price };
}

/** Puts a set on the wish list, or takes it off. Returns whether it is on it now. */
export function toggleWish(slug: string): boolean {
  const isNew = !memory.wishes.includes(slug);
  memory.wishes = isNew ? [...memory.wishes, slug] : memory.wishes.filter((wish) => wish !== slug);
  keep();
  return isNew;
}

/** Makes the bag an order, and returns it. */
export function placeOrder(): Order {
  const order = { id: `PS-${Date.now().toString(36).toUpperCase()}`, lines: memory.bag, ...addUp(memory.bag) };
  memory.orders = [...memory.orders, order];
  memory.bag = [];
  keep();
  return order;
}

export const findOrder = (id: string): Order | undefined => memory.orders.find((order) => order.id === id);

export function signIn(customer: string): void {
  memory.customer = customer;
  keep();
}

/** Forgets everything: the next one at this computer is somebody else. */
export function signOut(): void {
  Object.assign(memory, { bag: [], wishes: [], orders: [], customer: undefined });
  keep();
}

export function reportLost(place: Place): void {
  memory.lost = place;
  keep();
}
