/** Showing a change before the server has confirmed it, and taking it back if the server refuses. */

/** A place that holds what is shown. */
export interface Cell<T> {
  get(): T;
  set(value: T): void;
}

/** A change that is shown and not confirmed yet; one of the two ends it, and only the first call counts. */
export interface Pending {
  /** The server has confirmed it. */
  keep(): void;
  /** The server has refused it: what is shown is again what it would be without this change. */
  undo(): void;
}

/** What lies under the changes of a cell that are not confirmed. */
interface Draft<T> {
  base: T;
  shown: T;
  readonly changes: Set<(before: T) => T>;
}

const drafts = new WeakMap<object, Draft<unknown>>();

/**
 * Applies `change` to a cell at once. Changes that are pending at the same time may end in any order: undoing one
 * applies the others again to what was there before them. Whoever else sets the cell meanwhile has the last word:
 * then nothing is undone.
 *
 * @param owner What stands for the cell: calls with the same object concern the same cell.
 * @param change Makes the new value out of the old one, without changing the old one; may be called again.
 */
export function begin<T>(owner: object, cell: Cell<T>, change: (before: T) => T): Pending {
  let draft = drafts.get(owner) as Draft<T> | undefined;
  const before = cell.get();
  if (!draft || draft.shown !== before) {
    draft = { base: before, shown: before, changes: new Set() };
    drafts.set(owner, draft as Draft<unknown>);
  }
  const mine = draft;
  // A function of its own, since the same change may be made twice.
  const own = (value: T) => change(value);
  mine.changes.add(own);
  const show = (value: T) => cell.set((mine.shown = value));
  const end = (act: () => void) => {
    if (!mine.changes.has(own)) return;
    act();
    if (!mine.changes.size && drafts.get(owner) === mine) drafts.delete(owner);
  };
  show(own(before));
  return {
    keep: () =>
      end(() => {
        // Confirmed ones lie under those that are not, whatever the order they were made in.
        mine.base = own(mine.base);
        mine.changes.delete(own);
      }),
    undo: () =>
      end(() => {
        mine.changes.delete(own);
        if (cell.get() !== mine.shown) return;
        let value = mine.base;
        for (const each of mine.changes) value = each(value);
        show(value);
      }),
  };
}
