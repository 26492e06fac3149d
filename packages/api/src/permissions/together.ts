import type { PermissionCatalogue } from '@latchkey/core';
import { compilePermissions, intersect, type PermissionLayer, type PermissionSet } from '@latchkey/core/policy';

/** What all layers allow together. */
export const together = (layers: readonly PermissionLayer[], catalogue: PermissionCatalogue): PermissionSet => {
  const [first, ...others] = layers.map(({ permissions }) => permissions);
  // An intersection of nothing would allow everything (FAIL-CLOSED).
  return first === undefined ? compilePermissions([], catalogue) : intersect(first, ...others);
};
