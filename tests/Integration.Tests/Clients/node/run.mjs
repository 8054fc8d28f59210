// Runs one scenario with one client library against the server at a URL, and prints its result as one line of JSON:
//   node run.mjs nats-core|nats SCENARIO nats://127.0.0.1:4222 [what the scenario needs to know…]
// A scenario that needs something done to the server prints a line "> stop", "> start" or "> lame-duck" and waits for an answer line.
import { createInterface } from "node:readline";

const [library, scenario, url, ...args] = process.argv.slice(2);
const client = await import(`./libraries/${library}.mjs`);
const { default: run } = await import(`./scenarios/${scenario}.mjs`);

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const ask = async (command) => {
  console.log(`> ${command}`);
  await answers.next();
};

const connections = [];
const connect = async (options) => {
  const connection = await client.connect({ servers: url, ...options });
  connections.push(connection);
  return connection;
};

const result = await run({
  ...client,
  connect,
  library,
  args,
  server: { stop: () => ask("stop"), start: () => ask("start"), enterLameDuckMode: () => ask("lame-duck") },
});

console.log(JSON.stringify(result));
await Promise.all(connections.map((connection) => connection.close()));
process.exit(0);
