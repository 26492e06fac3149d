import type { LatchkeyApi } from '@latchkey/client';
import { createContext, use } from 'react';

export const ApiContext = createContext<LatchkeyApi | null>(null);

/** The typed API, by the session's cookie. */
export const useApi = (): LatchkeyApi => {
  const api = use(ApiContext);
  if (api === null) throw new Error('There is no ApiContext above.');
  return api;
};
