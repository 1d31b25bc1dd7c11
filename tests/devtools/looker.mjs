/** A page with a client and `<hybrid-cache-panel>` in it, as somebody sees it who looks on. */

export class Looker {
  constructor(tab) {
    this.tab = tab;
    this.page = tab.page;
    this.panel = tab.page.locator('hybrid-cache-panel');
  }

  /** Adds the panel for the page's client; `attributes` are the element's. */
  async show(attributes = {}) {
    await this.tab.run(async (all) => {
      await import('/package/dist/devtools/index.js');
      const panel = document.createElement('hybrid-cache-panel');
      for (const [name, value] of Object.entries(all)) panel.setAttribute(name, value);
      panel.client = globalThis.cache;
      document.body.append(panel);
    }, attributes);
    return this;
  }

  part(name) {
    return this.panel.locator(`[part="${name}"]`);
  }

  button(name) {
    return this.panel.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** Opens the table of entries and resolves when it shows `count` of them. */
  async entries(count) {
    if (!(await this.part('entries').locator('table').isVisible())) await this.panel.locator('summary').click();
    await this.panel.getByText(`${count} of `).waitFor();
    return this.part('entries').locator('tbody tr:not(.answer) th').allInnerTexts();
  }

  /** What the lines of the timeline say of requests, newest first. */
  outcomes() {
    return this.part('lines').locator('[data-outcome]').evaluateAll((rows) => rows.map(({ dataset }) => dataset.outcome));
  }

  /** `{ cache, network }`: how many answers the latencies are made of. */
  async counted() {
    const cells = await this.part('latency').locator('tbody td:nth-of-type(1)').allInnerTexts();
    return { cache: Number(cells[0]), network: Number(cells[1]) };
  }
}
