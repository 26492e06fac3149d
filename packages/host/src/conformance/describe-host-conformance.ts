import type { HostFixture } from './fixture.ts';
import { memberCases } from './member-cases.ts';
import { organizationCases } from './organization-cases.ts';
import { pinCases } from './pin-cases.ts';
import { revisionCases } from './revision-cases.ts';
import type { Runner } from './runner.ts';

/**
 * The suite that every adapter of the host port passes. Each case makes a fixture of its own and closes it.
 *
 * `describeHostConformance({ describe, it, expect }, 'my host', makeFixture)`
 */
export const describeHostConformance = (
  { describe, it, expect }: Runner,
  name: string,
  makeFixture: () => Promise<HostFixture>,
): void => {
  describe(`${name} keeps the guarantees of the host port`, () => {
    for (const { guarantee, show } of [...memberCases, ...revisionCases, ...organizationCases, ...pinCases])
      it(guarantee, async () => {
        const fixture = await makeFixture();
        try {
          await show(fixture, expect);
        } finally {
          await fixture.close();
        }
      });
  });
};
