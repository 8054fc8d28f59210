import { errorOf } from "./messages.mjs";

// The client itself refuses an empty subject only. Of an empty token it learns from a pedantic server, which keeps the connection open.
export default async function ({ connect, meaning }) {
  const connection = await connect({ pedantic: true });
  const errors = [];
  (async () => {
    for await (const status of connection.status()) if (status.type === "error") errors.push(status);
  })();

  const refused = await errorOf(() => connection.publish(""), meaning);
  const subscription = connection.subscribe("a..b", { callback: () => {} });
  await connection.flush();
  await connection.flush(); // the report is queued before this PONG is read

  return { refused, reported: errors.length, closed: connection.isClosed(), subscription: subscription.isClosed() };
}
