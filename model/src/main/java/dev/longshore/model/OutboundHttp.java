package dev.longshore.model;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/// Asks a server outside by HTTPS, as authenticators must: issuers of tokens, reviewers of tokens. Whom to believe and
/// what to show is settled when it is made. Blocks; thread-safe.
public interface OutboundHttp {

    /// Asks for `url`.
    ///
    /// @param body what to send; empty for nothing
    /// @param limit how long the whole exchange may take
    /// @throws IOException when there is no answer in time, or one that is too large
    Answer send(String method, URI url, Map<String, String> headers, byte[] body, Duration limit) throws IOException;

    /// What came back, whatever its status.
    record Answer(int status, byte[] body) {}
}
