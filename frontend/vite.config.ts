import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

import { dropUnused } from "./build/unused.ts";

// Django serves what is built here from /static/client/ and finds the entry in manifest.json.
export default defineConfig({
    base: "/static/client/",
    publicDir: false,
    plugins: [vue(), dropUnused()],
    define: {
        __VUE_OPTIONS_API__: "false",
        __VUE_PROD_DEVTOOLS__: "false",
        __VUE_I18N_LEGACY_API__: "false",
        __INTLIFY_PROD_DEVTOOLS__: "false",
    },
    build: {
        outDir: "dist",
        manifest: "manifest.json",
        target: "es2022",
        // A sound or picture inside the script would need `data:` in the Content-Security-Policy.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: true,
        rollupOptions: { input: "src/main.ts" },
    },
});
