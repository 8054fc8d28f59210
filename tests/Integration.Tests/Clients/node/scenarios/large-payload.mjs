import { createHash, randomBytes } from "node:crypto";
import { errorOf, take } from "./messages.mjs";

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

export default async function ({ connect, meaning }) {
  const connection = await connect();
  const subscription = connection.subscribe("large");
  const payload = randomBytes(connection.info.max_payload);

  for (let copy = 0; copy < 5; copy++) connection.publish("large", payload);
  const received = await take(subscription, 5);

  return {
    sizes: received.map((message) => message.data.length),
    intact: received.every((message) => digest(message.data) === digest(payload)),
    oneByteMore: await errorOf(() => connection.publish("large", Buffer.alloc(payload.length + 1)), meaning),
  };
}
