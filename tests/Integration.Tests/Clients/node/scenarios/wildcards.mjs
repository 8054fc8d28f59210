import { take } from "./messages.mjs";

export default async function ({ connect }) {
  const connection = await connect();
  const patterns = ["time.*", "time.us.>", "time.*.east", ">"];
  const subscriptions = patterns.map((pattern) => connection.subscribe(pattern));

  for (const subject of ["time.us", "time.us.east", "time.us.east.atlanta", "time.eu.west"]) connection.publish(subject);
  connection.publish("end");
  const everything = subscriptions.pop();
  await take(everything, 5);
  await Promise.all(subscriptions.map((subscription) => subscription.drain()));

  const received = {};
  for (const subscription of subscriptions) {
    received[subscription.getSubject()] = [];
    for await (const message of subscription) received[subscription.getSubject()].push(message.subject);
  }
  return received;
}
