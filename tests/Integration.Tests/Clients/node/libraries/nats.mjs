// The client before it was split in parts: the package that most applications still have.
import { ErrorCode } from "nats";

export { connect, createInbox, headers } from "nats";

const meanings = {
  [ErrorCode.NoResponders]: "no responders",
  [ErrorCode.BadSubject]: "invalid subject",
  [ErrorCode.ConnectionClosed]: "closed connection",
  [ErrorCode.ConnectionDraining]: "draining connection",
  [ErrorCode.Timeout]: "timeout",
  [ErrorCode.MaxPayloadExceeded]: "payload too large",
};

/** What an error means, in words that both libraries share. */
export function meaning(error) {
  return meanings[error?.code] ?? error?.message ?? "none";
}
