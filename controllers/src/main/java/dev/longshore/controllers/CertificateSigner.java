package dev.longshore.controllers;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The cluster's authority, as controllers see it. Thread-safe.
public interface CertificateSigner {

    /// What a request for a certificate asks for.
    ///
    /// @param addresses IP addresses to answer to
    record Subject(
            String commonName,
            List<String> organizations,
            List<String> dnsNames,
            List<String> addresses,
            List<String> emails,
            List<String> uris) {
        public Subject {
            organizations = List.copyOf(organizations);
            dnsNames = List.copyOf(dnsNames);
            addresses = List.copyOf(addresses);
            emails = List.copyOf(emails);
            uris = List.copyOf(uris);
        }
    }

    /// How long a certificate is good.
    record Validity(Instant notBefore, Instant notAfter) {

        private static final Duration BACKDATE = Duration.ofMinutes(5);
        private static final Duration SHORT = Duration.ofHours(8);

        /// `lifetime` from `now`, begun five minutes earlier for clocks that are behind; unless it is short, it
        /// ends as much earlier.
        public static Validity of(Duration lifetime, Instant now) {
            Duration left = lifetime.compareTo(SHORT) < 0 ? lifetime : lifetime.minus(BACKDATE);
            return new Validity(now.minus(BACKDATE), now.plus(left));
        }
    }

    /// Reads `request`, PKCS#10 in PEM.
    ///
    /// @throws IllegalArgumentException when it is none
    Subject subject(String request);

    /// A certificate, in PEM, for the key of `request`, with its subject and names; it ends no later than the
    /// authority's own.
    ///
    /// @param usages as Kubernetes calls them: `client auth`, `digital signature`
    /// @throws IllegalArgumentException when the request or a usage cannot be understood, or is not signed with
    /// its own key
    String sign(String request, List<String> usages, Validity validity);
}
