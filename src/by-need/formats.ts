/** Formats by their names, where the script tag names one. */
export { formatByName } from '../formats/script-formats.js';
