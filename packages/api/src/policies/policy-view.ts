import type { PolicyRecordView } from '@latchkey/contract';
import type { DirectoryPolicy } from '@latchkey/host';
import { toStatementView } from '../tokens/token-view.ts';

export const toPolicyRecordView = (policy: DirectoryPolicy): PolicyRecordView => ({
  policyId: policy.policyId,
  name: policy.name,
  description: policy.description,
  builtIn: policy.builtIn,
  statements: policy.statements.map(toStatementView),
  revision: policy.revision,
});
