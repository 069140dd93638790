package dev.longshore.server.pki;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;

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

    /// What `certificate` says, to be said again.
    ///
    /// @throws IllegalArgumentException when it cannot be read
    public static CertificateRequest of(X509Certificate certificate) {
        var subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return new CertificateRequest(
                    values(subject, BCStyle.CN).stream().findFirst().orElse(""),
                    values(subject, BCStyle.O),
                    names(certificate),
                    purposes != null && purposes.contains(KeyPurposeId.id_kp_serverAuth.getId()),
                    purposes != null && purposes.contains(KeyPurposeId.id_kp_clientAuth.getId()),
                    certificate.getPublicKey() instanceof RSAPublicKey);
        } catch (CertificateParsingException broken) {
            throw new IllegalArgumentException("a certificate that cannot be read: " + broken.getMessage(), broken);
        }
    }

    private static List<String> values(X500Name subject, ASN1ObjectIdentifier type) {
        return Stream.of(subject.getRDNs(type))
                .map(part -> IETFUtils.valueToString(part.getFirst().getValue()))
                .toList();
    }

    private static List<String> names(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream()
                        .filter(name -> name.getFirst().equals(GeneralName.dNSName)
                                || name.getFirst().equals(GeneralName.iPAddress))
                        .map(name -> (String) name.get(1))
                        .toList();
    }

    /// Whether a certificate that says `other` will do for this: the same subject and purposes, all names.
    boolean isMetBy(CertificateRequest other) {
        return commonName.equals(other.commonName)
                && organizations.equals(other.organizations)
                && isServer == other.isServer
                && isClient == other.isClient
                && hasRsaKey == other.hasRsaKey
                && Set.copyOf(other.names).containsAll(names);
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
