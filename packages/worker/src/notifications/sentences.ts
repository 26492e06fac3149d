import type { NotificationKind } from '@latchkey/store';
import type { Language } from './language.ts';

/** What sentences are made of. `at` is an instant in UTC as text, `name` the token's. */
export interface Facts {
  readonly name: string;
  readonly days: number;
  readonly count: number;
  /** The id of the member that it is about. */
  readonly member: string;
  readonly at: string;
}

/** What a mail says of each kind of notification. */
export interface Sentences {
  readonly subject: Readonly<Record<NotificationKind, (facts: Facts) => string>>;
  readonly what: Readonly<Record<NotificationKind, (facts: Facts) => string>>;
  readonly lastUse: (at: string, address: string | null, client: string | null) => string;
  readonly neverUsed: string;
  /** Of a use that was refused; one of them is known. */
  readonly cameFrom: (address: string | null, client: string | null) => string;
  readonly mend: Readonly<Record<NotificationKind, string>>;
  /** The words of the link. */
  readonly open: string;
  readonly why: Readonly<Record<'owner' | 'administrator' | 'remover', string>>;
}

const known = (parts: readonly (string | null)[]): readonly string[] => parts.filter((part) => part !== null);

/** English alone counts by the form of the word. */
const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

export const sentences = {
  en: {
    subject: {
      expiry: ({ name, days }) =>
        `The access token “${name}” expires within ${days === 1 ? 'a day' : counted(days, 'day')}`,
      rotation: ({ name, days }) => `The access token “${name}” has had the same secret for ${counted(days, 'day')}`,
      idle: ({ name }) => `The access token “${name}” will be deactivated because nobody uses it`,
      grace: ({ name }) => `The older secret of the access token “${name}” is still in use and ends soon`,
      members_missing: ({ count }) =>
        `${counted(count, 'owner')} of access tokens ${count === 1 ? 'is' : 'are'} missing from your directory`,
      late_use: ({ name }) => `A secret of the access token “${name}” was used after it was cut`,
      removal_report: ({ member, count }) => `${counted(count, 'access token')} ended with the removal of ${member}`,
    },
    what: {
      expiry: ({ name, at }) =>
        `The access token “${name}” expires at ${at}. From then on, whatever presents it is refused.`,
      rotation: ({ name, days, at }) =>
        `The secret of the access token “${name}” dates from ${at}. Your organization asks for a new one after ${counted(days, 'day')}.`,
      idle: ({ name, days, at }) =>
        `The access token “${name}” has not been used since ${at}. Your organization deactivates tokens that are unused for ${counted(days, 'day')}.`,
      grace: ({ name, at }) =>
        `The access token “${name}” was rotated, and something still presents its older secret. That secret is refused from ${at} on.`,
      members_missing: ({ count, at }) =>
        `At ${at} your directory did not know ${counted(count, 'member')} who ${count === 1 ? 'owns' : 'own'} access tokens. So many at once may be a mistake: nothing was ended. An operator can confirm it.`,
      late_use: ({ name, at }) =>
        `At ${at} something presented a secret of the access token “${name}” that is no longer accepted. It was refused. Whoever presents it has an old copy, and perhaps should have none.`,
      removal_report: ({ member, count, at }) =>
        `By ${at}, ${counted(count, 'personal access token')} of ${member}, who was removed, had ended. The report says which, which were handed over, which service tokens go on, and when each was used last.`,
    },
    lastUse: (at, address, client) =>
      `Last use: ${known([at, address && `from ${address}`, client && `by ${client}`]).join(', ')}.`,
    neverUsed: 'It has never been used.',
    cameFrom: (address, client) =>
      `It came ${known([address && `from ${address}`, client && `by ${client}`]).join(', ')}.`,
    mend: {
      expiry: 'Extend or replace it:',
      rotation: 'Rotate it:',
      idle: 'Keep it by using it once, or remove it:',
      grace: 'See where it is used, and give that place the new secret:',
      members_missing: 'Compare the members:',
      late_use: 'See where it came from; rotate the token, or deactivate it if it has leaked:',
      removal_report: 'Read the report:',
    },
    open: 'Open in Latchkey',
    why: {
      owner: 'You get this because the token is yours, or was issued by you.',
      administrator: 'You get this because you administer the organization.',
      remover: 'You get this because you removed the member.',
    },
  },
  zh: {
    subject: {
      expiry: ({ name, days }) => `访问令牌“${name}”将在 ${days} 天内过期`,
      rotation: ({ name, days }) => `访问令牌“${name}”的密钥已使用 ${days} 天`,
      idle: ({ name }) => `访问令牌“${name}”因无人使用即将停用`,
      grace: ({ name }) => `访问令牌“${name}”的旧密钥仍在使用，即将失效`,
      members_missing: ({ count }) => `目录中缺少 ${count} 位访问令牌所有者`,
      late_use: ({ name }) => `访问令牌“${name}”的一个密钥在终止后被使用`,
      removal_report: ({ member, count }) => `随着 ${member} 被移除，${count} 个访问令牌已终止`,
    },
    what: {
      expiry: ({ name, at }) => `访问令牌“${name}”将于 ${at} 过期。此后出示它的请求都会被拒绝。`,
      rotation: ({ name, days, at }) => `访问令牌“${name}”的密钥自 ${at} 起未更换。您的组织要求每 ${days} 天更换一次。`,
      idle: ({ name, days, at }) => `访问令牌“${name}”自 ${at} 起未被使用。您的组织会停用 ${days} 天未使用的令牌。`,
      grace: ({ name, at }) => `访问令牌“${name}”已轮换，但仍有程序出示旧密钥。自 ${at} 起旧密钥将被拒绝。`,
      members_missing: ({ count, at }) =>
        `${at}，目录中找不到 ${count} 位拥有访问令牌的成员。一次缺少这么多可能是误报，因此没有停用任何令牌。运维人员可以确认。`,
      late_use: ({ name, at }) =>
        `${at}，有程序出示了访问令牌“${name}”的一个已不再接受的密钥，已被拒绝。出示者持有旧的副本，也许不该持有。`,
      removal_report: ({ member, count, at }) =>
        `截至 ${at}，已被移除的 ${member} 的 ${count} 个个人访问令牌均已终止。报告列出这些令牌、已移交的令牌、继续有效的服务令牌，以及各自最近一次使用的时间。`,
    },
    lastUse: (at, address, client) =>
      `最近一次使用：${known([at, address && `来自 ${address}`, client && `客户端 ${client}`]).join('，')}。`,
    neverUsed: '它从未被使用过。',
    cameFrom: (address, client) => `来源：${known([address, client && `客户端 ${client}`]).join('，')}。`,
    mend: {
      expiry: '延长有效期或更换：',
      rotation: '轮换密钥：',
      idle: '使用一次即可保留，或将其移除：',
      grace: '查看使用位置，并在那里换上新密钥：',
      members_missing: '核对成员：',
      late_use: '查看其来源；轮换令牌，如已泄露则停用：',
      removal_report: '查看报告：',
    },
    open: '在 Latchkey 中打开',
    why: {
      owner: '您收到此邮件，是因为该令牌属于您或由您签发。',
      administrator: '您收到此邮件，是因为您管理该组织。',
      remover: '您收到此邮件，是因为该成员由您移除。',
    },
  },
  ja: {
    subject: {
      expiry: ({ name, days }) => `アクセストークン「${name}」は ${days} 日以内に期限切れになります`,
      rotation: ({ name, days }) => `アクセストークン「${name}」のシークレットは ${days} 日間変更されていません`,
      idle: ({ name }) => `アクセストークン「${name}」は使用されていないため無効化されます`,
      grace: ({ name }) => `アクセストークン「${name}」の古いシークレットがまだ使われており、まもなく失効します`,
      members_missing: ({ count }) => `アクセストークンの所有者 ${count} 人がディレクトリに見つかりません`,
      late_use: ({ name }) => `アクセストークン「${name}」の終了したシークレットが使用されました`,
      removal_report: ({ member, count }) => `${member} の削除に伴い ${count} 件のアクセストークンが終了しました`,
    },
    what: {
      expiry: ({ name, at }) =>
        `アクセストークン「${name}」は ${at} に期限切れになります。それ以降、このトークンを提示した要求は拒否されます。`,
      rotation: ({ name, days, at }) =>
        `アクセストークン「${name}」のシークレットは ${at} から変わっていません。組織では ${days} 日ごとの変更が求められています。`,
      idle: ({ name, days, at }) =>
        `アクセストークン「${name}」は ${at} から使用されていません。組織では ${days} 日間使用されないトークンを無効化します。`,
      grace: ({ name, at }) =>
        `アクセストークン「${name}」はローテーション済みですが、古いシークレットがまだ提示されています。${at} 以降、古いシークレットは拒否されます。`,
      members_missing: ({ count, at }) =>
        `${at} の時点で、アクセストークンを所有する ${count} 人がディレクトリに見つかりませんでした。一度にこれほど多いのは誤りの可能性があるため、何も終了していません。運用担当者が確認できます。`,
      late_use: ({ name, at }) =>
        `${at} に、アクセストークン「${name}」のもう受け付けられないシークレットが提示され、拒否されました。提示したものは古い写しを持っており、持つべきでないかもしれません。`,
      removal_report: ({ member, count, at }) =>
        `${at} までに、削除された ${member} の個人アクセストークン ${count} 件が終了しました。どれが終了し、どれが引き継がれ、どのサービストークンが続くか、それぞれ最後にいつ使われたかはレポートにあります。`,
    },
    lastUse: (at, address, client) =>
      `最終使用：${known([at, address && `${address} から`, client && `クライアント ${client}`]).join('、')}。`,
    neverUsed: '一度も使用されていません。',
    cameFrom: (address, client) => `提示元：${known([address, client && `クライアント ${client}`]).join('、')}。`,
    mend: {
      expiry: '期限を延長するか、置き換えてください：',
      rotation: 'ローテーションしてください：',
      idle: '一度使用すれば維持されます。不要なら削除してください：',
      grace: '使用元を確認し、新しいシークレットに置き換えてください：',
      members_missing: 'メンバーを照合してください：',
      late_use: '提示元を確認し、トークンをローテーションするか、漏えいなら無効化してください：',
      removal_report: 'レポートを読む：',
    },
    open: 'Latchkey で開く',
    why: {
      owner: 'このメールは、トークンの所有者または発行者であるあなたに送られています。',
      administrator: 'このメールは、組織の管理者であるあなたに送られています。',
      remover: 'このメールは、メンバーを削除したあなたに送られています。',
    },
  },
} as const satisfies Record<Language, Sentences>;
