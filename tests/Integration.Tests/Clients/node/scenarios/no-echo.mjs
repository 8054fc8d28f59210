import { take, texts } from "./messages.mjs";

export default async function ({ connect }) {
  const [silent, other] = [await connect({ noEcho: true }), await connect()];
  const subscription = silent.subscribe("talk");
  await silent.flush();

  silent.publish("talk", "own");
  await silent.flush();
  other.publish("talk", "other's");

  return { received: texts(await take(subscription, 1)) };
}
