// A second INFO follows the client's first PING: it says which account the connection landed in, and is marked connect_info.
export default async function ({ connect }) {
  const connection = await connect();
  await connection.flush();
  await connection.flush();
  return { marked: connection.info.connect_info, account: connection.info.remote_account, clientIdKept: connection.info.client_id > 0 };
}
