import { init } from 'z3-solver';

/** Whether some assignment makes SMT-LIB assertions true. */
export type Satisfiable = (assertions: string) => Promise<boolean>;

export interface Z3 {
  readonly isSatisfiable: Satisfiable;
  /** Ends its threads: without that the process would wait for them. */
  readonly close: () => void;
}

/** The solver as an oracle. Its text goes in by the call that is synchronous: the other one garbles some of it. */
export const openZ3 = async (): Promise<Z3> => {
  const { Z3, em } = await init();
  const configuration = Z3.mk_config();
  const context = Z3.mk_context(configuration);
  Z3.del_config(configuration);
  return {
    isSatisfiable: async (assertions) => {
      const solver = Z3.mk_solver(context);
      Z3.solver_inc_ref(context, solver);
      Z3.solver_from_string(context, solver, assertions);
      const answer = await Z3.solver_check(context, solver);
      Z3.solver_dec_ref(context, solver);
      // Z3_L_FALSE is -1, Z3_L_UNDEF 0, Z3_L_TRUE 1.
      if (answer === 0) throw new Error(`z3 does not know: ${assertions}`);
      return answer === 1;
    },
    close: () => em.PThread.terminateAllThreads(),
  };
};
