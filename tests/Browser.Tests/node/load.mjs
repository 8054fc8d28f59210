// Makes a broker busy as real applications do, until its standard input ends:  node load.mjs nats://127.0.0.1:4222
// Prints "ready" when all clients are there. The line "slow" makes one of them stop reading until the server has cut it; then "cut" is printed.
import { connect as connectSocket } from "node:net";
import { createInterface } from "node:readline";
import { connect } from "@nats-io/transport-node";
import { connect as connectClassic } from "nats";

const url = process.argv[2];
const clients = [];
const open = async (name, credentials = {}) => {
  const client = await connect({ servers: url, name, ...credentials, reconnect: true, reconnectTimeWait: 100 });
  clients.push(client);
  return client;
};

const orders = await open("orders-api");
const countries = ["eu", "us", "jp"];
const typo = await open("order-importer");
const checkout = await open("checkout");
const payments = await open("payments");
payments.subscribe("payments.authorize", { queue: "payments", callback: (error, message) => message.respond("ok") });

for (let i = 1; i <= 3; i++) {
  const worker = await open(`billing-worker-${i}`);
  worker.subscribe("orders.*.created", { queue: "billing", callback: () => {} });
}

const dashboard = await open("dashboard", { user: "dashboard", pass: "dashboard" });
dashboard.subscribe("orders.>", { callback: () => {} });
dashboard.subscribe("stock.*.level", { callback: () => {} });
(async () => { for await (const _ of dashboard.status()) { /* it is told of what it may not do */ } })();
dashboard.publish("orders.eu.created", "not mine to publish");

// The protocol of services, by the library that brings it along.
const greeters = await connectClassic({ servers: url, name: "greeter" });
for (let i = 1; i <= 2; i++) {
  const greeter = await greeters.services.add({ name: "greeter", version: "1.2.0", description: "Greets" });
  greeter.addEndpoint("hello", (error, message) => message.respond("hello"));
}

// Names and subjects are what strangers choose.
const hostile = await open("<img src=x onerror=\"document.title='owned'\">\u202egnp.exe");
hostile.subscribe("evil.<script>document.title='owned'</script>.>", { callback: () => {} });

await Promise.all(clients.map((client) => client.flush()));

let n = 0;
const timers = [
  setInterval(() => {
    for (let i = 0; i < 20; i++, n++) {
      orders.publish(`orders.${countries[n % 3]}.created`, JSON.stringify({ id: n, total: n % 1000, items: ["book", "pen"] }));
    }

    orders.publish("stock.warehouse-7.level", `${n}`);
    hostile.publish("evil.<script>document.title='owned'</script>.x", "<b>bold</b>");
  }, 50),
  setInterval(() => typo.publish("order.eu.created", "lost"), 200),
  setInterval(() => checkout.request("payments.authorize", "42", { timeout: 1000 }).catch(() => {}), 250),
  setInterval(() => checkout.request("hello", "").catch(() => {}), 300),
  setInterval(() => checkout.request("payments.refund", "42", { timeout: 1000 }).catch(() => {}), 1000),
];

// A client of its own making, for none of the libraries can be made to stop reading.
const beSlow = async () => {
  const { hostname, port } = new URL(url);
  const slow = connectSocket(Number(port), hostname);
  slow.on("error", () => {});
  slow.write('CONNECT {"name":"ticks-archive","lang":"go","version":"1.37.0","verbose":false}\r\nSUB ticks.> 1\r\nPING\r\n');
  await new Promise((resolve) => slow.on("data", (data) => data.includes("PONG") && resolve()));
  slow.pause();
  const ticker = await open("ticker");
  const isCut = new Promise((resolve) => slow.on("close", resolve));
  const feed = setInterval(() => {
    for (let i = 0; i < 64; i++) {
      ticker.publish(i % 8 === 0 ? "ticks.us" : "ticks.eu", "x".repeat(4096));
    }
  }, 20);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  slow.resume(); // reads on, and so finds that it was cut
  await isCut;
  clearInterval(feed);
};

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "slow") {
    await beSlow();
    console.log("cut");
  }
}

timers.forEach(clearInterval);
await Promise.all([greeters, ...clients].map((client) => client.close()));
process.exit(0);
