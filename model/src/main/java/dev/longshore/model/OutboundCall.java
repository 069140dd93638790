package dev.longshore.model;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// Calls back ends that objects name, as webhooks. Blocks; thread-safe.
public interface OutboundCall {

    /// Has no way out: every call fails.
    OutboundCall NONE = (client, body, limit) -> {
        throw new Failed("there is no way to call webhooks here", null);
    };

    /// Posts `body` and returns what is answered to it. May post it twice, when a connection breaks.
    ///
    /// @param client who is called, as a webhook's `clientConfig` says it: `url` or `service`, and `caBundle`
    /// @param limit how long the back end may take for all of it; it is told so
    /// @throws Failed if there is no answer, or it is no JSON or no success
    JsonNode post(JsonNode client, JsonNode body, Duration limit) throws Failed;

    /// A call that came to nothing; the message says why, as Go's clients do.
    final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        private static final int UNAVAILABLE = 503;

        private final int code;

        /// For the reason `message`.
        public Failed(String message, Throwable cause) {
            this(message, UNAVAILABLE, cause);
        }

        /// For the reason `message`; `code` is the HTTP status that the back end answered.
        public Failed(String message, int code, Throwable cause) {
            super(message, cause);
            this.code = code;
        }

        /// The HTTP status that was answered; 503 where there was no answer.
        public int code() {
            return code;
        }
    }
}
