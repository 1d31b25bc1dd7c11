/** A table's column as horizontal bars on a logarithmic scale: an SVG that reads on light and on dark pages. */

import { round } from '../numbers.mjs';
import { CONTENDERS } from './contenders.mjs';

const [WIDTH, LEFT, RIGHT, ROW] = [760, 230, 90, 22];

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The SVG of `table`, the shortest bar first; `undefined` where nothing can be drawn. */
export function plot({ title, unit, columns, rows, plot: column }) {
  const bars = Object.entries(rows)
    .map(([name, values]) => [name, values[column]])
    .filter(([, value]) => value > 0)
    .sort(([, a], [, b]) => a - b);
  if (column === undefined || bars.length < 2) return undefined;
  const [least, most] = [bars[0][1], bars.at(-1)[1]].map(Math.log10);
  const width = (value) => 12 + ((WIDTH - LEFT - RIGHT - 12) * (Math.log10(value) - least)) / (most - least || 1);
  const lines = bars.map(([name, value], i) => {
    const y = 34 + i * ROW;
    const colour = CONTENDERS[name].ours ? '#0b7a75' : '#8a94a6';
    return [
      `<text x="${LEFT - 8}" y="${y + 12}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width(value).toFixed(1)}" height="16" rx="2" fill="${colour}"/>`,
      `<text x="${(LEFT + width(value) + 6).toFixed(1)}" y="${y + 12}">${round(value)} ${unit}</text>`,
    ].join('');
  });
  const height = 44 + bars.length * ROW;
  const heading = `${title}${columns.length > 1 ? `: ${columns[column]}` : ''}, logarithmic`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#5b6472">
<title>${escaped(heading)}</title><text x="8" y="18" font-size="13" font-weight="600">${escaped(heading)}</text>
${lines.join('\n')}
</svg>
`;
}
