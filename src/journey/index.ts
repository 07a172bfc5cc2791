export { createJourney, DORMANT_MS, type Journey, type JourneyEvent, type JourneyState, type Move, type Step } from './journey.js';
export type { Fact, Model } from './model.js';
export { journeyModel } from './models.js';
export { stages, type JourneyMethods, type JourneySnapshot } from './stages.js';
export { creditedTouchpoint, type Touchpoint, type Touchpoints } from './touchpoints.js';
