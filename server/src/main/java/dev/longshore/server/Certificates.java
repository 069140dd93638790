package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.controllers.CertificateSigner;
import dev.longshore.http.TlsIdentity;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.identity.TokenKeyFiles;
import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.RequestedCertificates;
import java.io.IOException;
import java.nio.file.Files;
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
        TokenKeys tokenKeys,
        CertificateSigner signer) {

    /// Reads them, or makes those that are missing.
    static Certificates of(ClusterKeys keys, ClusterRecord cluster, HostAddress host, Time time) throws IOException {
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
                tokenKeys(keys, time),
                new RequestedCertificates(keys.authority().identity(), new SecureRandom()));
    }

    private static TokenKeys tokenKeys(ClusterKeys keys, Time time) throws IOException {
        // Made once; whoever changes them by hand may write them in any form.
        if (!Files.exists(keys.tokenKeyFile())) {
            keys.serviceAccountKeys();
        }
        return new TokenKeyFiles(keys.tokenKeyFile(), List.of(keys.tokenPublicFile()), time);
    }

    private static FrontProxy frontProxy(ClusterKeys keys) throws IOException {
        CertificateAuthority authority = keys.frontProxyAuthority();
        Identity client = keys.identity(authority, FrontProxy.NAME, CertificateRequest.client(FrontProxy.NAME));
        return new FrontProxy(authority.identity().chain().getFirst(), tls(client));
    }

    /// For the HTTP module.
    static TlsIdentity tls(Identity identity) {
        return new TlsIdentity(identity.key(), identity.chain());
    }
}
