/** The next messages of a subscription. */
export async function take(subscription, count) {
  const messages = [];
  for await (const message of subscription) {
    if (messages.push(message) === count) break;
  }
  return messages;
}

/** All messages until the subscription ends. */
export async function takeAll(subscription) {
  const messages = [];
  for await (const message of subscription) messages.push(message);
  return messages;
}

/** The payloads as text. */
export const texts = (messages) => messages.map((message) => message.string());

/** The first event of a kind that a connection reports. */
export async function nextStatus(connection, type) {
  for await (const status of connection.status()) {
    if (status.type === type) return status;
  }
}

/** What an action ends in: "none", or the meaning of its error. */
export async function errorOf(action, meaning) {
  try {
    await action();
    return "none";
  } catch (error) {
    return meaning(error);
  }
}
