import { canonicalModel } from './default-model.js';
import type { Model, ModelDefinition, ModelTable, Rule } from './model.js';
import { aidaTable, findTable, funnelTable, mckinseyTable, momentsTable } from './models.js';

/** What people are told of the stages of the models that Waymark brings, in their order. Nothing is walked by it, so the script tag goes without. */
const WORDS: Readonly<Record<string, readonly (readonly [label: string, meaning: string])[]>> = {
  journey: [
    ['Awareness', 'Meets the shop: by an ad, a post, an influencer, a hashtag, a shared link, a search.'],
    ['Consideration', 'Looks at what there is, compares, reads reviews, watches videos.'],
    ['Decision', 'Wants one: wish list, cart, an offer taken up, the steps of the checkout.'],
    ['Purchase', 'Buys, subscribes, or reaches another goal of the shop.'],
    ['Retention', 'Is a customer: follows the order, asks for help, comes back, orders again.'],
    ['Advocacy', 'Speaks well of it: reviews, shares, brings a friend.'],
  ],
  aida: [
    ['Attention', 'Notices: an ad, a post, a shared link.'],
    ['Interest', 'Compares pictures and lists of a kind of product.'],
    ['Desire', 'Looks closely at one provider or product, reads ratings, keeps it.'],
    ['Action', 'Registers, goes to the checkout, buys.'],
  ],
  funnel: [
    ['Visit', 'Comes to the shop and looks around.'],
    ['Product view', 'Looks at a product.'],
    ['Cart', 'Puts something into the cart.'],
    ['Checkout', 'Goes to the checkout.'],
    ['Purchase', 'Buys.'],
  ],
  mckinsey: [
    ['Initial consideration', 'Has a first set of brands in mind, by what was seen and heard.'],
    ['Active evaluation', 'Searches and compares; brands are added and dropped.'],
    ['Moment of purchase', 'Goes to the checkout and buys.'],
    ['Post-purchase experience', 'Builds expectations for the next time on what is experienced now.'],
    ['Loyalty loop', 'Buys again without evaluating anew.'],
  ],
  moments: [
    ['Stimulus', 'An ad or a post wakes the wish.'],
    ['Zero moment of truth', 'Researches, and hears what others say.'],
    ['First moment of truth', 'Stands before the shelf and decides for the product.'],
    ['Second moment of truth', 'Gets it and uses it.'],
    ['Third moment of truth', 'Judges it in public: feedback, a rating, a review.'],
    ['Ultimate moment of truth', 'Shares the experience, which is the next one’s zero moment.'],
  ],
};

/** Returns rules read, unchecked: one for each event. */
export const readRules = (rules: ModelDefinition['rules']): Rule[] =>
  rules.flatMap(([stage, events]) =>
    events.split(' ').map((term) => {
      const [event = '', ...conditions] = term.split(/[?&]/);
      return { stage, event, conditions };
    }),
  );

/** Returns a model that Waymark brings with its words, and its rules read. */
const withWords = (table: ModelTable): Model => ({
  ...table,
  rules: readRules(table.rules),
  stages: table.names.map((name, place) => {
    const [label, meaning] = WORDS[table.name]![place]!;
    return { name, label, meaning };
  }),
});

/** The default and canonical model: six stages, from the first contact to the customer who brings the next one. */
export const journeyModel: Model = /* @__PURE__ */ withWords(canonicalModel);

/** AIDA: how an advertisement works. Attention is won, interest kept, desire made, action taken. */
export const aidaModel: Model = /* @__PURE__ */ withWords(aidaTable);

/** The sales funnel of a shop: many enter, fewer remain at each step. */
export const funnelModel: Model = /* @__PURE__ */ withWords(funnelTable);

/** McKinsey's consumer decision journey: no funnel but a circle, with a loop for the loyal that skips the evaluation. */
export const mckinseyModel: Model = /* @__PURE__ */ withWords(mckinseyTable);

/** Moments of truth: the stimulus, and the five moments in which a product proves itself. */
export const momentsModel: Model = /* @__PURE__ */ withWords(momentsTable);

/** The models that Waymark brings. */
export const builtInModels = (): Model[] => [journeyModel, aidaModel, funnelModel, mckinseyModel, momentsModel];

/**
 * Returns a model by what an option says.
 *
 * @param given `journey`, `aida`, `funnel`, `mckinsey`, `moments`, or what `defineModel` or `schemeModel` returned
 * @param place in the list of the option, from 0
 * @throws TypeError for anything else, and for a seventh
 */
export function findModel(given: Model | string, place = 0): Model {
  const { name } = findTable(given, place);
  return builtInModels().find((model) => model.name === name) ?? (given as Model);
}
