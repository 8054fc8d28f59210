// Copies what the page needs of its libraries, as published, to where it is served from. No bundler.
import { cpSync, mkdirSync } from "node:fs";

const files = {
  "nats.ws/esm/nats.js": "nats.js",
  "nats.ws/LICENSE": "nats.LICENSE.txt",
  "@microsoft/signalr/dist/browser/signalr.min.js": "signalr.js",
};

mkdirSync(new URL("lib/", import.meta.url), { recursive: true });
for (const [from, to] of Object.entries(files)) {
  cpSync(new URL(`node_modules/${from}`, import.meta.url), new URL(`lib/${to}`, import.meta.url));
}
