import { nextStatus, takeAll, texts } from "./messages.mjs";

export default async function ({ connect, server }) {
  const options = { reconnectTimeWait: 50, reconnectJitter: 0, maxReconnectAttempts: -1 };
  const [subscriber, publisher] = [await connect(options), await connect(options)];
  const plain = subscriber.subscribe("news.*", { max: 2 });
  const member = subscriber.subscribe("news.*", { queue: "readers", max: 2 });
  await subscriber.flush();
  publisher.publish("news.before", "before");
  await publisher.flush();
  await subscriber.flush();

  const lost = [nextStatus(subscriber, "disconnect"), nextStatus(publisher, "disconnect")];
  const back = [nextStatus(subscriber, "reconnect"), nextStatus(publisher, "reconnect")];
  await server.stop();
  await Promise.all(lost);
  await server.start();
  await Promise.all(back);
  await subscriber.flush();
  publisher.publish("news.after", "after");

  return { plain: texts(await takeAll(plain)), member: texts(await takeAll(member)), closed: subscriber.isClosed() };
}
