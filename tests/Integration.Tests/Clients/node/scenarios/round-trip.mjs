export default async function ({ connect }) {
  const connection = await connect();
  await connection.flush();
  const milliseconds = await connection.rtt();
  return { measured: milliseconds >= 0 && milliseconds < 10000 };
}
