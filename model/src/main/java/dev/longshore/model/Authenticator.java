package dev.longshore.model;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds out who asks. Thread-safe; may block.
public interface Authenticator {

    /// What the credentials say.
    Verdict authenticate(Credentials credentials);

    /// What it measures, for `/metrics`.
    default List<MetricFamily> metrics() {
        return List.of();
    }

    /// What came with a request. Never printed: it holds secrets.
    ///
    /// @param certificates the chain that the client showed, leaf first. TLS has proven that the client holds the
    /// leaf's key, and nothing else: who vouches for the chain is for authenticators to find out
    /// @param headers by lower-case name
    /// @param audiences whom a token must be for, one of them at least; empty for the API server itself
    record Credentials(
            Optional<String> bearerToken,
            List<X509Certificate> certificates,
            Map<String, List<String>> headers,
            List<String> audiences) {

        public Credentials {
            certificates = List.copyOf(certificates);
            headers = Map.copyOf(headers);
            audiences = List.copyOf(audiences);
        }

        /// For the API server itself.
        public Credentials(
                Optional<String> bearerToken, List<X509Certificate> certificates, Map<String, List<String>> headers) {
            this(bearerToken, certificates, headers, List.of());
        }

        /// A token alone, for one of `audiences`, or for the API server itself if there are none.
        public static Credentials ofToken(String token, List<String> audiences) {
            return new Credentials(Optional.of(token), List.of(), Map.of(), audiences);
        }

        @Override
        public String toString() {
            return "Credentials";
        }
    }

    /// The outcome.
    sealed interface Verdict {
        /// We know who it is.
        ///
        /// @param audiences those of [Credentials#audiences()] that the credentials are for; empty when
        /// these are
        /// @param warnings sentences for the client
        record Known(UserInfo user, List<String> audiences, List<String> warnings) implements Verdict {
            public Known {
                audiences = List.copyOf(audiences);
                warnings = List.copyOf(warnings);
            }

            /// With nothing to warn of.
            public Known(UserInfo user, List<String> audiences) {
                this(user, audiences, List.of());
            }

            /// For whomever they were asked for.
            public Known(UserInfo user) {
                this(user, List.of());
            }
        }

        /// No credentials of the kind that this authenticator reads.
        record NotMine() implements Verdict {}

        /// Credentials that do not hold. Why is for logs and token reviews; who asked is told no more than 401.
        record Rejected(String why) implements Verdict {}
    }
}
