export { commerce, type CommerceMethods } from '../commerce/commerce.js';
export { clicks } from './attributes.js';
export { classifyLanding, type Channel, type Landing, type LandingInput } from './classify.js';
export { landings } from './landing.js';
export { pageViews } from './page-view.js';
export { pages, type PageMethods } from './pages.js';
