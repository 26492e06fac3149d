import type { Command } from 'commander';
import { removeProfile } from '../profile/profile-file.ts';
import { describe, type Kit } from './kit.ts';

export const describeLogout = (program: Command, kit: Kit): void => {
  describe(program, 'logout', kit, {
    help: 'help.logout',
    examples: ['latchkey logout', 'latchkey logout --profile ci'],
  }).action(async () => {
    const { settings, desk, say } = await kit.begin();
    const removed = await removeProfile(settings.profilePath());
    // Forgetting a token stops nothing: whoever has a copy still can use it.
    await desk.notice(
      removed
        ? say('loggedOut', { profile: settings.profileName })
        : say('notLoggedIn', { profile: settings.profileName }),
    );
  });
};
