// A chat room on the subject "chat.room", once as a NATS client over WebSocket and once over SignalR.
const subject = "chat.room";
const missing = 'a library is missing: run "npm ci --prefix wwwroot/chat" and restart the server';

/** The part of the page that belongs to one door. */
function panel(name, send) {
  const log = document.getElementById(`${name}-log`);
  const status = document.getElementById(`${name}-status`);
  const input = document.getElementById(`${name}-text`);
  document.getElementById(`${name}-form`).addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send(input.value);
      input.value = "";
    } catch (error) {
      status.textContent = error.message;
    }
  });
  return {
    say: (text) => (status.textContent = text),
    show: (text) => {
      const item = document.createElement("li");
      item.textContent = text; // as text: it came from anybody
      log.append(item);
      item.scrollIntoView({ block: "nearest" });
      if (log.children.length > 500) log.firstChild.remove();
    },
  };
}

/** Loads a script that is no module, and returns what it made global. */
function load(source, name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(globalThis[name]);
    script.onerror = () => reject(new Error(missing));
    document.head.append(script);
  });
}

async function overWebSocket() {
  let nc;
  const { say, show } = panel("websocket", (text) => nc.publish(subject, new TextEncoder().encode(text)));
  try {
    const { connect } = await import("./lib/nats.js").catch(() => { throw new Error(missing); });
    const server = new URL("/nats", location.href.replace(/^http/, "ws"));
    nc = await connect({ servers: server.href, maxReconnectAttempts: -1, reconnectTimeWait: 500, waitOnFirstConnect: true });
    nc.subscribe(subject, { callback: (_, message) => show(message.string()) });
    await nc.flush();
    say("connected");
    for await (const { type } of nc.status()) {
      if (type === "disconnect") say("disconnected");
      if (type === "reconnect") say("connected");
    }
  } catch (error) {
    say(error.message);
  }
}

async function overSignalR() {
  let hub;
  const { say, show } = panel("signalr", (text) => hub.invoke("Publish", subject, { text }));
  try {
    const signalR = await load("lib/signalr.js", "signalR");
    hub = new signalR.HubConnectionBuilder().withUrl("/hubs/nats").withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 500 }).build();
    const subscribe = () => hub.stream("Subscribe", subject, null).subscribe({
      next: (message) => show(message.text ?? "(bytes)"),
      error: (error) => say(error.message),
      complete: () => {},
    });
    hub.onreconnecting(() => say("disconnected"));
    hub.onreconnected(() => { subscribe(); say("connected"); }); // streams end with their connection
    await hub.start();
    subscribe();
    say("connected");
  } catch (error) {
    say(error.message);
  }
}

overWebSocket();
overSignalR();
