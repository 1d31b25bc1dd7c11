/** Elements of a WebKit page, found and used as Playwright does, as far as the tests ask for it. */

import { until } from '../deadline.mjs';
import { find } from './inside.mjs';

/** Where roles are found; they are what the tests name, not all that there are. */
const ROLES = { button: 'button', columnheader: 'th[scope=col]', searchbox: 'input[type=search]' };

/** What a driver says of an element that it did not touch: it was drawn anew meanwhile, or is not to be reached yet. */
const UNTOUCHED = /: (stale element reference|no such element|detached shadow root|element click intercepted|element not interactable): /;

/** The elements that fit every step, each of which searches below what the one before found. */
export class Elements {
  constructor(page, steps = []) {
    this.page = page;
    this.steps = steps;
  }

  locator(css) {
    return new Elements(this.page, [...this.steps, { css }]);
  }

  getByTestId(id) {
    return this.locator(`[data-testid="${id}"]`);
  }

  /** `name`: a part of it unless `exact`, or an expression. Counted as one are what `aria-label` says, or else the text. */
  getByRole(role, { name, exact = false } = {}) {
    if (!ROLES[role]) throw new Error(`say in ${import.meta.url} where the role "${role}" is found`);
    return new Elements(this.page, [...this.steps, { css: ROLES[role], name, exact }]);
  }

  /** The innermost elements whose text has `text` in it, or fits it; also those below which it is searched. */
  getByText(text) {
    return new Elements(this.page, [...this.steps, { text }]);
  }

  first() {
    return new Elements(this.page, [...this.steps, { first: true }]);
  }

  evaluateAll(script, argument) {
    return this.page.evaluate(`([steps, argument]) => (${script})((${find})(steps), argument)`, [this.steps, argument]);
  }

  /** Waits for the one element. */
  async evaluate(script, argument) {
    await this.#one((element) => element !== undefined);
    return this.evaluateAll(`([element], argument) => (${script})(element, argument)`, argument);
  }

  async waitFor() {
    await this.#one((element) => element?.checkVisibility() ?? false);
  }

  async #one(is) {
    const seen = () => this.evaluateAll(`(all) => [all.length, (${is})(all[0])]`);
    await until(JSON.stringify(this.steps), async () => {
      const [count, yes] = await seen();
      if (count > 1) throw new Error(`${count} elements are ${JSON.stringify(this.steps)}`);
      return yes;
    });
  }

  isVisible() {
    return this.evaluateAll(([element]) => element?.checkVisibility() ?? false);
  }

  count() {
    return this.evaluateAll((all) => all.length);
  }

  allInnerTexts() {
    return this.evaluateAll((all) => all.map(({ innerText }) => innerText));
  }

  innerText() {
    return this.evaluate(({ innerText }) => innerText);
  }

  textContent() {
    return this.evaluate((element) => element.textContent);
  }

  getAttribute(name) {
    return this.evaluate((element, given) => element.getAttribute(given), name);
  }

  click() {
    return this.#act('click');
  }

  /** Text is typed; a slider, on which one types nothing, is set. */
  async fill(text) {
    if (await this.evaluate(({ type }) => type === 'range')) return this.#set(text, 'input');
    await this.#act('clear');
    return this.#act('value', { text });
  }

  selectOption(value) {
    return this.#set(value, 'change');
  }

  async #set(value, event) {
    await this.waitFor();
    await this.evaluate((element, [given, type]) => {
      element.value = given;
      element.dispatchEvent(new Event(type, { bubbles: true }));
    }, [value, event]);
  }

  /** What a person does with it: `click`, `clear`, or `value`, the keys that are pressed in it. */
  async #act(command, body) {
    await until(`${command} on ${JSON.stringify(this.steps)}`, async () => {
      await this.waitFor();
      return this.page.act(this.steps, command, body).then(() => true, (error) => {
        if (!UNTOUCHED.test(error.message)) throw error;
      });
    });
  }
}
