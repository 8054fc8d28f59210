import { texts } from "./messages.mjs";

export default async function ({ connect }) {
  const connection = await connect();
  connection.subscribe("who", {
    callback: (_, message) => {
      for (const name of ["ann", "bob", "cleo"]) message.respond(name);
    },
  });

  const replies = [];
  for await (const reply of await connection.requestMany("who", "", { strategy: "count", maxMessages: 3, maxWait: 10000 })) replies.push(reply);
  return { replies: texts(replies) };
}
