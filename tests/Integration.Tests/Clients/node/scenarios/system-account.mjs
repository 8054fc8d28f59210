export default async function ({ connect }) {
  const login = { user: "sys", pass: "p" };
  const operator = await connect(login);
  const told = new Promise((resolve) => {
    operator.subscribe("$SYS.ACCOUNT.SYS.CONNECT", { max: 1, callback: (_, message) => resolve(message.json()) });
  });
  await operator.flush();

  const ping = (await operator.request("$SYS.REQ.SERVER.PING", "", { timeout: 10000 })).json();
  const user = (await operator.request("$SYS.REQ.USER.INFO", "", { timeout: 10000 })).json();
  await connect({ ...login, name: "second" });
  const event = await told;
  return {
    sameServer: ping.server.id === operator.info.server_id,
    connections: ping.statsz.connections,
    user: user.data.user,
    account: user.data.account,
    event: event.type,
    name: event.client.name,
  };
}
