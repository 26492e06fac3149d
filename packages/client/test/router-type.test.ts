import type { AppRouter } from '@latchkey/api';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { describe, expectTypeOf, it } from 'vitest';
import type { LatchkeyRouter } from '../src/index.ts';

// Judged by the type checker (`pnpm typecheck`): the client's type is made from the contract, the server's from its code.
describe("the client's router type is the server's router", () => {
  it('takes the same inputs', () => {
    expectTypeOf<inferRouterInputs<LatchkeyRouter>>().toEqualTypeOf<inferRouterInputs<AppRouter>>();
  });

  it('gives the same outputs', () => {
    expectTypeOf<inferRouterOutputs<LatchkeyRouter>>().toEqualTypeOf<inferRouterOutputs<AppRouter>>();
  });

  it('calls each procedure as what it is', () => {
    type TypesOf<Router extends { _def: { record: object } }> = {
      [Name in keyof Router['_def']['record']]: {
        [Procedure in keyof Router['_def']['record'][Name]]: Router['_def']['record'][Name][Procedure] extends {
          _def: { type: infer Type };
        }
          ? Type
          : never;
      };
    };
    expectTypeOf<TypesOf<LatchkeyRouter>>().toEqualTypeOf<TypesOf<AppRouter>>();
  });
});
