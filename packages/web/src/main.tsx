import '@mantine/core/styles.layer.css';
import './theme.css';
import { createApi } from '@latchkey/client';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Console } from './console.tsx';
import { isWorthRepeating } from './refusals/refusal.ts';
import { createOtherTabs } from './session/other-tabs.ts';
import { createSessionEnd } from './session/session-end.ts';
import { ApiContext } from './session/use-api.ts';
import { SessionProvider } from './session/use-session.tsx';
import { theme } from './theme.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element #root.');

const end = createSessionEnd();
const tabs = createOtherTabs();
// Same origin, by the session's cookie: a browser never holds a credential of its own.
const api = createApi({ url: '', credential: null, fetch: end.watch((input, init) => fetch(input, init)) });
const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: (count, error) => count < 1 && isWorthRepeating(error), retryDelay: 500 },
  },
});

createRoot(root).render(
  <StrictMode>
    {/* The Content Security Policy takes no <style>: Mantine's variables and classes come from its own style sheet. */}
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <ApiContext value={api}>
          <SessionProvider end={end} tabs={tabs}>
            <Console />
          </SessionProvider>
        </ApiContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
