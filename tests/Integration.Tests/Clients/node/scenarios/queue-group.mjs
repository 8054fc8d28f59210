import { takeAll, texts } from "./messages.mjs";

export default async function ({ connect }) {
  const publisher = await connect();
  const members = [await connect(), await connect(), await connect()];
  const subscriptions = members.map((member) => member.subscribe("jobs", { queue: "workers" }));
  const outsider = members[0].subscribe("jobs");
  await Promise.all(members.map((member) => member.flush()));

  for (let job = 0; job < 300; job++) publisher.publish("jobs", `${job}`);
  await publisher.flush();
  await Promise.all([...subscriptions, outsider].map((subscription) => subscription.drain()));

  const shares = await Promise.all(subscriptions.map(async (subscription) => texts(await takeAll(subscription))));
  return {
    delivered: shares.flat().length,
    distinct: new Set(shares.flat()).size,
    everyMemberWorked: shares.every((share) => share.length > 0),
    outsider: (await takeAll(outsider)).length,
  };
}
