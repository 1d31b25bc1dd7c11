/** What runs in WebKit's pages for ./page.mjs. Each function stands alone: its text is copied there. */

/** Begins a script, on what an earlier one answered if `on` names it, and answers at once what is known by then. */
export function begin(id, script, argument, on) {
  const answers = (globalThis.__answers ??= new Map());
  const settle = (answer) => answers.set(id, answer);
  const fail = (error) => settle({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  try {
    const value = script(on === null ? argument : answers.get(on).value);
    if (typeof value?.then === 'function') {
      settle({ pending: true });
      value.then((late) => settle({ value: late }), fail);
    } else {
      settle({ value });
    }
  } catch (error) {
    fail(error);
  }
  return answers.get(id);
}

/** What is known now. */
export function look(id) {
  return globalThis.__answers?.get(id) ?? { error: 'the page was left before it answered' };
}

/** As text: an answer, and what was on the console since the last one. A value that cannot be text stays in the page. */
export function report(answer) {
  const told = (globalThis.__told ?? []).splice(0);
  try {
    return JSON.stringify({ answer, told });
  } catch {
    return JSON.stringify({ answer: {}, told });
  }
}

/** From now on, what is on the console and what no script catches is kept for the next report. */
export function listen() {
  if (globalThis.__told) return;
  const told = (globalThis.__told = []);
  for (const name of ['debug', 'log', 'info', 'warn', 'error']) {
    const real = console[name];
    console[name] = (...given) => {
      told.push({ type: name === 'warn' ? 'warning' : name, text: given.map(String).join(' ') });
      real.apply(console, given);
    };
  }
  addEventListener('error', ({ error, message }) => told.push({ error: String(error ?? message) }));
  addEventListener('unhandledrejection', ({ reason }) => told.push({ error: String(reason) }));
}

/** The elements that fit all steps, in the order of the document; open shadow trees belong to it. See ./elements.mjs. */
export function find(steps) {
  const below = (node) =>
    [...(node.shadowRoot ? [node.shadowRoot] : []), node].flatMap((tree) => [...tree.children].flatMap((child) => [child, ...below(child)]));
  const plain = (text) => text.replace(/\s+/g, ' ').trim();
  const text = (node) => plain(node.shadowRoot ? `${node.shadowRoot.textContent} ${node.textContent}` : node.textContent);
  const fits = (has, wanted, exact) => {
    if (wanted instanceof RegExp) return wanted.test(has);
    return exact ? has === plain(wanted) : has.toLowerCase().includes(plain(wanted).toLowerCase());
  };
  return steps.reduce(
    (found, { css, name, exact, text: words, first }) => {
      if (first) return found.slice(0, 1);
      const all = [...new Set(found.flatMap(below))].filter((element) => !['SCRIPT', 'STYLE'].includes(element.tagName));
      if (words !== undefined) {
        const having = [...new Set([...found, ...all])].filter((node) => node !== document && fits(text(node), words));
        return having.filter((element) => !having.some((other) => other !== element && below(element).includes(other)));
      }
      return all.filter((element) => element.matches(css) && (name === undefined || fits(element.ariaLabel ?? text(element), name, exact)));
    },
    [document],
  );
}
