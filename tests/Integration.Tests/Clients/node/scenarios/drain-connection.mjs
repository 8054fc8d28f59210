import { errorOf, takeAll } from "./messages.mjs";

export default async function ({ connect, meaning }) {
  const [connection, other] = [await connect(), await connect()];
  const subscription = connection.subscribe("work");
  const copies = other.subscribe("work");
  await Promise.all([connection.flush(), other.flush()]);

  for (let number = 0; number < 1000; number++) connection.publish("work");
  await connection.drain();
  await copies.drain();

  return {
    received: (await takeAll(subscription)).length,
    published: (await takeAll(copies)).length,
    closed: connection.isClosed(),
    afterwards: await errorOf(() => connection.publish("work"), meaning),
  };
}
