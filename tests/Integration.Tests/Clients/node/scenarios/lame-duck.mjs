import { nextStatus } from "./messages.mjs";

export default async function ({ connect, server }) {
  const connection = await connect({ reconnect: false });
  const notice = nextStatus(connection, "ldm");
  await connection.flush();

  await server.enterLameDuckMode();
  const { type } = await notice;
  const echoed = connection.subscribe("still.works", { max: 1 });
  connection.publish("still.works");
  for await (const _ of echoed);
  await connection.closed();

  return { type, closed: connection.isClosed() };
}
