export default async function ({ connect }) {
  const [subscriber, publisher] = [await connect(), await connect()];
  const count = 10000;
  const received = new Map();
  for (let number = 0; number < count; number++) {
    subscriber.subscribe(`many.${number}`, { callback: (_, message) => received.set(message.subject, message.string()) });
  }
  await subscriber.flush();

  for (let number = 0; number < count; number++) publisher.publish(`many.${number}`, `${number}`);
  await publisher.flush();
  await subscriber.flush();

  return { received: received.size, inTheirPlace: [...received].every(([subject, text]) => subject === `many.${text}`) };
}
