import { take } from "./messages.mjs";

export default async function ({ connect, headers }) {
  const connection = await connect();
  const subscription = connection.subscribe("letters");
  const sent = headers();
  sent.append("Via", "Paris");
  sent.append("Via", "Rome");
  sent.set("X-Empty", "");
  sent.set("X-Colon", "a: b");

  connection.publish("letters", "body", { headers: sent });
  connection.publish("letters", "", { headers: sent });
  connection.publish("letters", "plain");
  const [withBody, withoutBody, plain] = await take(subscription, 3);

  return {
    via: withBody.headers.values("Via"),
    empty: withBody.headers.get("X-Empty"),
    colon: withBody.headers.get("X-Colon"),
    keys: withBody.headers.keys(),
    body: withBody.string(),
    emptyBody: withoutBody.string(),
    emptyBodyVia: withoutBody.headers.values("Via"),
    plainHasHeaders: plain.headers !== undefined,
  };
}
