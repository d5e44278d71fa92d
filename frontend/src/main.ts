import "@tabler/core/dist/css/tabler.min.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/menus.css";
import "./styles/faces.css";
import "./styles/pages.css";
import "./styles/settings.css";
import "./styles/buttons.css";
import "./styles/messages.css";
import "./styles/narrow.css";

import { createPinia } from "pinia";
import { createApp } from "vue";

import App from "./App.vue";
import { i18n } from "./i18n";
import { router } from "./router";

createApp(App).use(createPinia()).use(i18n).use(router).mount("#app");
