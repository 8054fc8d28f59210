import { nextStatus, takeAll } from "./messages.mjs";

export default async function ({ connect, server }) {
  const connection = await connect({ reconnect: false });
  const notice = nextStatus(connection, "ldm");
  await connection.flush();

  await server.enterLameDuckMode();
  const { type } = await notice;
  const subscription = connection.subscribe("still.works", { max: 1 });
  connection.publish("still.works");
  const echoed = await takeAll(subscription);
  await connection.closed();

  return { type, echoed: echoed.length, closed: connection.isClosed() };
}
