import type { DifferencesView } from '@latchkey/contract';
import type { HostMember, PermissionCatalogue, Statement } from '@latchkey/core';
import { compilePermissions, type Difference, diffPermissions, type PermissionDiff } from '@latchkey/core/policy';
import type { DirectoryPolicy } from '@latchkey/host';
import type { ApiDeps } from '../deps.ts';
import { knownActions, toDifferencesView } from '../permissions/differences-view.ts';
import { memberLayer } from '../permissions/effective-layers.ts';
import { withText } from './edited-host.ts';

/** Members of one group mostly have the same policies: that many different lists of them are compared (BOUNDED-WORK). */
const COMPARED = 20;

/**
 * What an edit of a policy's text gives and takes. By all policies of those who have it: taking a deny out of one gives
 * what another allows, and writing what another allows already gives nothing. `null` stands for a holder that wasn't
 * looked at.
 */
export const differencesOfEdit = (
  deps: Pick<ApiDeps, 'logger'>,
  catalogue: PermissionCatalogue,
  { policyId, name, statements: present }: DirectoryPolicy,
  statements: readonly Statement[],
  holders: readonly (HostMember | null)[],
): DifferencesView => {
  const options = { actions: knownActions(catalogue) };
  const { dialect } = catalogue;
  const alone = (text: readonly Statement[]) =>
    compilePermissions([{ id: policyId, name, statements: text }], { dialect });
  if (holders.length === 0) return toDifferencesView(diffPermissions(alone(present), alone(statements), options));
  const distinct = new Map<string, HostMember>();
  for (const member of holders) {
    if (member !== null)
      distinct.set(JSON.stringify([member.policies.map(({ id }) => id), attributesOf(member)]), member);
  }
  const compared = [...distinct.values()].slice(0, COMPARED);
  const found = compared.map((member) => {
    const after = { ...member, policies: withText(member.policies, policyId, statements) };
    const [then, now] = [member, after].map((each) => memberLayer(deps, catalogue, each).permissions);
    return then && now ? diffPermissions(then, now, options) : NOTHING;
  });
  const isWhole = compared.length === distinct.size && !holders.includes(null);
  return toDifferencesView({
    gained: once(found.flatMap(({ gained }) => gained)),
    lost: once(found.flatMap(({ lost }) => lost)),
    complete: isWhole && found.every(({ complete }) => complete),
  });
};

const NOTHING: PermissionDiff = { gained: [], lost: [], complete: false };

/** Without the one that names the member itself: it fences off its own tokens, and would make every member another. */
const attributesOf = ({ attributes, memberId }: HostMember) =>
  Object.entries(attributes).filter(([, values]) => values.length !== 1 || values[0] !== memberId);

const once = (differences: readonly Difference[]): readonly Difference[] => [
  ...new Map(differences.map((each) => [JSON.stringify([each.action, each.resource]), each])).values(),
];
