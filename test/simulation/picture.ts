import { AFTER_S, BEFORE_S, OUTAGE_S, type Result } from './outage.js';

/** One line of a diagram. */
export interface Line {
  name: string;
  result: Result;
}

/** One diagram: how the collector failed, and what it saw under each policy. */
export interface Diagram {
  title: string;
  lines: Line[];
}

const COLOURS = ['#0a5fb4', '#d97706', '#4d7c0f', '#b91c1c'];
const WIDTHS = [2.2, 1.3, 1.3, 1.3];
/** Lines that lie below are drawn first. */
const ORDER = [3, 2, 1, 0];
/** Highest rate shown; what is above is written. */
const TOP = 6;
/** Seconds of one point: the busiest one of them is drawn. */
const POINT_S = 10;
/** How much is shown of what follows. */
const SHOWN_AFTER_S = Math.min(AFTER_S, 900);
const WIDTH = 900;
const PANEL = { left: 46, top: 150, width: 380, height: 210, across: 446, down: 316 };
const escape = (text: string) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const times = (rate: number) => `${rate.toFixed(rate < 10 ? 1 : 0)}×`;

/** Draws diagrams, two in a row, as an SVG of 900 px. */
export function drawOutage(title: string, subtitle: readonly string[], diagrams: readonly Diagram[]): string {
  const toX = (second: number) => ((second + BEFORE_S) / (BEFORE_S + OUTAGE_S + SHOWN_AFTER_S)) * PANEL.width;
  const toY = (rate: number) => PANEL.height - (Math.min(rate, TOP) / TOP) * PANEL.height;
  const text = (x: number, y: number, content: string, attributes = '') => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;

  const panels = diagrams.map(({ title: heading, lines }, index) => {
    const parts = [
      text(0, -44, heading, 'font-weight="600" font-size="14" fill="#111"'),
      `<rect x="${toX(0).toFixed(1)}" y="0" width="${(toX(OUTAGE_S) - toX(0)).toFixed(1)}" height="${PANEL.height}" fill="#eceff3"/>`,
      text((toX(0) + toX(OUTAGE_S)) / 2, 14, 'collector down', 'text-anchor="middle" fill="#667"'),
    ];
    for (let rate = 0; rate <= TOP; rate++) {
      const y = toY(rate).toFixed(1);
      const isAim = rate === 3;
      parts.push(`<line x1="0" x2="${PANEL.width}" y1="${y}" y2="${y}" stroke="${isAim ? '#555' : '#dde1e6'}"${isAim ? ' stroke-dasharray="5 4"' : ''}/>`);
      parts.push(text(-8, toY(rate) + 4, `${rate}×`, 'text-anchor="end" fill="#444"'));
    }
    parts.push(text(PANEL.width - 2, toY(3) - 5, 'aim: at most 3×', 'text-anchor="end" fill="#555" font-size="11"'));
    for (let minute = -5; minute * 60 <= OUTAGE_S + SHOWN_AFTER_S; minute += 5) {
      const x = toX(minute * 60);
      parts.push(`<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${PANEL.height}" y2="${PANEL.height + 5}" stroke="#444"/>`);
      parts.push(text(x, PANEL.height + 18, `${minute}`, 'text-anchor="middle" fill="#444"'));
    }
    parts.push(text(PANEL.width / 2, PANEL.height + 36, 'minutes since the collector went down', 'text-anchor="middle" fill="#444"'));
    parts.push(`<path d="M0 0V${PANEL.height}H${PANEL.width}" fill="none" stroke="#444"/>`);

    for (const order of ORDER) {
      const line = lines[order];
      if (!line) continue;
      const { rate } = line.result;
      const seconds = BEFORE_S + OUTAGE_S + SHOWN_AFTER_S;
      const points: string[] = [];
      let isCut = false;
      for (let from = 0; from < seconds; from += POINT_S) {
        const highest = Math.max(...rate.subarray(from, from + POINT_S));
        const x = toX(from + POINT_S / 2 - BEFORE_S);
        points.push(`${x.toFixed(1)},${toY(highest).toFixed(1)}`);
        // A line that leaves the diagram says how high it goes.
        if (highest > TOP && !isCut) parts.push(text(x + 7, 14 + 14 * order, `▲ ${times(Math.max(line.result.peakDuring, line.result.peakAfter))}`, `fill="${COLOURS[order]}" font-weight="600"`));
        isCut ||= highest > TOP;
      }
      parts.push(`<polyline points="${points.join(' ')}" fill="none" stroke="${COLOURS[order]}" stroke-width="${WIDTHS[order]}" stroke-linejoin="round"/>`);
    }
    lines.forEach(({ name, result }, order) => {
      const x = (order % 2) * 190;
      const y = -26 + Math.floor(order / 2) * 16;
      parts.push(`<line x1="${x}" x2="${x + 18}" y1="${y - 4}" y2="${y - 4}" stroke="${COLOURS[order]}" stroke-width="${(WIDTHS[order] ?? 1) + 0.6}"/>`);
      parts.push(text(x + 24, y, `${name}: ${times(Math.max(result.peakDuring, result.peakAfter))}`, `fill="#222"${order ? '' : ' font-weight="600"'}`));
    });
    const x = PANEL.left + (index % 2) * PANEL.across;
    const y = PANEL.top + Math.floor(index / 2) * PANEL.down;
    return `<g transform="translate(${x} ${y})">${parts.join('\n')}</g>`;
  });

  const height = PANEL.top + (Math.ceil(diagrams.length / 2) - 1) * PANEL.down + PANEL.height + 50;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="12" role="img">
<title>${escape(title)}</title>
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${text(16, 30, title, 'font-size="19" font-weight="600" fill="#111"')}
${subtitle.map((line, index) => text(16, 52 + 17 * index, line, 'font-size="13" fill="#444"')).join('\n')}
${panels.join('\n')}
</svg>
`;
}
