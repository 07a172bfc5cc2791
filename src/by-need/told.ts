/** Tells people what is wrong, in the console: with the first problem, a wrong option, or a slip of the pen in the script tag. */
export { warnings } from '../delivery/warnings.js';
export { explain } from '../option-words.js';
export { warnOfSlips } from '../tag-slips.js';
