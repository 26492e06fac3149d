import type { Announcement } from '@latchkey/store';
import { mendUrl } from './console-url.ts';
import type { Recipient } from './find-recipients.ts';
import { languageOf } from './language.ts';
import { type Facts, type Sentences, sentences } from './sentences.ts';

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

/** Whose token it speaks of has a last use to tell, or none. */
const useLine = (say: Sentences, { tokenId, content }: Announcement): readonly string[] => {
  const { lastUsedAt, lastUsedAddress, lastUsedClient } = content;
  if (tokenId === null) return [];
  if (lastUsedAt === null) return [say.neverUsed];
  return [
    say.lastUse(
      inUtc(lastUsedAt),
      lastUsedAddress === null ? null : oneLine(lastUsedAddress),
      lastUsedClient === null ? null : oneLine(lastUsedClient).slice(0, 200),
    ),
  ];
};

/** What is about to break, the last use and from where, and the one link that mends it. */
export const writeMail = (
  announcement: Announcement,
  { locale, as }: { readonly locale: string; readonly as: Recipient['as'] },
  publicUrl: string,
): Mail => {
  const language = languageOf(locale);
  const say: Sentences = sentences[language];
  const { kind, content } = announcement;
  const facts: Facts = {
    name: oneLine(content.tokenName ?? ''),
    days: content.days ?? 0,
    count: content.count ?? 0,
    member: oneLine(content.aboutMemberId ?? ''),
    at: inUtc(content.about),
  };
  const url = mendUrl(publicUrl, announcement);
  const lines = [say.what[kind](facts), ...useLine(say, announcement)];
  const subject = say.subject[kind](facts);
  const why = say.why[kind === 'removal_report' && as === 'owner' ? 'remover' : as];
  const link = `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>`;
  return {
    subject,
    text: [...lines, `${say.mend[kind]}\n${url}`, why].join('\n\n'),
    html: [
      `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${escapeHtml(subject)}</title>`,
      ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
      `<p>${escapeHtml(say.mend[kind])} ${link}</p><p><small>${escapeHtml(why)}</small></p></html>`,
    ].join('\n'),
  };
};
