// Logs in by one way, and says whom the server took the client for: login MODE [values…]
import { readFileSync } from "node:fs";
import * as core from "@nats-io/nats-core";

const encode = (text) => new TextEncoder().encode(text);

const ways = {
  token: (token) => ({ token }),
  password: (user, pass) => ({ user, pass }),
  nkey: (seed) => ({ authenticator: core.nkeyAuthenticator(encode(seed)) }),
  creds: (file) => ({ authenticator: core.credsAuthenticator(readFileSync(file)) }),
  tls: (caFile) => ({ tls: { caFile } }),
  tlsFirst: (caFile) => ({ tls: { caFile, handshakeFirst: true } }),
  mutualTls: (caFile, certFile, keyFile) => ({ tls: { caFile, certFile, keyFile } }),
  nothing: () => ({}),
};

export default async function ({ connect, library, args: [mode, ...values] }) {
  if (library === "nats") {
    // The classic package has its own copies of the same functions.
    const classic = await import("nats");
    ways.nkey = (seed) => ({ authenticator: classic.nkeyAuthenticator(encode(seed)) });
    ways.creds = (file) => ({ authenticator: classic.credsAuthenticator(readFileSync(file)) });
  }

  let connection;
  try {
    connection = await connect({ ...ways[mode](...values), reconnect: false, timeout: 20_000 });
  } catch (error) {
    return { refused: /authorization|authentication/i.test(`${error?.name} ${error?.message} ${error?.code}`) };
  }

  const subscription = connection.subscribe("mine.login", { max: 1 });
  connection.publish("mine.login", "hello");
  for await (const message of subscription) {
    await connection.flush();
    return { received: message.string() };
  }
}
