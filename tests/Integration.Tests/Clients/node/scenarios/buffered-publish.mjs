import { nextStatus, take, texts } from "./messages.mjs";

export default async function ({ connect, server }) {
  const options = { reconnectTimeWait: 50, reconnectJitter: 0, maxReconnectAttempts: -1 };
  const connection = await connect(options);
  const subscription = connection.subscribe("news");
  await connection.flush();

  const lost = nextStatus(connection, "disconnect");
  const back = nextStatus(connection, "reconnect");
  await server.stop();
  await lost;
  for (const text of ["one", "two", "three"]) connection.publish("news", text);
  await server.start();
  await back;

  return { received: texts(await take(subscription, 3)) };
}
