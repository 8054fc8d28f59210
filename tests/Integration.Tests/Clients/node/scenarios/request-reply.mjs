export default async function ({ connect }) {
  const [service, client] = [await connect(), await connect()];
  service.subscribe("double", { callback: (_, message) => message.respond(`${2 * Number(message.string())}`) });
  await service.flush();

  const replies = await Promise.all([1, 2, 21].map((number) => client.request("double", `${number}`, { timeout: 10000 })));
  const ownInbox = await client.request("double", "50", { timeout: 10000, noMux: true });
  return { replies: [...replies, ownInbox].map((reply) => reply.string()) };
}
