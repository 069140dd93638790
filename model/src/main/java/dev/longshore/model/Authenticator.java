package dev.longshore.model;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds out who asks. Thread-safe; may block.
public interface Authenticator {

    /// What the credentials say.
    Verdict authenticate(Credentials credentials);

    /// What came with a request.
    ///
    /// @param certificates the chain that TLS verified against the client CA, leaf first
    /// @param headers by lower-case name
    record Credentials(
            Optional<String> bearerToken, List<X509Certificate> certificates, Map<String, List<String>> headers) {
        @Override
        public String toString() {
            return "Credentials";
        }
    }

    /// The outcome.
    sealed interface Verdict {
        /// We know who it is.
        record Known(UserInfo user) implements Verdict {}

        /// No credentials of the kind that this authenticator reads.
        record NotMine() implements Verdict {}

        /// Credentials that do not hold.
        record Rejected(String why) implements Verdict {}
    }
}
