export { readArrival } from './arrival.js';
export { classify } from './classify.js';
export { processArrivals } from './process-arrivals.js';
