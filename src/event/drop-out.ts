/** Where the visitor's session before ended: said by the first event of the next one, since a page may end without a word. */
export interface DropOut {
  /** Id of that session. */
  session: string;
  /** The visitor's stage; absent where no plugin knows of stages. */
  stage?: string | undefined;
  /** Address of the page, cleaned; absent where no plugin looks at pages. */
  page?: string | undefined;
  /** How long before this event its last one was, in seconds. */
  seconds: number;
  /** What was in the cart was worth this much; absent where the cart was empty. */
  cart_value?: number | undefined;
  /** ISO 4217; absent where none was named. */
  currency?: string | undefined;
}

/** Where a visitor is, noted with every event. */
export interface LastSeen extends Pick<DropOut, 'session' | 'stage' | 'page' | 'cart_value' | 'currency'> {
  /** Milliseconds since 1970. */
  time: number;
}
