// The features of the client. The menu and the settings show them in this order; nothing else lists them.

import { account } from "./account";
import { calls } from "./calls";
import { devices } from "./devices";
import type { Feature } from "./feature";
import { phone } from "./phone";
import { reachability } from "./reachability";
import { security } from "./security";
import { speeddial } from "./speeddial";
import { team } from "./team";
import { voicemail } from "./voicemail";

export const features: readonly Feature[] = [
    team,
    calls,
    voicemail,
    reachability,
    account,
    phone,
    security,
    devices,
    speeddial,
];
