export default async function ({ connect }) {
  const connection = await connect({ reconnect: false });
  const limit = connection.info.max_payload;
  connection.protocol.info.max_payload = limit + 1; // or the client refuses before the server can

  connection.publish("large", Buffer.alloc(limit + 1));
  await connection.closed(); // with the server's error or with a reset: what comes first is the network's choice

  return { closed: connection.isClosed() };
}
