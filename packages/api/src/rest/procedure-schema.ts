import { contract, type ProcedureContract } from '@latchkey/contract';
import { z } from 'zod';
import type { ProcedurePath } from './routes.ts';

/** As much of JSON Schema (2020-12, which is OpenAPI 3.1's) as is looked into here. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly [key: string]: unknown;
}

/** A procedure's contract by its full name. */
export const contractOf = (name: ProcedurePath): ProcedureContract => {
  const [router = '', procedure = ''] = name.split('.');
  // The type of `name` says that both are there; the compiler can't follow a split.
  const routers: Readonly<Record<string, Readonly<Record<string, ProcedureContract>>>> = contract;
  const found = routers[router]?.[procedure];
  if (found === undefined) throw new Error(`The contract has no procedure ${name}.`);
  return found;
};

/** What a caller writes: defaults may be left out. `null` for a procedure that takes nothing. */
export const inputSchemaOf = (name: ProcedurePath): JsonSchema | null => {
  const { input } = contractOf(name);
  return input instanceof z.ZodVoid ? null : toJsonSchema(input, 'input');
};

export const outputSchemaOf = (name: ProcedurePath): JsonSchema => toJsonSchema(contractOf(name).output, 'output');

const toJsonSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _, '~standard': __, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
  return rest as JsonSchema;
};
