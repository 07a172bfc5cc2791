/**
 * What the shop sells. Every page and the shop's own script read it from here, so a price is written once.
 *
 * @typedef {object} Product
 * @property {string} id stock number, `item_id` in events
 * @property {string} slug last part of the page's path, and the name of the drawing in `public/art`
 * @property {string} name
 * @property {string} kind what it is, in two or three words
 * @property {string} category slug of its category
 * @property {number} price in EUR, VAT included
 * @property {string} line one sentence for cards and search results
 * @property {string[]} text paragraphs of the product page
 * @property {string} [goodFor] ends the sentence "good for ..." in the comparison of kites
 * @property {[number, number]} [wind] weakest and strongest wind it flies in, Beaufort
 * @property {Record<string, string>} facts
 * @property {string} alt what the drawing shows
 * @property {{ by: string, stars: number, text: string }[]} reviews
 */

/** ISO 4217 code of every price in the shop. */
export const CURRENCY = 'EUR';

/** Standard delivery is free from this order value, in EUR. */
export const FREE_DELIVERY_FROM = 80;

/** Ways to have an order delivered; `price` in EUR. The first is the default. */
export const DELIVERIES = [
  { id: 'standard', name: 'Standard post', detail: '3 to 5 working days', price: 5.9, freeFrom: FREE_DELIVERY_FROM },
  { id: 'express', name: 'Express', detail: 'next working day, ordered before noon', price: 12.5 },
  { id: 'collect', name: 'Collect from the loft', detail: 'Tuesday to Saturday, the coffee is on', price: 0 },
];

/** The one coupon there is. `percent` is taken off the goods, not the delivery. */
export const COUPON = { code: 'FIRSTGUST', percent: 10, name: 'First gust: 10% off' };

/** Share of VAT in a price that includes 21% of it. */
export const VAT_SHARE = 21 / 121;

export const CATEGORIES = [
  {
    slug: 'kites',
    name: 'Kites',
    line: 'Six kites named after the birds we watch from the cutting table. Each one is sewn by one person, who signs the keel.',
  },
  {
    slug: 'line-and-tails',
    name: 'Line & tails',
    line: 'What a kite wants besides wind: good line, a tail to keep it honest, and something to build on a wet Sunday.',
  },
];

