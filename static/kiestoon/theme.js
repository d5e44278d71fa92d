// Before the first paint: the theme this browser's user chose, or the system's. Where the page itself says, that counts.
"use strict";
if (!document.documentElement.dataset.bsTheme) {
    let theme = "system";
    try {
        theme = localStorage.getItem("kiestoon.theme") || theme;
    } catch {
        // Storage is closed to us; the system's it is.
    }
    const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
}
