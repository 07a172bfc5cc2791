/** The page views of one document: a state machine. */
export interface Views {
  /**
   * From now on a new address is a view, and the address of this moment is one, unless it has been counted by hand. It is not counted before `parsed`, unless
   * something else is tracked.
   */
  start(properties: object): void;
  /**
   * The document is parsed: its title can be waited for.
   *
   * @param isShell whether there is nothing in it to see yet, so that its title is nobody's
   */
  parsed(isShell: boolean): void;
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
  /** Whether the title may still be that of the page before, or of no page. */
  isUntitled(): boolean;
}

/** How often to look for the title of a page, in milliseconds, and how many times. Our choice: an answer of a fast server is waited for. */
const LOOK_MS = 50;
const LOOKS = 6;
/** A title that has not changed for so long, in milliseconds, is that of the page, too. Our choice: what a slow server says has come by then. */
const SAME_MS = 5000;

/**
 * Returns the state machine of page views. A view begins with its address and is counted a moment later, so that it has its title, and
 * what else is said of the same view counts with it:
 *
 * - It is counted when the title has changed, and after 50 milliseconds at the earliest and 300 at the latest; before, when anything else is
 *   tracked, the next view begins, or the page is hidden or left. Its time is that of its beginning. A title that has not changed by then is not told.
 * - A new address in the same task, and one that replaces it in the history while it waits, is a redirect: one view, of the last address.
 * - Replacing the address by one that differs in its query only is no view.
 * - `page` for a view that waits, or has just been counted because something else was tracked, is that view and adds its properties if it still
 *   waits; the next `page` is a view of its own, unless it is in the same task.
 *
 * It knows no page, and is told what to do by parameters: names of an object's fields would take their bytes in the script.
 *
 * @param read returns the address as it tells pages apart, and the part of it that stays where only a query or a state is noted in it
 * @param title returns the document's title
 * @param before returns the title as it was before this task: pages set the next one's in the task of the next address, before or after that
 * @param begin begins a page at the address of this moment
 * @param move gives the page that began the address of this moment: it has led on before anybody saw it
 * @param count tracks the view of the page, which began at `time`, in milliseconds since 1970
 * @param end the page whose view was counted is no longer shown; `isUntitled`: its title has not come
 * @param safe sees to it that nothing that a timer begins reaches the page as an error; default: nobody does
 */
export function createViews(
  read: () => readonly [address: string, path: string],
  title: () => string,
  before: () => string,
  begin: () => void,
  move: () => void,
  count: (properties: object, time: number) => void,
  end: (isUntitled: boolean) => void,
  safe = (work: () => void) => work,
): Views {
  let address: string | undefined;
  let path: string;
  /** The view that waits, and since when. */
  let due: { properties: object; time: number } | undefined;
  let isCounted = false;
  let isEnded = false;
  let isAutomatic = false;
  let isParsed = true;
  /** Whether what is said by hand may be about the view that has begun. */
  let isOpen = false;
  let isClaimed = false;
  /** Whether the view began in this task. */
  let isNew = false;
  let timer: ReturnType<typeof setTimeout>;
  /** When the view began. */
  let since: number;
  /** The title at the beginning of the view, instead of which another is waited for; and if it is another page's, until there is one. */
  let awaited: string | undefined;
  let stale: string | undefined;

  function isUntitled(): boolean {
    if (title() !== stale) stale = undefined;
    return stale !== undefined;
  }

  function settle(): void {
    if (!due) return;
    const { properties, time } = due;
    due = undefined;
    isCounted = true;
    count(properties, time);
  }
  function close(): void {
    clearTimeout(timer);
    settle();
    isOpen = isNew = false;
  }
  function leave(): void {
    close();
    if (isCounted && !isEnded) end(before() === stale && Date.now() - since < SAME_MS);
    isEnded = isCounted;
  }
  function wait(looks = LOOKS): void {
    clearTimeout(timer);
    const decide = safe(() => {
      isNew = false;
      if (!isParsed) return;
      if (looks && (looks === LOOKS || title() === awaited)) wait(looks - 1);
      else close();
    });
    timer = setTimeout(decide, looks === LOOKS ? 0 : LOOK_MS);
  }
  function open(properties: object): void {
    due = { properties, time: (since = Date.now()) };
    isOpen = isNew = true;
    isClaimed = false;
    wait();
  }
  function next(): void {
    leave();
    isCounted = isEnded = false;
    awaited = stale;
    begin();
  }
  function look(isReplaced = false): void {
    const last = [address, path];
    [address, path] = read() as [string, string];
    if (address === last[0] || (isReplaced && path === last[1])) return;
    if (due && (isReplaced || isNew)) return move();
    next();
    // Not of the first page.
    if (last[0] !== undefined) awaited = stale = before();
    if (isAutomatic) open({});
  }
  function renew(properties: object): void {
    next();
    open(properties);
  }
  return {
    start(properties) {
      look();
      isAutomatic = true;
      isParsed = false;
      if (!due && !isCounted) open(properties);
    },
    parsed(isShell) {
      isParsed = true;
      if (!isOpen) return;
      awaited = title();
      if (isShell) stale = awaited;
      wait();
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
    isUntitled,
  };
}
