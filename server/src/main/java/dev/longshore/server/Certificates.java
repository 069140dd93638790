package dev.longshore.server;

import dev.longshore.controllers.CertificateSigner;
import dev.longshore.http.TlsIdentity;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.Pem;
import dev.longshore.server.pki.RequestedCertificates;
import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;

/// The certificates of one running cluster.
///
/// @param server what the API server shows
/// @param toKubelets what the API server shows to kubelets
/// @param metrics what the scraper shows to kubelets
/// @param frontProxy what the API server shows to extension API servers
/// @param admin of the kubeconfig
/// @param tokenKeys sign ServiceAccount tokens
/// @param signer signs what controllers were asked for
record Certificates(
        X509Certificate authority,
        Identity server,
        Identity kubelet,
        Identity toKubelets,
        Identity metrics,
        FrontProxy frontProxy,
        Identity admin,
        KeyPair tokenKeys,
        CertificateSigner signer) {

    /// Reads them, or makes those that are missing.
    static Certificates of(ClusterKeys keys, ClusterRecord cluster, HostAddress host) throws IOException {
        return new Certificates(
                keys.authority().identity().chain().getFirst(),
                keys.identity(
                        "apiserver",
                        CertificateRequest.server(
                                "kube-apiserver",
                                List.of(
                                        "kubernetes",
                                        "kubernetes.default",
                                        "kubernetes.default.svc",
                                        "kubernetes.default.svc.cluster.local",
                                        "localhost",
                                        host.name(),
                                        "127.0.0.1",
                                        cluster.kubernetesServiceAddress(),
                                        host.address()))),
                keys.identity(
                        "kubelet",
                        CertificateRequest.server(
                                "system:node:" + host.name(),
                                List.of(host.name(), "localhost", "127.0.0.1", host.address()))),
                keys.identity("apiserver-kubelet-client", CertificateRequest.client("kube-apiserver-kubelet-client")),
                keys.identity("metrics-kubelet-client", CertificateRequest.client(MetricsApis.USER)),
                frontProxy(keys),
                keys.identity(
                        "admin",
                        CertificateRequest.client("kubernetes-admin", "system:masters")
                                .withRsaKey()),
                keys.serviceAccountKeys(),
                new RequestedCertificates(keys.authority().identity(), new SecureRandom()));
    }

    private static FrontProxy frontProxy(ClusterKeys keys) throws IOException {
        CertificateAuthority authority = keys.frontProxyAuthority();
        Identity client = keys.identity(authority, FrontProxy.NAME, CertificateRequest.client(FrontProxy.NAME));
        return new FrontProxy(
                Pem.of(keys.authority().identity().chain()),
                Pem.of(authority.identity().chain()),
                tls(client));
    }

    /// For the HTTP module.
    static TlsIdentity tls(Identity identity) {
        return new TlsIdentity(identity.key(), identity.chain());
    }
}
