/** Something that can be listened to. */
export interface Emitter<Events> {
  /** Calls `listener` at each `type` until the returned function is called. */
  on<Type extends keyof Events>(type: Type, listener: (detail: Events[Type]) => void): () => void;
  emit<Type extends keyof Events>(type: Type, detail: Events[Type]): void;
}

/**
 * Returns an emitter whose listeners cannot disturb it or each other.
 *
 * @param onError called with what a listener threw; the other listeners still run
 */
export function createEmitter<Events>(onError: (type: keyof Events, error: unknown) => void): Emitter<Events> {
  const listeners = new Set<{ type: keyof Events; listener: (detail: never) => void }>();
  return {
    on(type, listener) {
      const entry = { type, listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    emit(type, detail) {
      for (const entry of listeners) {
        try {
          if (entry.type === type) entry.listener(detail as never);
        } catch (error) {
          onError(type, error);
        }
      }
    },
  };
}
