// Builds the pages into web/dist; during development `/api` goes to a platform on this machine.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The content security policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The pages use types and words of the contracts, not their parsers: this leaves zod out of what is shipped.
    rolldownOptions: {
      treeshake: { manualPureFunctions: ['z'], moduleSideEffects: (id) => !id.includes('/contracts/') },
    },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080' } } },
});
