import { auditRouter } from '../audit/router.ts';
import { groupsRouter } from '../groups/router.ts';
import { membersRouter } from '../members/router.ts';
import { notificationsRouter } from '../notifications/router.ts';
import { permissionsRouter } from '../permissions/router.ts';
import { policiesRouter } from '../policies/router.ts';
import { selfRouter } from '../self/router.ts';
import { settingsRouter } from '../settings/router.ts';
import { systemRouter } from '../system/router.ts';
import { tokensRouter } from '../tokens/router.ts';
import { verifyRouter } from '../verify/router.ts';
import { trpc } from './trpc.ts';

/** Every procedure of the API; a test holds it to the contract, in types and in names. */
export const appRouter = trpc.router({
  audit: auditRouter,
  groups: groupsRouter,
  members: membersRouter,
  notifications: notificationsRouter,
  permissions: permissionsRouter,
  policies: policiesRouter,
  self: selfRouter,
  settings: settingsRouter,
  system: systemRouter,
  tokens: tokensRouter,
  verify: verifyRouter,
});

/** What `@latchkey/client` types its calls with. */
export type AppRouter = typeof appRouter;
