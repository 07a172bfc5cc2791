import { loadTiming } from '../platform/load-timing.js';

/** Takes the mark of a link off the page's address at once. Returns the address as it was requested: the shop's router may have tidied it. */
export function takeMarkOff(): string {
  const { href } = location;
  const address = href.replace(/\?wml=[^&#]*&/, '?').replace(/[?&]wml=[^&#]*/g, '');
  try {
    if (address !== href) history.replaceState(history.state, '', address);
  } catch {
    // A frame of opaque origin, or a frozen history: nothing that is told or shared has it all the same.
  }
  return loadTiming()?.name ?? href;
}
