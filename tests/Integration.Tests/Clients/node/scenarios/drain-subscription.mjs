import { takeAll } from "./messages.mjs";

export default async function ({ connect }) {
  const connection = await connect();
  const drained = connection.subscribe("work");
  const stays = connection.subscribe("work");

  for (let number = 0; number < 1000; number++) connection.publish("work");
  await drained.drain();
  connection.publish("work");
  await connection.flush();
  await stays.drain();

  return { drained: (await takeAll(drained)).length, stays: (await takeAll(stays)).length, connectionOpen: !connection.isClosed() };
}
