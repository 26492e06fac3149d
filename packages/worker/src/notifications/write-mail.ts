import type { ReminderContent } from '@latchkey/store';
import { languageOf } from './language.ts';
import { type Sentences, sentences } from './sentences.ts';
import { tokenUrl } from './token-url.ts';

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

// A name or a client is somebody's text: no line of its own, nowhere.
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

const inUtc = (instant: number): string => `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** What is about to break, the last use and from where, and the one link that mends it. */
export const writeMail = (content: ReminderContent, locale: string, publicUrl: string): Mail => {
  const language = languageOf(locale);
  const say: Sentences = sentences[language];
  const { kind, thresholdDays, lastUsedAt, lastUsedAddress, lastUsedClient } = content;
  const name = oneLine(content.name);
  const url = tokenUrl(publicUrl, content.tokenId);
  const lines = [
    say.what[kind](name, thresholdDays, inUtc(content.anchor)),
    lastUsedAt === null
      ? say.neverUsed
      : say.lastUse(
          inUtc(lastUsedAt),
          lastUsedAddress === null ? null : oneLine(lastUsedAddress),
          lastUsedClient === null ? null : oneLine(lastUsedClient).slice(0, 200),
        ),
  ];
  const subject = say.subject[kind](name, thresholdDays);
  const link = `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>`;
  return {
    subject,
    text: [...lines, `${say.mend[kind]}\n${url}`, say.why].join('\n\n'),
    html: [
      `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${escapeHtml(subject)}</title>`,
      ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
      `<p>${escapeHtml(say.mend[kind])} ${link}</p><p><small>${escapeHtml(say.why)}</small></p></html>`,
    ].join('\n'),
  };
};
