import type { Command } from 'commander';
import { fail } from '../failure/cli-failure.ts';
import type { DeliveryOptions } from '../secret/delivery.ts';
import { parseDuration } from './duration.ts';
import { connectAs, describe, type Kit, type Work } from './kit.ts';
import { reveal, withDeliveryOptions } from './reveal.ts';
import { parseTokenIdArgument } from './token-id-argument.ts';

interface RotateOptions extends DeliveryOptions {
  readonly grace?: string;
  readonly cutOlder?: true;
  readonly cutWhenSilent?: string;
}

export const describeTokenRotate = (group: Command, kit: Kit): void => {
  const { say } = kit;
  const command = describe(group, 'rotate <id>', kit, {
    help: 'help.token.rotate',
    examples: [
      'latchkey token rotate 3fK0aZ81bQ7rTx2m --save .env --env FLAGS_TOKEN',
      "latchkey token rotate 3fK0aZ81bQ7rTx2m --grace 1h --save-to 'gh secret set FLAGS_TOKEN'",
      'latchkey token rotate self --cut-older --save /run/secrets/flags-token',
    ],
  })
    .option('--grace <duration>', say('help.grace'))
    .option('--cut-older', say('help.cutOlder'))
    .option('--cut-when-silent <duration>', say('help.cutWhenSilent'));
  withDeliveryOptions(command, say)
    .addHelpText('after', `\n${say('help.rotate.interrupted')}`)
    .action(async (id: string, options: RotateOptions) => rotate(await kit.begin(), id, options));
};

const rotate = async (work: Work, id: string, options: RotateOptions): Promise<void> => {
  const { grace, cutOlder = false, cutWhenSilent } = options;
  const terms = {
    cutOlder,
    ...(grace === undefined ? {} : { graceMs: parseDuration(grace) }),
    ...(cutWhenSilent === undefined ? {} : { cutWhenSilentMs: parseDuration(cutWhenSilent) }),
  };
  const { api, tokenId: own } = await connectAs(work);
  const tokenId = parseTokenIdArgument(id, own);
  await reveal(
    work,
    options,
    () => fail('ROTATION_UNCERTAIN', { tokenId }),
    () => api.tokens.rotate.mutate({ tokenId, ...terms }),
  );
};
