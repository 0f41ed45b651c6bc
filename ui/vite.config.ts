import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Names in dist/ are stable, so that a rebuild changes the files it must and
// no others; the server tells versions apart by an ETag over the content.
export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    sourcemap: false,
    // The folder holds what vite writes and nothing else.
    emptyOutDir: true,
    chunkSizeWarningLimit: 900,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
  server: {
    // `npm run dev` beside a running `rastro serve` or `rastro demo`.
    proxy: { "/api": { target: "http://127.0.0.1:5601", changeOrigin: false } },
  },
});
