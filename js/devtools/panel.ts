import type { EventFilter, PanelClient } from './client.js';
import { Journal } from './journal.js';
import type { MakeSection, Section } from './section.js';
import { entries } from './sections/entries.js';
import { latency } from './sections/latency.js';
import { simulation } from './sections/simulation.js';
import { state } from './sections/state.js';
import { timeline } from './sections/timeline.js';
import { style } from './style.js';
import { recordUserTiming } from './timing.js';

const SECTIONS: Readonly<Record<string, MakeSection>> = { state, latency, timeline, entries, simulate: simulation };

/** Where there is no document the module can still be imported. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<hybrid-cache-panel>`: what one client does, for the people who build the application. Set {@link client}; nothing is
 * shown before, and what happened before is not known to it. While it is in the document it also records User Timing.
 *
 * Attributes: `sections`, names separated by blanks, in the order to show them (`state latency timeline entries
 * simulate`, the default, all of them); `theme`, `light` or `dark` (default: as the system prefers).
 *
 * Colours are custom properties, `--hybrid-cache-…`; every section is a `part`.
 */
export class HybridCachePanel extends Base {
  static readonly observedAttributes = ['sections'];
  #client: PanelClient | undefined;
  #filter: EventFilter = () => true;
  #sections: Section[] = [];
  #stop: (() => void)[] = [];
  #frame = 0;

  /** The client it looks at, or `undefined`. */
  get client(): PanelClient | undefined {
    return this.#client;
  }

  set client(client: PanelClient | undefined) {
    if (client === this.#client) return;
    this.#client = client;
    this.#restart();
  }

  /** Which events count: an application may leave out requests of its own tools. Default: all. */
  get filter(): EventFilter {
    return this.#filter;
  }

  set filter(filter: EventFilter) {
    this.#filter = filter;
  }

  connectedCallback(): void {
    // Set before the element was defined: they hide the accessors.
    for (const name of ['client', 'filter'] as const) {
      const { [name]: value } = this;
      if (Object.hasOwn(this, name)) {
        delete this[name];
        Object.assign(this, { [name]: value });
      }
    }
    this.#restart();
  }

  disconnectedCallback(): void {
    this.#end();
  }

  attributeChangedCallback(): void {
    this.#restart();
  }

  #restart(): void {
    this.#end();
    const client = this.#client;
    if (!client || !this.isConnected) return;
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [style()];
    const names = this.getAttribute('sections')?.split(/\s+/).filter(Boolean) ?? Object.keys(SECTIONS);
    this.#sections = names.flatMap((name) => SECTIONS[name]?.(client) ?? []);
    shadow.replaceChildren(...this.#sections.map(({ root }) => root));

    const journal = new Journal(client);
    const hear = client.on((event) => {
      const line = journal.read(event);
      if (line && this.#filter(event)) for (const section of this.#sections) section.hear?.(line);
      this.#frame ||= requestAnimationFrame(() => {
        this.#frame = 0;
        for (const section of this.#sections) section.show?.();
      });
    });
    this.#stop = [hear, recordUserTiming(client)];
  }

  #end(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    for (const stop of this.#stop.splice(0)) stop();
    for (const section of this.#sections.splice(0)) section.end?.();
  }
}
