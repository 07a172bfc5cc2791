/** The page views of one document: a state machine. */
export interface Views {
  /** From now on a new address is a view, and the address of this moment is one, unless it has been counted by hand. */
  start(properties: object): void;
  /** Looks whether the address is a new one. `isReplaced`: it took the place of the one before in the history. */
  look(isReplaced?: boolean): void;
  /** Counts a view by hand; where one of this address has just begun, it is that one. */
  page(properties: object): void;
  /** Begins a view of the same address again: the page came back. */
  renew(properties: object): void;
  /** Counts the view that still waits for its title, if there is one: something else is to come after it. */
  settle(): void;
  /** Counts the view that still waits, and takes nothing by hand for it any more. */
  close(): void;
  /** Ends the view. */
  leave(): void;
  /** Whether the title may still be that of the page before. */
  isUntitled(): boolean;
}

/** How often to look for the title of a route, in milliseconds, and how many times. Our choice: an answer of a fast server is waited for. */
const LOOK_MS = 50;
const LOOKS = 6;

/**
 * Returns the state machine of page views. A view begins with its address and is counted a moment later, so that it has its title, and
 * what else is said of the same view counts with it:
 *
 * - It is counted when the title has changed, and after 50 milliseconds at the earliest and 300 at the latest; before, when anything else is
 *   tracked, the next view begins, or the page is hidden or left. Its time is that of its beginning.
 * - A new address in the same task, and one that replaces it in the history while it waits, is a redirect: one view, of the last address.
 * - Replacing the address by one that differs in its query only is no view.
 * - `page` for a view that waits, or has just been counted because something else was tracked, is that view and adds its properties if it still
 *   waits; the next `page` is a view of its own, unless it is in the same task.
 *
 * It knows no page, and is told what to do by parameters: names of an object's fields would take their bytes in the script.
 *
 * @param read returns the address as it tells pages apart, and the part of it that stays where only a query or a state is noted in it
 * @param title returns the document's title
 * @param begin begins a page at the address of this moment
 * @param move gives the page that began the address of this moment: it has led on before anybody saw it
 * @param count tracks the view of the page, which began at `time`, in milliseconds since 1970
 * @param end the page whose view was counted is no longer shown
 */
export function createViews(
  read: () => readonly [address: string, path: string],
  title: () => string,
  begin: () => void,
  move: () => void,
  count: (properties: object, time: number) => void,
  end: () => void,
): Views {
  let address: string | undefined;
  let path: string;
  /** The view that waits, and since when. */
  let due: { properties: object; time: number } | undefined;
  let isCounted = false;
  let isEnded = false;
  let isAutomatic = false;
  /** Whether what is said by hand may be about the view that has begun. */
  let isOpen = false;
  let isClaimed = false;
  /** Whether the view began in this task. */
  let isNew = false;
  let timer: ReturnType<typeof setTimeout>;
  /** The title at the beginning of the view, while another is waited for; and that of the view counted last. */
  let stale: string | undefined;
  let last: string | undefined;

  function settle(): void {
    if (!due) return;
    const { properties, time } = due;
    due = undefined;
    isCounted = true;
    count(properties, time);
    last = title();
  }
  function close(): void {
    clearTimeout(timer);
    settle();
    isOpen = isNew = false;
    stale = undefined;
  }
  function leave(): void {
    close();
    if (isCounted && !isEnded) end();
    isEnded = isCounted;
  }
  function wait(looks: number): void {
    timer = setTimeout(() => {
      isNew = false;
      if (looks && (looks === LOOKS || title() === stale)) wait(looks - 1);
      else {
        stale = undefined;
        close();
      }
    }, looks === LOOKS ? 0 : LOOK_MS);
  }
  function open(properties: object, old?: string): void {
    due = { properties, time: Date.now() };
    isOpen = isNew = true;
    isClaimed = false;
    stale = old;
    wait(LOOKS);
  }
  function next(): void {
    leave();
    isCounted = isEnded = false;
    begin();
  }
  function look(isReplaced = false): void {
    const before = [address, path];
    [address, path] = read() as [string, string];
    if (address === before[0] || (isReplaced && path === before[1])) return;
    if (due && (isReplaced || isNew)) return move();
    const old = title();
    next();
    if (isAutomatic) open({}, old);
  }
  function renew(properties: object): void {
    next();
    open(properties);
  }
  return {
    start(properties) {
      look();
      isAutomatic = true;
      if (!due && !isCounted) open(properties);
    },
    look,
    page(properties) {
      look();
      if (!isOpen || (isClaimed && !isNew)) {
        if (isCounted || due) renew({});
        else open({});
      }
      isClaimed = true;
      if (due) Object.assign(due.properties, properties);
    },
    renew,
    settle,
    close,
    leave,
    // A page may also set the title first: then it is not that of the view before.
    isUntitled: () => stale === last && title() === stale,
  };
}
