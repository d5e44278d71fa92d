/// <reference types="vite/client" />

declare module "*.vue" {
    import type { DefineComponent } from "vue";
    const component: DefineComponent<object, object, unknown>;
    export default component;
}

// JsSIP's types build on Node's.
declare module "events" {
    export class EventEmitter {
        on(type: string, listener: (...args: never[]) => void): this;
        once(type: string, listener: (...args: never[]) => void): this;
        removeAllListeners(type?: string): this;
    }
}
