import type { MemberView } from '@latchkey/contract';
import type { DirectoryMember } from '@latchkey/host';
import { iso, toAttributesView } from '../tokens/token-view.ts';

export const toMemberView = (member: DirectoryMember): MemberView => ({
  memberId: member.memberId,
  name: member.name,
  email: member.email,
  locale: member.locale,
  status: member.status,
  memberSince: iso(member.memberSince),
  policyIds: [...member.directPolicyIds],
  groupIds: [...member.groupIds],
  attributes: toAttributesView(member.attributes),
});
