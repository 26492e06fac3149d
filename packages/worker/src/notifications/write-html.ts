import type { Language } from './language.ts';

const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

export interface Letter {
  readonly language: Language;
  readonly subject: string;
  /** What is about to happen, and the last use. */
  readonly lines: readonly string[];
  readonly mend: { readonly sentence: string; readonly label: string; readonly url: string };
  /** Why its reader gets it. */
  readonly why: string;
}

// Nothing is fetched: who reads a mail tells nobody. A program that drops the styles shows the same in its own way.
const STYLES = `
:root { color-scheme: light dark; }
body { margin: 0; padding: 24px 12px; background: #f1f3f5; color: #212529; font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 544px; margin: 0 auto; padding: 28px 32px; background: #fff; border: 1px solid #dee2e6; border-radius: 8px; }
.product { margin: 0 0 20px; color: #4263eb; font-weight: 600; }
h1 { margin: 0 0 16px; font-size: 20px; line-height: 1.4; overflow-wrap: anywhere; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
.button { display: inline-block; padding: 8px 18px; background: #4263eb; border-radius: 6px; color: #fff; font-weight: 600; text-decoration: none; }
.address, .why { color: #495057; font-size: 13px; }
.why { margin: 24px 0 0; padding-top: 16px; border-top: 1px solid #dee2e6; }
@media (prefers-color-scheme: dark) {
  body { background: #141517; color: #e9ecef; }
  main { background: #1f2023; border-color: #373a40; }
  .product { color: #91a7ff; }
  .address, .why { color: #adb5bd; }
  .why { border-color: #373a40; }
}`;

/** A letter as a page that stands by itself: headed by its subject, with one link, whose address is to be read too. */
export const writeHtml = ({ language, subject, lines, mend, why }: Letter): string =>
  [
    `<!doctype html>`,
    `<html lang="${language === 'zh' ? 'zh-Hans' : language}">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escapeHtml(subject)}</title><style>${STYLES}\n</style></head>`,
    `<body><main>`,
    `<p class="product">Latchkey</p>`,
    `<h1>${escapeHtml(subject)}</h1>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    `<p>${escapeHtml(mend.sentence)}</p>`,
    `<p><a class="button" href="${escapeHtml(mend.url)}">${escapeHtml(mend.label)}</a></p>`,
    `<p class="address">${escapeHtml(mend.url)}</p>`,
    `<p class="why">${escapeHtml(why)}</p>`,
    `</main></body></html>`,
  ].join('\n');
