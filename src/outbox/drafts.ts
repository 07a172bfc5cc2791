import type { IDBObjectStore } from '../dom.js';
import { createDraft, type Draft } from '../event/draft.js';
import type { Left } from './hand-over.js';
import { DRAFT } from './keys.js';
import type { Store } from './store.js';

/** A draft, and when its page began to keep it, in milliseconds since 1970. */
type KeptDraft = Draft & { readonly keptAt: number };

/** How long a draft waits in its page at most, in milliseconds. Our choice: longer than what it waits for may take. */
const DRAFT_MS = 30_000;

/** The drafts that wait for a part of a plugin. What comes of one is stored in the write that deletes it. */
export interface Drafts {
  /** Those of this page, by their keys. */
  own: Map<string, KeptDraft>;
  put(draft: Draft): void;
  remove(draft: Draft): void;
  /**
   * Returns those stored ones, in their order, whose pages are gone: they have left them, or the drafts would have gone their way by now. Other pages see in the store
   * that this one has taken them up.
   */
  takeUp(values: IDBObjectStore, stored: readonly unknown[], left: Left): KeptDraft[];
  /** They are those of this page, now that the store has them as such. */
  adopt(drafts: readonly KeptDraft[]): void;
}

/** Whether a stored value is a draft. */
function isDraft(value: unknown): value is KeptDraft {
  const { id, name, time, properties, context } = Object(value) as KeptDraft;
  const areObjects = [properties, context].every((part) => typeof part === 'object' && part);
  return areObjects && typeof id === 'string' && typeof name === 'string' && time >= 0;
}

/** Returns the drafts that wait in a page. */
export function createDrafts(store: Store): Drafts {
  const own = new Map<string, KeptDraft>();
  const keep = (draft: Draft): KeptDraft => ({ ...createDraft(draft), keptAt: Date.now() });
  const adopt = (drafts: readonly KeptDraft[]) => drafts.forEach((draft) => own.set(DRAFT + draft.id, draft));
  return {
    own,
    adopt,
    put(draft) {
      const kept = keep(draft);
      adopt([kept]);
      store.set(DRAFT + draft.id, kept);
    },
    remove({ id }) {
      own.delete(DRAFT + id);
      store.set(DRAFT + id, undefined);
    },
    takeUp(values, stored, left) {
      const isFree = ({ id, keptAt }: KeptDraft) =>
        !own.has(DRAFT + id) && (DRAFT + id in left.values || !(Date.now() - keptAt < DRAFT_MS));
      const taken = stored.filter(isDraft).filter(isFree).map(keep);
      for (const draft of taken) values.put(draft, DRAFT + draft.id);
      return taken.sort((one, other) => one.time - other.time);
    },
  };
}
