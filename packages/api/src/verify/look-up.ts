import type { FindingView, Output, ParsedInput, PortableLayer } from '@latchkey/contract';
import { HostUnavailable } from '@latchkey/core';
import { type About, type Finding, UNVOUCHED } from '@latchkey/core/verifier';
import { StoreUnavailable } from '@latchkey/store';
import type { VerifierCaller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { toAttributesView, toPolicyView } from '../tokens/token-view.ts';
import type { SharedLayer } from '../verifying/shared-layers.ts';
import type { TokenSubject } from '../verifying/token-source.ts';
import { verifiedToken } from './verify.ts';

/**
 * What was found of each presented text, for a sibling service to keep and to judge by. What can't be a token costs no
 * I/O; the others are looked up together, each text once. A token about which nobody can be asked, because its
 * organization's host is away, is nobody else's outage.
 */
export const lookUpTokens = async (
  { verifier, logger }: Pick<ApiDeps, 'verifier' | 'logger'>,
  { principal: { credential }, call: { requestId } }: VerifierCaller,
  { tokens }: ParsedInput<'verify', 'lookUp'>,
): Promise<Output<'verify', 'lookUp'>> => {
  const { organizationIds } = credential;
  const lookUp = async ({ presentedToken, address, client }: (typeof tokens)[number]): Promise<Answer> => {
    try {
      const { finding, coherence } = await verifier.find(presentedToken, { address, client, organizationIds });
      return { finding: toFindingView(finding, organizationIds === null), coherence };
    } catch (error) {
      if (!(error instanceof StoreUnavailable || error instanceof HostUnavailable)) {
        logger.error({ requestId, err: error }, 'a token could not be looked up');
      }
      return UNAVAILABLE;
    }
  };
  return { answers: await Promise.all(tokens.map(lookUp)) };
};

type Answer = Output<'verify', 'lookUp'>['answers'][number];

const UNAVAILABLE: Answer = Object.freeze({ finding: { outcome: 'unavailable' }, coherence: UNVOUCHED });

/** TENANT-WALL: that a text was minted, for whomever, is told only to who may hear of every organization. */
const toFindingView = (finding: Finding<TokenSubject>, mayHearOfAll: boolean): FindingView => {
  if (finding.outcome === 'unknown') {
    return { outcome: 'unknown', ...(finding.impossible && mayHearOfAll ? { impossible: true } : {}) };
  }
  const about = toAboutView(finding.about);
  if (finding.outcome === 'refused') {
    const { status, reason } = finding;
    return { outcome: 'refused', status, ...(reason === undefined ? {} : { reason }), about };
  }
  const { secretNumber, superseded, until, addressRanges, subject, keep } = finding;
  return {
    outcome: 'accepted',
    about,
    ...{ secretNumber, superseded, until, keep },
    addressRanges: [...addressRanges],
    token: verifiedToken(subject.token),
    layers: subject.layers.map(toPortableLayer),
  };
};

const toAboutView = ({ organizationId, tokenId, ownerId, dependsOnPermissions, maxAgeMs }: About) => ({
  ...{ organizationId, tokenId, ownerId, dependsOnPermissions, maxAgeMs },
});

const toPortableLayer = ({ layer, key, dialect, policies, attributes }: SharedLayer): PortableLayer => ({
  layer,
  key,
  dialect,
  policies: policies.map(toPolicyView),
  attributes: toAttributesView(attributes),
});
