/** Whether requests bear cookies, as `fetch` takes it. */
export type Credentials = 'omit' | 'same-origin' | 'include';