/** @type {Product[]} */
export const PRODUCTS = [
  {
    id: 'LG-101',
    slug: 'sanderling',
    name: 'Sanderling',
    kind: 'Sled kite',
    category: 'kites',
    price: 29,
    line: 'A first kite with nothing in it to break. It opens when you let go.',
    text: [
      'The sanderling is the small wader that runs after every wave, and this is the kite for people who run. There are no spars: two sewn-in pockets catch the wind and hold the sail open, so it survives being sat on, stuffed in a coat and flown into a dog.',
      'Let go and it climbs. Stop running and it stays.',
    ],
    goodFor: 'small people in a hurry',
    wind: [2, 4],
    facts: { 'Size': '75 × 70 cm', 'Sail': '40 g ripstop nylon', 'Frame': 'none, soft pockets', 'Line': '30 m on a beech winder', 'Age': 'from 4, with a grown-up' },
    alt: 'A small striped sled kite in sea green and white with two ribbon tails, over a pale morning beach',
    reviews: [
      { by: 'Ines, Porto', stars: 5, text: 'My daughter flew it before I had read the card. It has lived in my coat pocket since.' },
      { by: 'Jonas, Kiel', stars: 4, text: 'Does exactly what it says. In strong wind it hums, which she likes and I do not.' },
    ],
  },
  {
    id: 'LG-102',
    slug: 'dunlin',
    name: 'Dunlin',
    kind: 'Diamond kite',
    category: 'kites',
    price: 42,
    line: 'The kite you drew as a child, with a four-metre tail and a better bridle.',
    text: [
      'Four panels, two ash spars, one long tail. We have changed the diamond in two places only: the cross spar is bowed, which keeps it steady without fuss, and the bridle has a sliding ring so that you can set it for a breeze or for a blow.',
      'The tail comes off with one toggle. Leave it on. It is the best part.',
    ],
    goodFor: 'everyone, always',
    wind: [2, 5],
    facts: { 'Size': '85 × 95 cm', 'Sail': '40 g ripstop nylon', 'Frame': 'ash, brass-tipped', 'Line': '40 m on a beech winder', 'Age': 'from 6' },
    alt: 'A diamond kite in red, yellow, cream and navy panels with a long tail of bows against a bright blue sky',
    reviews: [
      { by: 'Marguerite, Lille', stars: 5, text: 'It looks like the word kite. People on the beach come over to ask about it.' },
      { by: 'Tomasz, Gdynia', stars: 5, text: 'The ring on the bridle is a small stroke of genius.' },
      { by: 'Aoife, Sligo', stars: 4, text: 'Lovely. Pack the tail separately, ours made friends with the line.' },
    ],
  },
  {
    id: 'LG-103',
    slug: 'gannet',
    name: 'Gannet',
    kind: 'Delta kite',
    category: 'kites',
    price: 68,
    line: 'Two metres of white wing that floats on next to nothing.',
    text: [
      'A delta for evenings when everyone else has packed up. The leading edges are carbon, the sail is the lightest cloth we sew, and the keel is long enough to hold a true line overhead.',
      'The black tips are not for show only: they are where a delta wears, so they are two layers thick.',
    ],
    goodFor: 'quiet evenings',
    wind: [1, 4],
    facts: { 'Size': '200 × 95 cm', 'Sail': '31 g ripstop nylon', 'Frame': 'carbon, 4 mm', 'Line': '60 m on a beech winder', 'Age': 'from 8' },
    alt: 'A wide white delta kite with a yellow nose and black wing tips, gliding over a calm sea',
    reviews: [
      { by: 'Hanneke, Zwolle', stars: 5, text: 'Flew for two hours in a wind I could not feel on my face.' },
      { by: 'Luca, Rimini', stars: 5, text: 'So quiet. A gull came to look at it.' },
    ],
  },
  {
    id: 'LG-104',
    slug: 'fulmar',
    name: 'Fulmar',
    kind: 'Rokkaku kite',
    category: 'kites',
    price: 96,
    line: 'A six-cornered kite after the Japanese pattern. Stands still in the sky like a lamp.',
    text: [
      'The rokkaku comes from Sanjo in Niigata, where teams fly them in battle. Ours has a more peaceful character: bowed across two spars, it needs no tail, and it will stand over a picnic for an afternoon.',
      'The moon is sewn, not printed: a full circle let into the sail, so that the light comes through it.',
    ],
    goodFor: 'picnics',
    wind: [2, 5],
    facts: { 'Size': '130 × 160 cm', 'Sail': '40 g ripstop nylon, appliqué', 'Frame': 'carbon spine, ash bows', 'Line': '60 m on a beech winder', 'Age': 'from 10' },
    alt: 'A six-cornered rokkaku kite in coral with a large cream moon let into the sail, against a dusk sky with stars',
    reviews: [
      { by: 'Eilidh, Oban', stars: 5, text: 'With the low sun behind it the moon glows. I did not expect to be moved by a kite.' },
      { by: 'Matteo, Trieste', stars: 5, text: 'Up at eleven, down at five. We ate, it stayed.' },
    ],
  },
  {
    id: 'LG-105',
    slug: 'puffin',
    name: 'Puffin',
    kind: 'Pocket foil',
    category: 'kites',
    price: 54,
    line: 'Five cells of cloth and air. Packs into a bag the size of a pear.',
    text: [
      'A foil has no frame: the wind goes in at the front and gives it its shape. That makes the Puffin the kite for bicycles, rucksacks and desk drawers.',
      'It pulls a little more than its size suggests. Wear gloves in a five, or bring a friend.',
    ],
    goodFor: 'rucksacks and mountains',
    wind: [3, 5],
    facts: { 'Size': '95 × 60 cm', 'Sail': '40 g ripstop nylon', 'Frame': 'none, five air cells', 'Line': '40 m on a beech winder', 'Age': 'from 8' },
    alt: 'A five-celled foil kite in black, white and orange, curved full of wind, over green hills',
    reviews: [
      { by: 'Sven, Aarhus', stars: 4, text: 'Lives on my handlebars. Wants a proper wind, then it is a riot.' },
      { by: 'Clara, Girona', stars: 5, text: 'Went up a mountain in my jacket and flew from the top.' },
    ],
  },
  {
    id: 'LG-106',
    slug: 'cormorant',
    name: 'Cormorant',
    kind: 'Box kite',
    category: 'kites',
    price: 118,
    line: 'Two boxes of cloth on four long sticks. Loves the weather that grounds the rest.',
    text: [
      'Lawrence Hargrave worked this shape out in the 1890s and nobody has found much to add. The cells brace one another, so the Cormorant goes out in a six and comes home in one piece.',
      'It takes five minutes to put up and rewards each of them. The spars are ash from one sawmill, numbered, and we keep spares.',
    ],
    goodFor: 'weather',
    wind: [4, 6],
    facts: { 'Size': '110 × 60 × 60 cm', 'Sail': '50 g ripstop polyester', 'Frame': 'ash, brass fittings', 'Line': '80 m, 70 daN, on an ash reel', 'Age': 'from 12' },
    alt: 'A box kite with two cells of dark green and cream cloth on ash spars, in a golden evening sky',
    reviews: [
      { by: 'Wiebke, Husum', stars: 5, text: 'Force six, rain coming in, grinning like a child. The kite and I.' },
      { by: 'Paul, Brest', stars: 5, text: 'A spar broke in the car, my own fault. The new one came in three days and fitted to the millimetre.' },
    ],
  },
  {
    id: 'LG-201',
    slug: 'beech-winder',
    name: 'Beech winder',
    kind: '60 m of line',
    category: 'line-and-tails',
    price: 18,
    line: 'Steamed beech, oiled, with sixty metres of braided line that does not squeak.',
    text: [
      'Cut from one piece, sanded until there is nothing left to catch, and oiled with linseed. The notch holds the line when you want a hand for your sandwich.',
      'The line is braided polyester, 50 daN, wax-free, in a red that you can find again in the grass.',
    ],
    facts: { 'Length': '60 m', 'Strength': '50 daN', 'Wood': 'steamed beech, linseed oil', 'Size': '19 × 8 cm' },
    alt: 'An H-shaped wooden winder wrapped with red line, one end trailing away',
    reviews: [{ by: 'Roos, Leiden', stars: 5, text: 'I bought it for the kite and keep it on the shelf.' }],
  },
  {
    id: 'LG-202',
    slug: 'ribbon-tails',
    name: 'Ribbon tails',
    kind: 'Set of three',
    category: 'line-and-tails',
    price: 12,
    line: 'Three four-metre ribbons cut from our offcuts. No two sets alike.',
    text: [
      'Sail cloth is cut on a curve, so a good part of every bolt ends up on the floor. We slit it into ribbons, hem the ends and tie it in threes.',
      'A tail calms a nervous kite. It also makes a calm one more beautiful, which is reason enough.',
    ],
    facts: { 'Length': '3 × 4 m', 'Cloth': 'ripstop offcuts', 'Fits': 'every kite with a toggle', 'Colours': 'as the floor provides' },
    alt: 'Three sail-cloth ribbons in yellow, red and sea green, curling from one toggle',
    reviews: [{ by: 'Beatriz, Vigo', stars: 5, text: 'Ours came in six colours. The Sanderling has never looked so pleased with itself.' }],
  },
  {
    id: 'LG-203',
    slug: 'fledgling-kit',
    name: 'Fledgling kit',
    kind: 'Build your own',
    category: 'line-and-tails',
    price: 34,
    line: 'Paper, split bamboo, thread and a page of drawings. Flying by supper.',
    text: [
      'The kite we teach in the loft on the first Saturday of the month, in a flat box. You glue, tie and paint; the drawings are full size, so nobody has to measure.',
      'Makes one kite of 60 cm, with paper for a second, because the first one gets given away.',
    ],
    wind: [2, 3],
    facts: { 'Makes': 'one kite, 60 × 70 cm', 'Contents': 'washi paper, bamboo, thread, line', 'You need': 'scissors and paint', 'Age': 'from 7, with a grown-up' },
    alt: 'An open kit box with folded paper, bamboo sticks, a spool of thread, a brush and a half-painted paper kite',
    reviews: [
      { by: 'Noor, Ghent', stars: 5, text: 'A wet Sunday, saved. Ours has a whale on it.' },
      { by: 'Petr, Brno', stars: 4, text: 'Supper was late, but it flew.' },
    ],
  },
];

/**
 * The product at `/products/<slug>`, or undefined.
 *
 * @param {string} slug
 */
export function findProduct(slug) {
  return PRODUCTS.find((product) => product.slug === slug);
}

/**
 * The products whose name, kind or texts have every word of the query, in catalogue order. None for an empty query.
 *
 * @param {string} query as the visitor typed it
 */
export function searchProducts(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return PRODUCTS.filter((product) => {
    const category = CATEGORIES.find(({ slug }) => slug === product.category);
    const facts = Object.values(product.facts);
    const text = [product.name, product.kind, category?.name, product.line, ...product.text, ...facts, product.alt].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/**
 * A product as events name it, in GA4's spelling.
 *
 * @param {Product} product
 */
export function toItem(product) {
  const category = CATEGORIES.find(({ slug }) => slug === product.category);
  return { item_id: product.id, item_name: product.name, item_category: category?.name, price: product.price, quantity: 1 };
}
