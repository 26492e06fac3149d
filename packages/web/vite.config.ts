import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // No inline module or style: the console's Content Security Policy allows its own files and nothing else.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  resolve: { conditions: ['@latchkey/source', 'import', 'module', 'browser', 'default'] },
});
