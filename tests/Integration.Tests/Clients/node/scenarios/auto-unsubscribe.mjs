import { takeAll } from "./messages.mjs";

export default async function ({ connect }) {
  const [subscriber, publisher] = [await connect(), await connect()];
  const limited = subscriber.subscribe("ticks", { max: 3 });
  const later = subscriber.subscribe("ticks");
  later.unsubscribe(5);
  await subscriber.flush();

  for (let tick = 0; tick < 10; tick++) publisher.publish("ticks");

  return { limited: (await takeAll(limited)).length, later: (await takeAll(later)).length };
}
