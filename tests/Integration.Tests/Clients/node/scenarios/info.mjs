import { isIP } from "node:net";

export default async function ({ connect }) {
  const [first, second] = [await connect({ name: "first" }), await connect({ name: "second" })];
  const { info } = first;
  return {
    version: info.version,
    proto: info.proto,
    headers: info.headers,
    maxPayload: info.max_payload,
    jetstream: info.jetstream ?? false,
    authRequired: info.auth_required ?? false,
    tlsRequired: info.tls_required ?? false,
    serverIdIsNkey: /^N[A-Z2-7]{55}$/.test(info.server_id),
    sameServer: info.server_id === second.info.server_id,
    named: info.server_name.length > 0,
    hostIsAddress: isIP(info.host) !== 0,
    port: info.port === Number(new URL(`nats://${first.getServer()}`).port),
    clientIp: info.client_ip,
    ownId: Number.isInteger(info.client_id) && second.info.client_id > info.client_id,
  };
}
