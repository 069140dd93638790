package dev.longshore.server.pki;

import java.util.List;

/// What a new certificate shall say.
///
/// @param organizations groups, as Kubernetes reads them
/// @param names DNS names and IP addresses a server answers to; empty for clients
public record CertificateRequest(
        String commonName, List<String> organizations, List<String> names, boolean isServer, boolean isClient) {
    public CertificateRequest {
        organizations = List.copyOf(organizations);
        names = List.copyOf(names);
    }

    /// A client known as `commonName` in `organizations`.
    public static CertificateRequest client(String commonName, String... organizations) {
        return new CertificateRequest(commonName, List.of(organizations), List.of(), false, true);
    }

    /// A server that answers to `names`.
    public static CertificateRequest server(String commonName, List<String> names) {
        return new CertificateRequest(commonName, List.of(), names, true, false);
    }
}
