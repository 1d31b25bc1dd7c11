import { h } from '../dom.js';
import type { MakeSection } from '../section.js';
import { simulate } from '../simulate.js';

/** What "slow" adds to a request, ms. */
const SLOW = 2_000;

/** Switches for what goes wrong; all are off again when the panel is taken away. */
export const simulation: MakeSection = (client) => {
  const on = { offline: false, slow: false, disabled: false };
  const names = { offline: 'Offline', slow: `Slow: ${SLOW / 1_000} s more`, disabled: 'Cache disabled' } as const;
  const apply = () => {
    simulate({ offline: on.offline, delay: on.slow ? SLOW : 0 });
    client.bypass = on.disabled;
  };
  const switches = (Object.keys(names) as (keyof typeof on)[]).map((name) => {
    const button = h('button', { type: 'button', 'aria-pressed': 'false', 'data-simulate': name }, names[name]);
    button.addEventListener('click', () => {
      on[name] = !on[name];
      button.setAttribute('aria-pressed', String(on[name]));
      apply();
    });
    return button;
  });
  return {
    root: h('section', { part: 'simulate' }, h('h3', {}, 'Simulate'), h('div', { class: 'tools' }, ...switches)),
    end() {
      if (!Object.values(on).includes(true)) return;
      Object.assign(on, { offline: false, slow: false, disabled: false });
      apply();
    },
  };
};
