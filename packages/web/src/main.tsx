import { createApi } from '@latchkey/client';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Console } from './console.tsx';
import './console.css';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element #root.');

// Same origin, by the session's cookie: a browser never holds a credential of its own.
const api = createApi({ url: '', credential: null });
createRoot(root).render(
  <StrictMode>
    <Console api={api} />
  </StrictMode>,
);
