import { fail } from '../failure/cli-failure.ts';
import type { Desk } from '../output/desk.ts';
import { pipeToCommand } from './pipe-to-command.ts';
import { prepareEnvLine } from './prepare-env-line.ts';
import { prepareFile } from './prepare-file.ts';

/** How the caller wants a new secret to be kept. */
export interface DeliveryOptions {
  readonly save?: string;
  readonly env?: string;
  readonly saveTo?: string;
  readonly show?: true;
}

/** Where a new secret will go, settled before it exists. */
export interface Delivery {
  /** Whether the secret goes to standard output with the rest of the answer. */
  readonly printed: boolean;
  /** Keeps the secret; a sentence says where. */
  readonly hand: (text: string) => Promise<string | null>;
  /** Nothing came: leaves no trace. */
  readonly drop: () => Promise<void>;
}

/**
 * Makes sure that a secret has somewhere to go before it is asked for: it is revealed once (SECRET-ONCE), and one that
 * can't be kept is lost. @throws CliFailure
 */
export const prepareDelivery = async (desk: Desk, options: DeliveryOptions): Promise<Delivery> => {
  const { save, env, saveTo, show } = options;
  if ([save, saveTo, show].filter((each) => each !== undefined).length > 1) throw fail('ONE_PLACE_FOR_SECRET');
  if (env !== undefined && save === undefined) throw fail('ENV_NEEDS_SAVE');
  if (save !== undefined) {
    const file = await (env === undefined ? prepareFile(save) : prepareEnvLine(save, env));
    return {
      printed: false,
      hand: async (text) => {
        await file.write(env === undefined ? `${text}\n` : text);
        return desk.say('savedTo', { path: save });
      },
      drop: file.drop,
    };
  }
  if (saveTo !== undefined) {
    return {
      printed: false,
      hand: async (text) => {
        await pipeToCommand(saveTo, text);
        return desk.say('savedByCommand');
      },
      drop: async () => undefined,
    };
  }
  // On a terminal it would stay in the scroll-back for whoever comes by.
  if (desk.shownToPerson && show === undefined) throw fail('SECRET_NEEDS_PLACE');
  return { printed: true, hand: async () => null, drop: async () => undefined };
};
