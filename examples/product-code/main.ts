import { createTracker } from 'waymark';
import { defineModel } from 'waymark/journey';

/** What only this shop tracks: names and properties, checked by the compiler. GA4's events are known already. */
export type MyEvents = {
  taste_chosen: { taste: 'smoky' | 'flowery' };
  brewing_guide_open: { item_id: string };
};

/** The journey as this shop sees it, beside Waymark's own. `@decision` is every event of that stage of the six. */
const teaModel = defineModel({
  name: 'tea',
  stages: [
    { name: 'sniffing', label: 'Sniffing', meaning: 'Has come by and looks into the tins.' },
    { name: 'sipping', label: 'Sipping', meaning: 'Knows which taste it is to be.' },
    { name: 'steeping', label: 'Steeping', meaning: 'Has tea at home, and learns to brew it.' },
    { name: 'pouring', label: 'Pouring', meaning: 'Pours it for others.' },
  ],
  start: 'sniffing',
  goal: 'steeping',
  loopOn: ['sipping'],
  rules: [
    ['sipping', 'taste_chosen @decision'],
    ['steeping', 'brewing_guide_open?customer @purchase @retention'],
    ['pouring', '@advocacy'],
    ['sniffing', '@awareness @consideration'],
  ],
});

/** Moves are told in the first model; the stages of the others ride along. */
const tracker = createTracker<MyEvents>({ collector: 'http://127.0.0.1:4318/events', currency: 'EUR', models: ['journey', teaModel] });

const TEA = { item_id: 'T1', item_name: 'Second Steep', price: 9.5 };

const find = <Found extends HTMLElement>(selector: string) => document.querySelector<Found>(selector)!;

/* The page follows the journey */

const offerHelp = (stage: string | null) => (find('[data-help]').hidden = stage !== 'decision');

// Once for each move.
tracker.on('stage', ({ stage }) => {
  offerHelp(stage);
  if (stage === 'advocacy') find('[data-thanks]').hidden = false;
});

// The first event of a page may be no move; then the visitor is where the last page left them.
tracker.on('event', ({ journey }) => {
  offerHelp(tracker.journey().stage);
  find('[data-stage]').textContent = `${journey?.stage}, in this shop's words: ${journey?.stages?.tea}`;
});

/* What the visitor does */

for (const button of document.querySelectorAll<HTMLElement>('[data-taste]')) {
  button.addEventListener('click', () => tracker.track('taste_chosen', { taste: button.dataset.taste as 'smoky' | 'flowery' }));
}
find('summary').addEventListener('click', () => tracker.track('brewing_guide_open', { item_id: TEA.item_id }));
find('[data-add]').addEventListener('click', () => tracker.cart.add(TEA));
find('[data-buy]').addEventListener('click', () => {
  // The cart's items count, since none are named.
  tracker.purchase({ transaction_id: crypto.randomUUID(), value: TEA.price });
});
find('[data-love]').addEventListener('click', () => tracker.feedback({ rating: 5, sentiment: 'positive', about: TEA.item_id }));
find('[data-tell]').addEventListener('click', async () => {
  // Call it from a click: browsers hand a link on for nothing less.
  const link = await tracker.share({ url: '/', text: TEA.item_name, item_id: TEA.item_id });
  find('[data-told]').textContent = link ?? 'Another time, then.';
});
