/**
 * A page of WebKit, with the part of Playwright's face that the tests of faults, races, panel and demo use. WebDriver
 * knows neither a console nor scripts that run before a page's own: both are put into what a test's own server sends; on
 * other servers the console is heard from the end of loading on.
 */

import { EventEmitter } from 'node:events';

import { LIMIT, until } from '../deadline.mjs';
import { serverAt } from '../server.mjs';
import { Elements } from './elements.mjs';
import { begin, find, listen, look, report } from './inside.mjs';

/** Pages tell what was on their consoles when they are asked anything, and otherwise so often, ms. */
const LISTEN_EVERY = 100;

export class Page extends EventEmitter {
  #first = [`(${listen})()`];
  #asked = 0;
  #closed = false;

  constructor(driver, window) {
    super();
    this.driver = driver;
    this.window = window;
    this.#listen();
  }

  async #listen() {
    while (!this.#closed && !this.driver.stopped) {
      await this.evaluate(() => {}).catch(() => {});
      await new Promise((go) => setTimeout(go, LISTEN_EVERY));
    }
  }

  /** `script` runs before those of the pages to come, if a test's own server sends them. */
  addInitScript(script, argument) {
    this.#first.push(`(${script})(${packed(argument)})`);
  }

  goto(url) {
    return this.#navigate('/url', { url: serverAt(url)?.runFirst(url, this.#first.join(';\n')) ?? url });
  }

  reload() {
    return this.#navigate('/refresh');
  }

  async #navigate(path, body) {
    // What the page that is left has told.
    await this.evaluate(() => {}).catch(() => {});
    await this.#in('POST', path, body);
    await this.evaluate(listen);
  }

  /** `popup`: the window that this page opens next, as a page. `load`: the next page of this one has been loaded. */
  async waitForEvent(name) {
    if (name === 'load') {
      await this.evaluate(() => void (globalThis.__old = true));
      await until('another page', () => this.evaluate(() => !globalThis.__old && document.readyState === 'complete').catch(() => false));
      return this.evaluate(listen);
    }
    if (name !== 'popup') throw new Error(`WebDriver tells nothing of "${name}"`);
    const windows = () => this.driver.call('GET', '/window/handles');
    const before = await windows();
    return new Page(this.driver, await until('a new window', async () => (await windows()).find((handle) => !before.includes(handle))));
  }

  waitForFunction(script, argument) {
    return until(String(script), () => this.evaluate(script, argument));
  }

  locator(css) {
    return new Elements(this).locator(css);
  }

  getByTestId(id) {
    return new Elements(this).getByTestId(id);
  }

  getByRole(role, options) {
    return new Elements(this).getByRole(role, options);
  }

  /** Runs a function in the page and answers what it answers, or what its promise becomes. */
  async evaluate(script, argument, on) {
    return (await this.#ask(script, argument, on)).value;
  }

  /** The same, but the answer stays in the page: `handle.evaluate(script)` runs a function on it. */
  async evaluateHandle(script, argument) {
    const { id } = await this.#ask(script, argument);
    return { evaluate: (next) => this.evaluate(next, undefined, id) };
  }

  async #ask(script, argument, on) {
    const id = `${this.window} ${++this.#asked}`;
    const end = Date.now() + 6 * LIMIT;
    let answer = await this.#run(`(${begin})(${JSON.stringify(id)}, (${script}), ${packed(argument)}, ${JSON.stringify(on ?? null)})`);
    while (answer.pending) {
      if (Date.now() > end) throw new Error(`no answer from the page: ${script}`);
      await new Promise((go) => setTimeout(go, 10));
      answer = await this.#run(`(${look})(${JSON.stringify(id)})`);
    }
    if (answer.error !== undefined) throw new Error(answer.error);
    return { id, value: answer.value };
  }

  /** The value of an expression; hands on what the console had. Never waits in the page, or no other could be asked. */
  async #run(expression) {
    const text = await this.#in('POST', '/execute/sync', { script: `return (${report})(${expression})`, args: [] });
    const { answer, told } = JSON.parse(text);
    for (const { error, type, text: words } of told) {
      if (error === undefined) this.emit('console', { type: () => type, text: () => words });
      else this.emit('pageerror', error);
    }
    return answer;
  }

  /** A command of the driver for the element that {@link find} finds first. */
  act(steps, command, body) {
    return this.driver.within(this.window, async () => {
      const script = `return (${find})(${packed(steps)})[0] ?? null`;
      const element = await this.driver.call('POST', '/execute/sync', { script, args: [] });
      if (element) await this.driver.call('POST', `/element/${Object.values(element)[0]}/${command}`, body);
      else throw new Error(`${command}: no such element: ${packed(steps)}`);
    });
  }

  /** None: the pictures are for people, and a window behind another one may never be painted. */
  async screenshot() {}

  #in(method, path, body) {
    return this.driver.within(this.window, () => this.driver.call(method, path, body));
  }

  async close() {
    this.#closed = true;
    await this.#in('DELETE', '/window');
  }
}

/** A value as an expression; unlike in JSON, `undefined` stays what it is. */
function packed(value) {
  if (value === undefined) return 'undefined';
  if (value instanceof RegExp) return String(value);
  if (Array.isArray(value)) return `[${value.map(packed).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${packed(field)}`).join(', ')} }`;
}
