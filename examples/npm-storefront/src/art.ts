import { html, Html } from './html';
import type { Sock } from './shop';

/** How a sock looks: its cloth, cuff, heel and toe, and a tile of its pattern. */
interface Look {
  cloth: string;
  ends: string;
  /** Behind the sock on a card. */
  ground: string;
  /** Width and height of the tile. */
  tile: [number, number];
  pattern: string;
}

/** By the slug of the sock. */
const LOOKS: Record<string, Look> = {
  'behind-the-dryer': {
    cloth: '#fff4e0', ends: '#f2b632', ground: '#f7d9c8', tile: [40, 44],
    pattern: '<path d="M0 11h40" stroke="#d8442b" stroke-width="22"/>',
  },
  'under-the-bed': {
    cloth: '#27306b', ends: '#6f7fd0', ground: '#cfd6f2', tile: [46, 46],
    pattern: '<path d="m12 4 2.3 5.7 5.7 2.3-5.7 2.3-2.3 5.7-2.3-5.7-5.7-2.3 5.7-2.3zM34 28l1.5 3.5 3.5 1.5-3.5 1.5-1.5 3.5-1.5-3.5-3.5-1.5 3.5-1.5z" fill="#ffd761"/>',
  },
  'the-dog-had-it': {
    cloth: '#f4ead2', ends: '#8a4b2a', ground: '#dbe4c3', tile: [48, 48],
    pattern: '<path d="M12 0v48" stroke="#2f6b46" stroke-opacity=".6" stroke-width="22"/><path d="M0 12h48" stroke="#2f6b46" stroke-opacity=".6" stroke-width="22"/><path d="M36 0v48M0 36h48" stroke="#8a4b2a" stroke-width="2"/>',
  },
  'left-at-omas': {
    cloth: '#f3a6b8', ends: '#7a2e56', ground: '#fbe3e6', tile: [52, 76],
    pattern: '<path d="M26 2 50 38 26 74 2 38z" fill="#7a2e56"/><path d="m0 0 52 76M52 0 0 76" stroke="#fff1e2" stroke-width="2" stroke-dasharray="5 4"/>',
  },
  'line-in-the-wind': {
    cloth: '#d4edf2', ends: '#2a8c93', ground: '#eef3dc', tile: [52, 34],
    pattern: '<path d="M0 9q13-13 26 0t26 0" stroke="#2a8c93" stroke-width="5" fill="none"/><path d="M0 26q13-13 26 0t26 0" stroke="#fff" stroke-width="6" fill="none"/>',
  },
  'gym-locker-14': {
    cloth: '#f2b632', ends: '#fff4e0', ground: '#e4d7ee', tile: [38, 38],
    pattern: '<circle cx="9.5" cy="9.5" r="6.5" fill="#5b2a6e"/><circle cx="28.5" cy="28.5" r="6.5" fill="#5b2a6e"/>',
  },
  'in-the-other-bag': {
    cloth: '#1f7f80', ends: '#ee7f36', ground: '#fbe6bd', tile: [36, 48],
    pattern: '<path d="m-2 18 20-14 20 14" stroke="#fff1d8" stroke-width="7" fill="none"/><path d="m-2 42 20-14 20 14" stroke="#ee7f36" stroke-width="7" fill="none"/>',
  },
  'down-the-sofa': {
    cloth: '#b5292f', ends: '#1f4f54', ground: '#d5e6e4', tile: [40, 72],
    pattern: '<path d="m20 4 12 14-12 14L8 18zM20 13l-4 5 4 5 4-5zM0 10l7 8-7 8zM40 10l-7 8 7 8z" fill="#fff1e2" fill-rule="evenodd"/><path d="M0 41h40M0 67h40" stroke="#f2b632" stroke-width="4" stroke-dasharray="5 5"/><path d="M4 54h12M10 48v12M24 54h12M30 48v12" stroke="#fff1e2" stroke-width="4"/>',
  },
};

const OUTLINE = 'M50 22H122V128C122 141 130 149 143 154L178 165C203 173 212 195 202 212C196 222 184 228 170 228H114C76 228 50 206 50 172Z';

let count = 0;

/** One sock, drawn in a box of 230 by 250, with its tile defined under a name of its own. */
function drawSock({ cloth, ends, tile: [width, height], pattern }: Look): string {
  const id = `sock-${(count += 1)}`;
  return `<defs><pattern id="${id}" width="${width}" height="${height}" patternUnits="userSpaceOnUse" x="48" y="30">${pattern}</pattern><clipPath id="${id}-cut"><path d="${OUTLINE}"/></clipPath></defs>
    <g clip-path="url(#${id}-cut)"><rect width="230" height="250" fill="${cloth}"/><rect width="230" height="250" fill="url(#${id})"/>
      <circle cx="56" cy="206" r="44" fill="${ends}"/><circle cx="206" cy="200" r="42" fill="${ends}"/><path d="M50 30v200h140v-9h-70c-40 0-60-24-60-60V30z" fill="#33204a" opacity=".1"/></g>
    <rect x="45" y="16" width="82" height="36" rx="9" fill="${ends}"/><path d="M56 20v28M66 20v28M76 20v28M86 20v28M96 20v28M106 20v28M116 20v28" stroke="#33204a" stroke-opacity=".2" stroke-width="3" stroke-linecap="round"/>`;
}

