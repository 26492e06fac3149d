import type { TokenView } from '@latchkey/contract';
import type { May, Who } from '../session/use-session.tsx';

export interface Verbs {
  /** Rename, describe, activate and rotate: whoever manages it. */
  readonly manage: boolean;
  /** Deactivate and revoke: an administrator may stop anybody's, too. */
  readonly stop: boolean;
  /** Let a service token take over from a personal one. */
  readonly handOver: boolean;
}

/**
 * What is worth offering for a token. It decides nothing: the API judges each verb when it is asked for, and what it
 * refuses is shown.
 */
export const verbsFor = (token: TokenView, who: Who, may: May | undefined): Verbs => {
  const manage =
    token.kind === 'service'
      ? (may?.mayManageServiceTokens ?? false)
      : token.ownerId === who.member.id && (may?.mayManagePersonalTokens ?? false);
  const handOver = token.kind === 'personal' && (may?.mayManageServiceTokens ?? false);
  return { manage, handOver, stop: manage || (may?.mayAdminister ?? false) };
};
