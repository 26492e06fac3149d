import type { LatchkeyClient, RoutedRequest } from '@latchkey/client';
import { Router } from 'express';
import type { Environment, FlagStore } from './flags.ts';
import type { Vocabulary } from './vocabulary.ts';

interface Params {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
}

/** Three routes that act on one organization's flags, each protected by one `require`. */
export const createFlagRouter = (deps: {
  readonly latchkey: LatchkeyClient;
  readonly organizationId: string;
  readonly vocabulary: Vocabulary;
  readonly flags: FlagStore;
}): Router => {
  const { vocabulary, flags } = deps;
  const latchkey = deps.latchkey.forOrganization(deps.organizationId);
  const environmentOf = ({ project, environment }: Params) => flags.environment(project, environment);
  const flagOf = ({ params }: RoutedRequest) =>
    vocabulary.flag(params.project, params.environment, environmentOf(params), params.flag);

  const router = Router();

  router.get(
    '/projects/:project/environments/:environment/flags',
    latchkey.require(vocabulary.actions.list, ({ params }) =>
      vocabulary.listed(params.project, params.environment, environmentOf(params)),
    ),
    ({ params }, response) => {
      const environment = flags.environment(params.project, params.environment);
      if (environment) response.json({ flags: [...environment.flags.values()] });
      else response.status(404).json(NOT_FOUND);
    },
  );

  router.post(
    '/projects/:project/environments/:environment/flags/:flag/toggle',
    latchkey.require(vocabulary.actions.toggle, flagOf),
    ({ params }, response) => {
      const flag = found(flags.environment(params.project, params.environment), params.flag);
      if (!flag) {
        response.status(404).json(NOT_FOUND);
        return;
      }
      flag.on = !flag.on;
      response.json({ flag });
    },
  );

  router.delete(
    '/projects/:project/environments/:environment/flags/:flag',
    latchkey.require(vocabulary.actions.remove, flagOf),
    ({ params }, response) => {
      const removed = flags.environment(params.project, params.environment)?.flags.delete(params.flag) ?? false;
      if (removed) response.status(204).end();
      else response.status(404).json(NOT_FOUND);
    },
  );

  return router;
};

const found = (environment: Environment | undefined, key: string) => environment?.flags.get(key);

const NOT_FOUND = { success: false, errors: ['NotFound'], data: null } as const;
