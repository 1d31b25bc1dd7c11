let sheet: CSSStyleSheet | undefined;

/** One constructed style sheet for all panels: a Content-Security-Policy has nothing against it. */
export function style(): CSSStyleSheet {
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(CSS);
  return sheet;
}

const CSS = `
:host {
  color-scheme: light dark;
  --surface: var(--hybrid-cache-surface, light-dark(#fffefb, #1d2026));
  --sunken: light-dark(#f3efe5, #17191e);
  --ink: var(--hybrid-cache-ink, light-dark(#22262e, #eae7df));
  --muted: light-dark(#5c6370, #a4a9b3);
  --line: light-dark(#e3dccd, #31353d);
  --edge: light-dark(#8d8574, #6f7580);
  --accent: var(--hybrid-cache-accent, light-dark(#0f6b5c, #5fd0b5));
  --accent-soft: light-dark(#e0efe9, #1d3833);
  --brass: light-dark(#8a5b0b, #f0c069);
  --on-brass: light-dark(#ffffff, #2a1d04);
  --danger: light-dark(#a62b37, #ff9aa0);
  --hit: light-dark(#0f6f4f, #62d6a2);
  --miss: light-dark(#2f5fae, #93b9ff);
  --stale: light-dark(#875300, #f3c163);
  --late: light-dark(#9a2f68, #ff9ccb);
  display: block;
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: 14px;
  background: var(--surface);
  color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif;
  font-variant-numeric: tabular-nums;
}
:host([hidden]) { display: none; }
:host([theme='light']) { color-scheme: light; }
:host([theme='dark']) { color-scheme: dark; }

* { box-sizing: border-box; }
section { padding: 0.9rem 1.1rem; }
section + section { border-top: 1px solid var(--line); }
h2, h3 { margin: 0; line-height: 1.2; }
h2 { font-size: 1.15em; }
h3 { display: inline-block; margin-bottom: 0.5rem; font-size: 1em; }
p { margin: 0.4rem 0 0; }
.muted, small { color: var(--muted); font-size: 0.93em; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

.title { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.2rem 1rem; }
[part='status'] { color: var(--muted); }
[part='status']::before { content: '● '; }
[data-status='ready'] { color: var(--hit); }
[data-status='loading'], [data-status='off'] { color: var(--stale); }
[data-status='unavailable'], [part='reason'] { color: var(--danger); }
[part='version'] { margin-inline: -0.4rem; padding-inline: 0.4rem; border-radius: 8px; font-family: ui-monospace, Menlo, 'DejaVu Sans Mono', monospace; white-space: nowrap; }
[part='version'] strong { font-size: 1.3em; color: var(--brass); }
.flash { animation: flash 1.6s ease-out; }
.flash > * { animation: ink 1.6s ease-out; }
@keyframes flash { 0%, 35% { background: var(--brass); } }
@keyframes ink { 0%, 35% { color: var(--on-brass); } }
.sums { display: grid; grid-template-columns: repeat(2, 1fr); gap: 0.4rem 1rem; margin: 0.6rem 0 0; }
dt { color: var(--muted); font-size: 0.93em; }
dd { margin: 0; font-size: 1.3em; font-weight: 600; }

button, input {
  min-height: 2.1rem; padding: 0.2rem 0.7rem; border: 1px solid var(--edge); border-radius: 8px;
  background: var(--surface); color: inherit; font: inherit;
}
button { cursor: pointer; }
button:hover { border-color: var(--accent); background: var(--accent-soft); }
button[aria-pressed='true'] { border-color: var(--brass); background: var(--brass); color: var(--on-brass); }
.tools { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.tools input { flex: 1 1 8rem; min-width: 0; }

svg { display: block; width: 100%; max-width: 34rem; overflow: visible; }
svg text { fill: var(--muted); font-size: 10px; }
.axis { stroke: var(--line); }
rect.cache { fill: var(--hit); }
rect.network { fill: var(--miss); }
.p50, .p95 { stroke: var(--ink); }
.p95 { stroke-dasharray: 2 2; }
.loading { fill: none; stroke: var(--stale); stroke-width: 1.5; }

table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 600; }
thead th { color: var(--muted); font-weight: 400; font-size: 0.93em; }
thead th button { min-height: 0; padding: 0 0.2rem; border: 0; background: none; }
th[aria-sort='ascending'] button::after { content: ' ↑'; }
th[aria-sort='descending'] button::after { content: ' ↓'; }
td, th { padding: 0.25rem 0.6rem 0.25rem 0; vertical-align: top; }
tbody tr:not(.answer) { border-top: 1px solid var(--line); }
[part='latency'] tr.cache th { color: var(--hit); }
[part='latency'] tr.network th { color: var(--miss); }
[part='entries'] td { white-space: nowrap; }
[part='entries'] td:last-child { white-space: normal; }
[part='entries'] td small { display: block; }
[part='entries'] tbody th { width: 60%; font-weight: 400; overflow-wrap: anywhere; }
[part='entries'] td button { min-height: 1.8rem; margin: 0 0.3rem 0.3rem 0; padding: 0 0.45rem; font-size: 0.93em; }
.dead { color: var(--muted); }
.answer td { padding: 0.3rem 0.8rem 0.7rem; background: var(--sunken); white-space: normal !important; }
summary { cursor: pointer; }
.scroll { max-height: 22rem; margin-top: 0.4rem; overflow: auto; }

[part='lines'] { max-height: 22rem; margin: 0 -0.4rem; padding: 0 0.4rem; overflow-y: auto; list-style: none; }
li { --tone: var(--muted); }
[part='lines'] li { display: grid; grid-template-columns: 4rem minmax(0, 1fr) 4rem; gap: 0 0.6rem; padding-block: 0.35rem; border-bottom: 1px solid var(--line); }
.hit { --tone: var(--hit); } .miss { --tone: var(--miss); } .stale { --tone: var(--stale); } .late { --tone: var(--late); }
.outcome { color: var(--tone); font-weight: 600; }
.address { overflow: hidden; font-family: ui-monospace, Menlo, 'DejaVu Sans Mono', monospace; font-size: 0.88em; line-height: 1.7; text-overflow: ellipsis; white-space: nowrap; }
.ms { text-align: right; }
time { color: var(--muted); font-size: 0.93em; }
.bar { align-self: center; height: 4px; border-radius: 2px; background: var(--line); }
.bar span { display: block; height: 100%; border-radius: 2px; background: var(--tone); }
.note span { grid-column: 2 / -1; color: var(--brass); }

@media (prefers-reduced-motion: reduce) { * { animation-duration: 1ms !important; } }
`;
