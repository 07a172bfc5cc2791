export { cartWatch } from '../commerce/cart-watch.js';
export { commerce, type CommerceOptions } from '../commerce/commerce.js';
export { type CommerceMethods } from '../commerce/methods.js';
export { orderId } from '../commerce/order-id.js';
export { attributeSlips } from '../sources/attribute-slips.js';
export { clicks, submits } from '../sources/attributes.js';
export { bots, isAutomated, isBot } from '../sources/bots.js';
export { allNetworks } from '../arrival/all-networks.js';
export {
  type Campaign,
  type Category,
  type Channel,
  type Landing,
  type LandingInput,
  type Network,
  type Networks,
} from '../arrival/classify.js';
export { classifyLanding } from '../arrival/classify-landing.js';
export { engagement } from '../sources/engagement.js';
export { dataLayer } from '../sources/own-layer.js';
export { feelings, type Feedback, type FeedbackMethods } from '../sources/feedback.js';
export { forms } from '../sources/forms.js';
export { frustration } from '../sources/frustration.js';
export { landings } from '../arrival/landings.js';
export { outgoing } from '../sources/outgoing.js';
export { productMarkup } from '../sources/markup.js';
export { pages, pageViews, type PageMethods } from '../sources/own-pages.js';
export { sharing, type ShareMethods, type ShareNetwork, type ShareOptions } from '../sources/share.js';
export { type ShareToken } from '../sources/share-token.js';
export { views } from '../sources/in-view.js';
export { webVitals } from '../sources/web-vitals.js';
