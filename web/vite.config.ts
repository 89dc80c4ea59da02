import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The real server while developing: `assay serve --no-open --port 8765` and its printed token.
const server = process.env.ASSAY_SERVER ?? "http://127.0.0.1:8765";
const token = process.env.ASSAY_TOKEN;
const authorized = {
  target: server,
  changeOrigin: true,
  headers: { origin: server, ...(token ? { authorization: `Bearer ${token}` } : {}) },
};

export default defineConfig({
  // Relative, so that the app works under any path prefix; see src/lib/route.ts.
  base: "./",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/assay/server/static",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    // The content security policy allows no data: URLs for fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": authorized, "/openapi.json": authorized } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
