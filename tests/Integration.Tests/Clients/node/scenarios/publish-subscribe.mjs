import { take, texts } from "./messages.mjs";

export default async function ({ connect }) {
  const [subscriber, publisher] = [await connect(), await connect()];
  const subscription = subscriber.subscribe("greetings");
  await subscriber.flush();

  publisher.publish("greetings", "first");
  publisher.publish("greetings");
  publisher.publish("elsewhere", "not for us");
  publisher.publish("greetings", "zażółć");

  return { received: texts(await take(subscription, 3)) };
}
