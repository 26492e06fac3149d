import type { Announcement } from '@latchkey/store';
import { mendUrl, settingsUrl } from './console-url.ts';
import type { Recipient } from './find-recipients.ts';
import { languageOf } from './language.ts';
import { type Facts, type Sentences, sentences } from './sentences.ts';
import { writeHtml } from './write-html.ts';

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly switchOffUrl: string | null;
}

// A name or a client is somebody's text: no line of its own, nowhere.
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

const inUtc = (instant: number): string => `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Of what speaks of a token: when it was used last or, where a use was refused, who that was. */
const useLine = (say: Sentences, { kind, tokenId, content }: Announcement): readonly string[] => {
  const { lastUsedAt, lastUsedAddress, lastUsedClient } = content;
  if (tokenId === null) return [];
  const address = lastUsedAddress === null ? null : oneLine(lastUsedAddress);
  const client = lastUsedClient === null ? null : oneLine(lastUsedClient).slice(0, 200);
  if (kind === 'late_use') return address === null && client === null ? [] : [say.cameFrom(address, client)];
  return [lastUsedAt === null ? say.neverUsed : say.lastUse(inUtc(lastUsedAt), address, client)];
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
  const mend = { sentence: say.mend[kind], label: say.open, url };
  return {
    subject,
    text: [...lines, `${mend.sentence}\n${url}`, why].join('\n\n'),
    html: writeHtml({ language, subject, lines, mend, why }),
    // Administrators are told by the organization's choice, but of what waits for one of them.
    switchOffUrl: as === 'administrator' && kind !== 'members_missing' ? settingsUrl(publicUrl) : null,
  };
};
