import { errorOf, takeAll } from "./messages.mjs";

export default async function ({ connect, meaning, server }) {
  const connection = await connect({ reconnect: false });
  const subscription = connection.subscribe("anything");
  await connection.flush();

  const closed = connection.closed();
  await server.stop();
  await closed;

  return {
    closed: connection.isClosed(),
    left: (await takeAll(subscription)).length,
    publish: await errorOf(() => connection.publish("anything"), meaning),
    request: await errorOf(() => connection.request("anything"), meaning),
  };
}
