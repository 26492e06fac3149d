import type { TokenView } from '@latchkey/contract';

export type SecretView = TokenView['secrets'][number];

/** What the secrets of a token say to whoever has rotated it. */
export type SecretLife =
  /** One secret, or one that nothing of before is left beside. */
  | { readonly state: 'single' }
  /** Nobody has used the newest one yet, or the older one has been silent since. */
  | { readonly state: 'waiting' | 'silent'; readonly older: SecretView }
  /** Used after the newest one was; `soon` where it ends within a day. */
  | { readonly state: 'still-used'; readonly older: SecretView; readonly soon: boolean };

const DAY_MS = 86_400_000;

export const secretLife = ({ secrets }: Pick<TokenView, 'secrets'>, now: number): SecretLife => {
  const newest = secrets.find(({ acceptedUntil }) => acceptedUntil === null);
  const older = secrets.find(({ acceptedUntil }) => acceptedUntil !== null && Date.parse(acceptedUntil) > now);
  if (older === undefined) return { state: 'single' };
  const { lastUsedAt, supersededAt, acceptedUntil } = older;
  // Used since it was superseded: whatever presents it has not been given the newest one.
  const isUsed = lastUsedAt !== null && Date.parse(lastUsedAt) > Date.parse(newest?.firstUsedAt ?? supersededAt ?? '');
  if (isUsed) return { state: 'still-used', older, soon: Date.parse(acceptedUntil ?? '') - now < DAY_MS };
  return { state: newest?.firstUsedAt == null ? 'waiting' : 'silent', older };
};
