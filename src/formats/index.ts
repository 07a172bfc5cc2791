export type { Action, Answer } from '../delivery/outcome.js';
export type { Row } from '../delivery/queue.js';
export type { BatchInfo, Format, Verdict } from './format.js';
export { waymarkFormat } from './waymark.js';
