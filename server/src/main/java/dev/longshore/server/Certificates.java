package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.controllers.CertificateSigner;
import dev.longshore.http.TlsIdentity;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.identity.TokenKeyFiles;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.KeptAuthority;
import dev.longshore.server.pki.KeptIdentity;
import dev.longshore.server.pki.RequestedCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;

/// The certificates of one running cluster. They are renewed while it runs: ask for them at each use.
final class Certificates {

    /// What the admin's certificate is called.
    static final String ADMIN = "admin";

    private final ClusterKeys keys;
    private final KeptAuthority authority;
    private final KeptIdentity server;
    private final KeptIdentity kubelet;
    private final KeptIdentity toKubelets;
    private final KeptIdentity metrics;
    private final FrontProxy frontProxy;
    private final KeptIdentity admin;
    private final TokenKeys tokenKeys;
    private final CertificateSigner signer;
    private final PublishedRoot root;

    /// Reads them, or makes those that are missing.
    ///
    /// @throws IOException when they cannot be read, or written
    Certificates(ClusterKeys keys, ClusterRecord cluster, HostAddress host, Time time) throws IOException {
        this.keys = keys;
        this.authority = keys.authority();
        this.server = keys.identity(
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
                                host.address())));
        this.kubelet = keys.identity(
                "kubelet",
                CertificateRequest.server(
                        "system:node:" + host.name(), List.of(host.name(), "localhost", "127.0.0.1", host.address())));
        this.toKubelets =
                keys.identity("apiserver-kubelet-client", CertificateRequest.client("kube-apiserver-kubelet-client"));
        this.metrics = keys.identity("metrics-kubelet-client", CertificateRequest.client(MetricsApis.USER));
        this.frontProxy = frontProxy(keys);
        this.admin = keys.identity(
                ADMIN,
                CertificateRequest.client("kubernetes-admin", "system:masters").withRsaKey());
        this.tokenKeys = tokenKeys(keys, time);
        this.root = new PublishedRoot(authority);
        this.signer = new RequestedCertificates(() -> authority.get().identity(), new SecureRandom());
    }

    private static FrontProxy frontProxy(ClusterKeys keys) throws IOException {
        KeptAuthority authority = keys.frontProxyAuthority();
        KeptIdentity client = keys.identity(authority, FrontProxy.NAME, CertificateRequest.client(FrontProxy.NAME));
        return new FrontProxy(authority, tls(client));
    }

    private static TokenKeys tokenKeys(ClusterKeys keys, Time time) throws IOException {
        // Made once; whoever changes them by hand may write them in any form.
        if (!Files.exists(keys.tokenKeyFile())) {
            keys.serviceAccountKeys();
        }
        return new TokenKeyFiles(keys.tokenKeyFile(), List.of(keys.tokenPublicFile()), time);
    }

    /// All of them, and others.
    ClusterKeys keys() {
        return keys;
    }

    /// Whom the cluster's clients believe.
    X509Certificate authority() {
        return authority.certificate();
    }

    /// The same for controllers, which publish it.
    PublishedRoot root() {
        return root;
    }

    /// What the API server shows.
    Supplier<TlsIdentity> server() {
        return tls(server);
    }

    /// What the kubelet shows.
    Supplier<TlsIdentity> kubelet() {
        return tls(kubelet);
    }

    /// What the API server shows to kubelets.
    Supplier<TlsIdentity> toKubelets() {
        return tls(toKubelets);
    }

    /// What the scraper shows to kubelets.
    Supplier<TlsIdentity> metrics() {
        return tls(metrics);
    }

    /// What the API server shows to extension API servers.
    FrontProxy frontProxy() {
        return frontProxy;
    }

    /// Of the kubeconfig, as it is now.
    Identity admin() {
        return admin.get();
    }

    /// What the admin's own client shows.
    Supplier<TlsIdentity> asAdmin() {
        return tls(admin);
    }

    /// They sign ServiceAccount tokens.
    TokenKeys tokenKeys() {
        return tokenKeys;
    }

    /// Signs what controllers were asked for.
    CertificateSigner signer() {
        return signer;
    }

    /// For the HTTP module.
    static Supplier<TlsIdentity> tls(KeptIdentity kept) {
        return () -> {
            Identity now = kept.get();
            return new TlsIdentity(now.key(), now.chain());
        };
    }
}
