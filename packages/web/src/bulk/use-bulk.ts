import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useApi } from '../session/use-api.ts';
import { type BulkDraft, type BulkInput, readBulkDraft } from './bulk-draft.ts';
import { type BulkSum, nothingYet, runBulk } from './bulk-run.ts';

/** Where somebody is on the way from a filter to a report. */
export type BulkState =
  | { readonly phase: 'choosing'; readonly error: unknown }
  | { readonly phase: 'listing'; readonly sum: BulkSum }
  | { readonly phase: 'listed'; readonly asked: BulkInput; readonly sum: BulkSum }
  | { readonly phase: 'stopping'; readonly asked: BulkInput; readonly listed: BulkSum; readonly sum: BulkSum }
  /** `error`: it was refused or broke off; what `sum` says was done all the same. */
  | {
      readonly phase: 'ended';
      readonly asked: BulkInput;
      readonly listed: BulkSum;
      readonly sum: BulkSum;
      readonly error: unknown;
    };

const CHOOSING: BulkState = { phase: 'choosing', error: null };

/** A bulk run, step by step: listed first, and what is stopped is what was listed. */
export const useBulk = () => {
  const api = useApi();
  const queries = useQueryClient();
  const [state, setState] = useState<BulkState>(CHOOSING);
  const [pausing, setPausing] = useState(false);
  const isStopped = useRef(false);
  const call = (input: BulkInput) => api.tokens.bulk.mutate(input);
  // Whoever has left the page sees no list and no progress any more: nothing goes on behind their back.
  useEffect(
    () => () => {
      isStopped.current = true;
    },
    [],
  );

  const list = async (draft: BulkDraft): Promise<void> => {
    const asked = readBulkDraft(draft);
    if (asked === null) return;
    isStopped.current = false;
    setState({ phase: 'listing', sum: nothingYet });
    try {
      const told = (sum: BulkSum) => setState({ phase: 'listing', sum });
      const options = { told, isStopped: () => isStopped.current };
      const sum = await runBulk(call, { ...asked, dryRun: true }, options);
      // Left in the middle: half a list is no list to agree to.
      setState(sum.resume === null ? { phase: 'listed', asked, sum } : CHOOSING);
    } catch (error) {
      setState({ phase: 'choosing', error });
    }
  };

  /** Begins, or goes on where it has ended. */
  const stop = async (asked: BulkInput, listed: BulkSum, from: BulkSum): Promise<void> => {
    let sum = from;
    isStopped.current = false;
    setPausing(false);
    setState({ phase: 'stopping', asked, listed, sum });
    const told = (so: BulkSum) => {
      sum = so;
      setState({ phase: 'stopping', asked, listed, sum });
    };
    try {
      const options = { from, expected: listed.counts, told, isStopped: () => isStopped.current };
      await runBulk(call, asked, options);
      setState({ phase: 'ended', asked, listed, sum, error: null });
    } catch (error) {
      setState({ phase: 'ended', asked, listed, sum, error });
    } finally {
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    }
  };

  const pause = () => {
    isStopped.current = true;
    setPausing(true);
  };
  return { state, pausing, list, stop, pause, again: () => setState(CHOOSING) };
};
