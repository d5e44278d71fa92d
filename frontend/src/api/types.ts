// The exchange's own types, and names for what the client makes of them.

import type { Operations } from "./generated/api";

export type * from "./generated/api";
export type { Event, SocketMessage } from "./generated/events";

export type Answer<Name extends keyof Operations> = Operations[Name]["answer"];
export type Body<Name extends keyof Operations> = Operations[Name]["body"];
export type CallCommand = Body<"POST /calls/{call_id}/command">;
