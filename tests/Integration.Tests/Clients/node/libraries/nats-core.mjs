// The current client: @nats-io/nats-core over @nats-io/transport-node.
import { errors, RequestError } from "@nats-io/nats-core";

export { createInbox, headers } from "@nats-io/nats-core";
export { connect } from "@nats-io/transport-node";

/** What an error means, in words that both libraries share. */
export function meaning(error) {
  if (error instanceof RequestError && error.isNoResponders()) return "no responders";
  if (error instanceof errors.NoRespondersError) return "no responders";
  if (error instanceof errors.InvalidSubjectError) return "invalid subject";
  if (error instanceof errors.ClosedConnectionError) return "closed connection";
  if (error instanceof errors.DrainingConnectionError) return "draining connection";
  if (error instanceof errors.TimeoutError || error?.cause instanceof errors.TimeoutError) return "timeout";
  if (/max_payload|payload max/i.test(error?.message)) return "payload too large";
  return error?.message ?? "none";
}
