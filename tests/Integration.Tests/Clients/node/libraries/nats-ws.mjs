// Its predecessor for browsers, in one package: nats.ws.
import { createRequire } from "node:module";
import WebSocket from "ws";

globalThis.WebSocket ??= WebSocket;

export const { connect, createInbox, headers } = createRequire(import.meta.url)("nats.ws");
export { meaning } from "./nats.mjs";
