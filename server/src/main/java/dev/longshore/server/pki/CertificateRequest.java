package dev.longshore.server.pki;

import java.util.List;

/// What a new certificate shall say.
///
/// @param organizations groups, as Kubernetes reads them
/// @param hasRsaKey RSA rather than elliptic curves: for people's own certificates, since some clients (fabric8
/// among them) take every key in a kubeconfig for RSA
/// @param names DNS names and IP addresses a server answers to; empty for clients
public record CertificateRequest(
        String commonName,
        List<String> organizations,
        List<String> names,
        boolean isServer,
        boolean isClient,
        boolean hasRsaKey) {
    public CertificateRequest {
        organizations = List.copyOf(organizations);
        names = List.copyOf(names);
    }

    /// A client known as `commonName` in `organizations`.
    public static CertificateRequest client(String commonName, String... organizations) {
        return new CertificateRequest(commonName, List.of(organizations), List.of(), false, true, false);
    }

    /// A server that answers to `names`.
    public static CertificateRequest server(String commonName, List<String> names) {
        return new CertificateRequest(commonName, List.of(), names, true, false, false);
    }

    /// The same with an RSA key.
    public CertificateRequest withRsaKey() {
        return new CertificateRequest(commonName, organizations, names, isServer, isClient, true);
    }
}
