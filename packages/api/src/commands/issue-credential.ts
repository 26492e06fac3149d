import { nameProblems } from '@latchkey/core/lifecycle';
import { DIGEST_FORMAT, digestToken, INSTALLATION_ROUTING_KEY, mintToken } from '@latchkey/core/token';
import type { SystemCredentialRecord } from '@latchkey/store';
import { credentialSubject } from '../authenticate/credential-subject.ts';
import type { ApiDeps } from '../deps.ts';
import { CommandFailed, UsageError } from './exit.ts';
import { INSTALLATION_TRAIL, operatorEvent } from './operator-event.ts';

type Deps = Pick<ApiDeps, 'store' | 'crypto' | 'clock' | 'keys' | 'settings'>;

/** `text` is told this once (SECRET-ONCE). */
interface Issued {
  readonly text: string;
  readonly credential: SystemCredentialRecord;
}

export interface NewCredential {
  readonly name: string;
  /** `null`: all organizations, those to come included. */
  readonly organizationIds: readonly string[] | null;
}

/**
 * Issues a verifier credential, for a sibling service to ask with.
 * @throws UsageError for a name that can't be one; CommandFailed for an unknown organization.
 */
export const issueVerifierCredential = (deps: Deps, input: NewCredential): Promise<Issued> =>
  issue(deps, { role: 'verifier', ...input });

/** Issues an operator credential, for what concerns all organizations at once. @throws UsageError */
export const issueOperatorCredential = (deps: Deps, { name }: Pick<NewCredential, 'name'>): Promise<Issued> =>
  issue(deps, { role: 'operator', name, organizationIds: null });

const issue = async (deps: Deps, input: NewCredential & Pick<SystemCredentialRecord, 'role'>): Promise<Issued> => {
  const [problem] = nameProblems(input.name);
  if (problem !== undefined) throw new UsageError(`--name: ${problem.message}`);
  for (const organizationId of input.organizationIds ?? []) {
    if ((await deps.store.organizations.find(organizationId)) === null) {
      throw new CommandFailed(`There is no organization ${organizationId}.`);
    }
  }
  const minted = mintToken(deps.crypto, {
    prefix: deps.settings.prefixes[0],
    kind: 'system',
    routingKey: INSTALLATION_ROUTING_KEY,
    tagKeys: deps.keys.tagKeys,
  });
  const [pepper] = deps.keys.peppers;
  const createdAt = deps.clock.now();
  const credential = { credentialId: minted.tokenId, ...input, createdAt };
  await deps.store.unitOfWork.run(async (tx) => {
    await deps.store.credentials.insert(tx, credential, {
      number: 1,
      digest: digestToken(deps.crypto, pepper.bytes, {
        ...credentialSubject(minted.tokenId),
        format: DIGEST_FORMAT,
        secretNumber: 1,
        text: minted.text,
      }),
      pepperId: pepper.id,
      tagKeyId: minted.tagKeyId,
      hint: minted.hint,
      createdAt,
    });
    await deps.store.audit.append(
      tx,
      // Who may look at an organization's tokens is that organization's business too.
      [INSTALLATION_TRAIL, ...(input.organizationIds ?? [])].map((organizationId) =>
        operatorEvent(
          organizationId,
          createdAt,
          'credential.issued',
          { type: 'credential', id: minted.tokenId },
          {
            role: credential.role,
            name: input.name,
          },
        ),
      ),
    );
  });
  return { text: minted.text, credential: { ...credential, revokedAt: null, recalled: false } };
};
