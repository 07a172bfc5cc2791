/** The Navigation API, as far as it is read here. */
type Navigation = EventTarget & { currentEntry?: object };

/** Returns the Navigation API, which tells of every change of the address (Chrome 102, Firefox 147, Safari 26.2); undefined where there is none. */
export function navigationOf(): Navigation | undefined {
  const { navigation } = window as Window & { navigation?: Navigation };
  // Pages have variables of that name, too.
  return navigation?.currentEntry ? navigation : undefined;
}
