/** axe-core in a page: what it holds against it, readable. */

import { createRequire } from 'node:module';

import { within } from '../support/deadline.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The violations of the page as it is, every rule of axe-core; each a line with its rule and its elements. */
export async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: AXE });
  await within(page.evaluate(settled), 'the end of transitions');
  const found = await within(page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] })), 'the answer of axe-core', 60_000);
  if (!found.passes.length) throw new Error('axe-core found nothing to look at');
  return found.violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(' ')}\n  ${failureSummary}`));
}

/** In the page: what was changed is painted, and no transition is half done. Axe reads colours as they are at that moment. */
async function settled() {
  const frame = () => new Promise((go) => requestAnimationFrame(go));
  await frame();
  await frame();
  const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(ending.map(({ finished }) => finished));
  await frame();
}

/** Which element has the focus, through shadow roots: what a screen reader would say of it, roughly. */
export function focused(page) {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const label = element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? '';
    return `${element?.localName} ${label.trim().replace(/\s+/g, ' ').slice(0, 40)}`;
  });
}
