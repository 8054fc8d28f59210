// The current client over WebSocket: wsconnect of @nats-io/nats-core, as in a browser.
import { wsconnect } from "@nats-io/nats-core";
import WebSocket from "ws";

export { createInbox, headers } from "@nats-io/nats-core";
export { meaning } from "./nats-core.mjs";

globalThis.WebSocket ??= WebSocket;

export const connect = wsconnect;
