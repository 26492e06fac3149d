import { HostUnavailable } from '@latchkey/core';
import { InvalidCatalogue, type PermissionCatalogue, readCatalogue } from '@latchkey/core/policy';

/**
 * An organization's catalogue as it is stored.
 * @throws HostUnavailable where it can't be read: without knowing what means "manage tokens" nothing is allowed
 * (FAIL-CLOSED).
 */
export const believeCatalogue = (organizationId: string, stored: unknown): PermissionCatalogue => {
  try {
    return readCatalogue(stored);
  } catch (error) {
    if (!(error instanceof InvalidCatalogue)) throw error;
    throw new HostUnavailable(`The catalogue of ${organizationId} cannot be read`, { cause: error });
  }
};
