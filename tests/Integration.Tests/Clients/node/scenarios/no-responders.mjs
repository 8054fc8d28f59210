import { errorOf, take } from "./messages.mjs";

export default async function ({ connect, createInbox, meaning }) {
  const connection = await connect();
  const inbox = createInbox();
  const replies = connection.subscribe(inbox);

  connection.publish("nobody.home", "", { reply: inbox });
  const [notice] = await take(replies, 1);

  return {
    muxed: await errorOf(() => connection.request("nobody.home", "", { timeout: 10000 }), meaning),
    ownInbox: await errorOf(() => connection.request("nobody.home", "", { timeout: 10000, noMux: true }), meaning),
    notice: { code: notice.headers.code, payload: notice.data.length, subjectIsInbox: notice.subject === inbox },
  };
}
