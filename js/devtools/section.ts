import type { PanelClient } from './client.js';
import type { Line } from './journal.js';

/** One part of the panel. */
export interface Section {
  readonly root: HTMLElement;
  /** A line was written. */
  hear?(line: Line): void;
  /** Something happened since the last call; at most once a frame. */
  show?(): void;
  /** The panel is taken away. */
  end?(): void;
}

export type MakeSection = (client: PanelClient) => Section;
