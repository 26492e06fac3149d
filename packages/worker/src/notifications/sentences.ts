import type { ReminderKind } from '@latchkey/store';
import type { Language } from './language.ts';

/** What a reminder says. `days` is a whole number, `at` an instant in UTC as text, `name` the token's. */
export interface Sentences {
  readonly subject: Readonly<Record<ReminderKind, (name: string, days: number) => string>>;
  readonly what: Readonly<Record<ReminderKind, (name: string, days: number, at: string) => string>>;
  readonly lastUse: (at: string, address: string | null, client: string | null) => string;
  readonly neverUsed: string;
  readonly mend: Readonly<Record<ReminderKind, string>>;
  readonly why: string;
}

const known = (parts: readonly (string | null)[]): readonly string[] => parts.filter((part) => part !== null);

export const sentences = {
  en: {
    subject: {
      expiry: (name, days) => `The access token “${name}” expires within ${days === 1 ? 'a day' : `${days} days`}`,
      rotation: (name, days) => `The access token “${name}” has had the same secret for ${days} days`,
      idle: (name) => `The access token “${name}” will be deactivated because nobody uses it`,
    },
    what: {
      expiry: (name, _, at) =>
        `The access token “${name}” expires at ${at}. From then on, whatever presents it is refused.`,
      rotation: (name, days, at) =>
        `The secret of the access token “${name}” dates from ${at}. Your organization asks for a new one after ${days} days.`,
      idle: (name, days, at) =>
        `The access token “${name}” has not been used since ${at}. Your organization deactivates tokens that are unused for ${days} days.`,
    },
    lastUse: (at, address, client) =>
      `Last use: ${known([at, address && `from ${address}`, client && `by ${client}`]).join(', ')}.`,
    neverUsed: 'It has never been used.',
    mend: {
      expiry: 'Extend or replace it:',
      rotation: 'Rotate it:',
      idle: 'Keep it by using it once, or remove it:',
    },
    why: 'You get this because the token is yours, or was issued by you.',
  },
  zh: {
    subject: {
      expiry: (name, days) => `访问令牌“${name}”将在 ${days} 天内过期`,
      rotation: (name, days) => `访问令牌“${name}”的密钥已使用 ${days} 天`,
      idle: (name) => `访问令牌“${name}”因无人使用即将停用`,
    },
    what: {
      expiry: (name, _, at) => `访问令牌“${name}”将于 ${at} 过期。此后出示它的请求都会被拒绝。`,
      rotation: (name, days, at) => `访问令牌“${name}”的密钥自 ${at} 起未更换。您的组织要求每 ${days} 天更换一次。`,
      idle: (name, days, at) => `访问令牌“${name}”自 ${at} 起未被使用。您的组织会停用 ${days} 天未使用的令牌。`,
    },
    lastUse: (at, address, client) =>
      `最近一次使用：${known([at, address && `来自 ${address}`, client && `客户端 ${client}`]).join('，')}。`,
    neverUsed: '它从未被使用过。',
    mend: { expiry: '延长有效期或更换：', rotation: '轮换密钥：', idle: '使用一次即可保留，或将其移除：' },
    why: '您收到此邮件，是因为该令牌属于您或由您签发。',
  },
  ja: {
    subject: {
      expiry: (name, days) => `アクセストークン「${name}」は ${days} 日以内に期限切れになります`,
      rotation: (name, days) => `アクセストークン「${name}」のシークレットは ${days} 日間変更されていません`,
      idle: (name) => `アクセストークン「${name}」は使用されていないため無効化されます`,
    },
    what: {
      expiry: (name, _, at) =>
        `アクセストークン「${name}」は ${at} に期限切れになります。それ以降、このトークンを提示した要求は拒否されます。`,
      rotation: (name, days, at) =>
        `アクセストークン「${name}」のシークレットは ${at} から変わっていません。組織では ${days} 日ごとの変更が求められています。`,
      idle: (name, days, at) =>
        `アクセストークン「${name}」は ${at} から使用されていません。組織では ${days} 日間使用されないトークンを無効化します。`,
    },
    lastUse: (at, address, client) =>
      `最終使用：${known([at, address && `${address} から`, client && `クライアント ${client}`]).join('、')}。`,
    neverUsed: '一度も使用されていません。',
    mend: {
      expiry: '期限を延長するか、置き換えてください：',
      rotation: 'ローテーションしてください：',
      idle: '一度使用すれば維持されます。不要なら削除してください：',
    },
    why: 'このメールは、トークンの所有者または発行者であるあなたに送られています。',
  },
} as const satisfies Record<Language, Sentences>;
