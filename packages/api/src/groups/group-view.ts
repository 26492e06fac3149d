import type { GroupView } from '@latchkey/contract';
import type { DirectoryGroup } from '@latchkey/host';

export const toGroupView = (group: DirectoryGroup): GroupView => ({
  groupId: group.groupId,
  name: group.name,
  description: group.description,
  policyIds: [...group.policyIds],
  memberIds: [...group.memberIds],
  revision: group.revision,
});
