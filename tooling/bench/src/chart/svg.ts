/** Parts of a picture: text at a place, coordinates to a tenth, and what may stand between two tags. */
export const textAt = (x: number, y: number, content: string, classes: string, anchor = 'start'): string =>
  `<text class="${classes}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;

export const round = (value: number): number => Math.round(value * 10) / 10;

export const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
