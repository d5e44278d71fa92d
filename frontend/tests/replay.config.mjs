// Makes one script of tests/replay.ts. It shows nothing: no page is opened, and icons are left out.

const ICONS = "@tabler/icons-vue";

export default {
    input: new URL("replay.ts", import.meta.url).pathname,
    external: /\.vue$/,
    platform: "node",
    shimMissingExports: true,
    checks: { shimmedExport: false },
    plugins: [
        {
            name: "no-icons",
            resolveId: (id) => (id === ICONS ? id : null),
            load: (id) => (id === ICONS ? "export {};" : null),
        },
    ],
};
