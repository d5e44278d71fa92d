/* SPDX-License-Identifier: AGPL-3.0-or-later
   Pages with data-live="kinds" read themselves again when the exchange says that something of these kinds changed.
   The WebSocket brings only the kind; the page that is read again shows what the reader may see. */
"use strict";

(function () {
    const PAUSE = 1000; // ms between two readings, however much happens
    const LONGEST_WAIT = 60000; // ms between two attempts to connect
    const PARTS = ["#live", "#changelist-form table", "#changelist-form .result-count"];

    function start() {
        const place = document.querySelector("[data-live]");
        if (!place) {
            return;
        }
        const kinds = place.dataset.live.split(" ");
        let wait = 1000;
        let missed = false;
        let before = false;
        let due = null;
        let busy = false;

        function show(on) {
            for (const pill of document.querySelectorAll("[data-live-pill]")) {
                pill.dataset.state = on ? "on" : "off";
                pill.querySelector("[data-live-text]").textContent = on ? pill.dataset.on : pill.dataset.off;
            }
        }

        function soon() {
            if (due === null) {
                due = setTimeout(read, PAUSE);
            }
        }

        async function read() {
            due = null;
            if (busy || document.hidden) {
                missed = true;
                return;
            }
            busy = true;
            missed = false;
            try {
                const answer = await fetch(location.href, { headers: { "X-Requested-With": "live" } });
                if (answer.redirected) {
                    location.reload(); // signed out
                    return;
                }
                if (answer.ok) {
                    put(new DOMParser().parseFromString(await answer.text(), "text/html"));
                }
            } catch {
                missed = true;
            } finally {
                busy = false;
            }
            if (missed) {
                soon();
            }
        }

        function put(page) {
            const ticked = new Set();
            for (const box of document.querySelectorAll("input.action-select:checked")) {
                ticked.add(box.value);
            }
            const pill = document.querySelector("[data-live-pill]");
            for (const part of PARTS) {
                const here = document.querySelector(part);
                const there = page.querySelector(part);
                if (here && there) {
                    here.replaceWith(document.adoptNode(there));
                } else if (Boolean(here) !== Boolean(there) && part.startsWith("#changelist-form table")) {
                    location.reload(); // from an empty list to a full one, or back
                    return;
                }
            }
            for (const box of document.querySelectorAll("input.action-select")) {
                if (ticked.has(box.value)) {
                    box.click();
                }
            }
            show(!pill || pill.dataset.state === "on");
        }

        function connect() {
            const scheme = location.protocol === "https:" ? "wss:" : "ws:";
            const socket = new WebSocket(scheme + "//" + location.host + "/ws/admin/");
            socket.onmessage = function (event) {
                const kind = JSON.parse(event.data).kind;
                if (kind === "ready") {
                    wait = 1000;
                    show(true);
                    if (before) {
                        soon(); // what happened while nobody listened
                    }
                    before = true;
                } else if (kinds.includes(kind)) {
                    soon();
                }
            };
            socket.onclose = function () {
                show(false);
                setTimeout(connect, wait);
                wait = Math.min(wait * 2, LONGEST_WAIT);
            };
        }

        document.addEventListener("visibilitychange", function () {
            if (!document.hidden && missed) {
                soon();
            }
        });
        connect();
    }

    if (document.readyState === "loading") {
        document.addEventListener("DOMContentLoaded", start);
    } else {
        start();
    }
})();
