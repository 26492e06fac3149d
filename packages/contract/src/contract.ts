import type { z } from 'zod';
import { auditContract } from './audit.ts';
import { groupsContract } from './groups.ts';
import { membersContract } from './members.ts';
import { notificationsContract } from './notifications.ts';
import { permissionsContract } from './permissions.ts';
import { policiesContract } from './policies.ts';
import { selfContract } from './self.ts';
import { settingsContract } from './settings.ts';
import { systemContract } from './system.ts';
import { tokensContract } from './tokens.ts';
import { verifyContract } from './verify.ts';

/** One procedure: how tRPC calls it, what it takes, what it gives. */
export interface ProcedureContract {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}

/** Every procedure of the API by its name, with its input and its output. The API implements exactly these. */
export const contract = {
  audit: auditContract,
  groups: groupsContract,
  members: membersContract,
  notifications: notificationsContract,
  permissions: permissionsContract,
  policies: policiesContract,
  self: selfContract,
  settings: settingsContract,
  system: systemContract,
  tokens: tokensContract,
  verify: verifyContract,
} as const satisfies Record<string, Record<string, ProcedureContract>>;

export type Contract = typeof contract;

export type RouterName = keyof Contract;
export type ProcedureName<Router extends RouterName> = keyof Contract[Router] & string;

/** What a caller writes: defaults may be left out. */
export type Input<
  Router extends RouterName,
  Procedure extends ProcedureName<Router>,
> = Contract[Router][Procedure] extends { readonly input: infer Schema extends z.ZodType } ? z.input<Schema> : never;

/** What a command gets: parsed, defaults filled in. */
export type ParsedInput<
  Router extends RouterName,
  Procedure extends ProcedureName<Router>,
> = Contract[Router][Procedure] extends { readonly input: infer Schema extends z.ZodType } ? z.output<Schema> : never;

export type Output<
  Router extends RouterName,
  Procedure extends ProcedureName<Router>,
> = Contract[Router][Procedure] extends { readonly output: infer Schema extends z.ZodType } ? z.output<Schema> : never;