const draw = (viewBox: string, alt: string, inside: string): Html =>
  new Html(html`<svg class="art" viewBox="${viewBox}" role="img" aria-label="${alt}">${new Html(inside)}</svg>`.text);

/** A clothes peg over the middle of a cuff. */
const drawPeg = (x: number): string => `<path d="M${x - 8} -14h16l-3 46h-10z" fill="#e0a85c" stroke="#33204a" stroke-width="2.5"/><path d="M${x} -12v22" stroke="#33204a" stroke-width="2.5"/>`;

/** A pair of the socks. */
export function drawPair({ slug, alt }: Sock): Html {
  const look = LOOKS[slug]!;
  return draw('0 0 300 270', alt, `<rect width="300" height="270" fill="${look.ground}"/>
    <g transform="translate(104 4) rotate(7 86 120) scale(.92)">${drawSock(look)}</g><g transform="translate(30 18) rotate(-4 86 120) scale(.92)">${drawSock(look)}</g>`);
}

/** The whole set: a pair, and the spare on a peg. */
export function drawSet({ slug, alt }: Sock): Html {
  const look = LOOKS[slug]!;
  return draw('0 0 560 520', `${alt}; two lie together, and the spare hangs on a line`, `<rect width="560" height="520" fill="${look.ground}"/>
    <path d="M-10 54q290 60 580-8" fill="none" stroke="#33204a" stroke-width="4"/>
    <g transform="translate(300 62) rotate(-5 86 20)">${drawSock(look)}${drawPeg(86)}</g>
    <g transform="translate(166 240) rotate(10 86 120)">${drawSock(look)}</g><g transform="translate(48 246) rotate(-3 86 120)">${drawSock(look)}</g>`);
}

/** A sock as small as a stamp, for lists. */
export function drawStamp({ slug }: Sock): Html {
  const look = LOOKS[slug]!;
  return new Html(`<svg class="stamp" viewBox="0 0 250 250" aria-hidden="true"><rect width="250" height="250" rx="20" fill="${look.ground}"/><g transform="translate(28 14) scale(.88)">${drawSock(look)}</g></svg>`);
}

/** The clothes line on the front page, with the one that is missing. */
export function drawLine(): Html {
  const hung: [slug: string, x: number, y: number, turn: number][] = [
    ['left-at-omas', 60, 96, 5], ['left-at-omas', 235, 118, -4], ['behind-the-dryer', 590, 128, 6], ['behind-the-dryer', 765, 118, -3],
    ['under-the-bed', 960, 96, 4], ['under-the-bed', 1135, 66, -6], ['in-the-other-bag', 1330, 24, 5],
  ];
  const socks = hung.map(([slug, x, y, turn]) => `<g transform="translate(${x} ${y})"><g class="sway"><g transform="rotate(${turn} 86 16)">${drawSock(LOOKS[slug]!)}${drawPeg(86)}</g></g></g>`);
  return new Html(`<svg class="line-art" viewBox="0 0 1440 420" preserveAspectRatio="xMidYMin slice" aria-hidden="true">
    <path d="M-10 60C330 190 960 190 1450 10" fill="none" stroke="#33204a" stroke-width="4"/>${socks.join('')}
    <g transform="translate(412 132)">${drawPeg(86)}<path d="${OUTLINE}" fill="none" stroke="#33204a" stroke-width="3" stroke-dasharray="9 9" opacity=".55"/><text x="88" y="150" text-anchor="middle" font-size="64" font-family="Georgia, serif" font-style="italic" fill="#33204a" opacity=".7">?</text></g></svg>`);
}

/** The story of a set of three, in three drawings: all of them, one gone, a pair. */
export function drawStep(step: 1 | 2 | 3): Html {
  const look = LOOKS[['behind-the-dryer', 'left-at-omas', 'under-the-bed'][step - 1]!]!;
  const outline = `<path d="${OUTLINE}" fill="none" stroke="#33204a" stroke-width="5" stroke-dasharray="12 12"/>`;
  const places = step === 3 ? [64, 180] : [10, 122, 234];
  const socks = places.map((x, index) => `<g transform="translate(${x} 40) scale(.62)">${step === 2 && index === 1 ? outline : drawSock(look)}</g>`);
  return new Html(`<svg class="art" viewBox="0 0 380 240" aria-hidden="true"><rect width="380" height="240" fill="${look.ground}"/>${socks.join('')}</svg>`);
}
