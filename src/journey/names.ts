/** The models that Waymark brings. */
export type ModelName = 'journey' | 'aida' | 'funnel' | 'mckinsey' | 'moments';

/** The stages of the canonical model, in order. */
export type CanonicalStage = 'awareness' | 'consideration' | 'decision' | 'purchase' | 'retention' | 'advocacy';

/** The stages of the models that Waymark brings; `post-purchase` is another name of retention. */
export type StageName =
  | CanonicalStage
  | 'post-purchase'
  | 'attention' | 'interest' | 'desire' | 'action'
  | 'visit' | 'product_view' | 'cart' | 'checkout'
  | 'initial_consideration' | 'active_evaluation' | 'moment_of_purchase' | 'postpurchase_experience' | 'loyalty_loop'
  | 'stimulus' | 'zero' | 'first' | 'second' | 'third' | 'ultimate';

/** A stage of a model of the shop's own, which the compiler cannot know: `'book' as OwnStage`. */
export type OwnStage = string & { readonly __ownStage: true };
