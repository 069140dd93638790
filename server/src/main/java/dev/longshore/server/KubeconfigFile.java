package dev.longshore.server;

import dev.longshore.base.WholeFile;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.KeptIdentity;
import dev.longshore.server.pki.Renewal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Optional;

/// The admin's kubeconfig, written anew whenever the admin's certificate or the cluster's authority is renewed. One
/// thread at a time.
final class KubeconfigFile implements Renewal.Follower {

    private final Path file;
    private final ClusterRecord cluster;
    private final Certificates certificates;
    private String written = "";

    KubeconfigFile(Path file, ClusterRecord cluster, Certificates certificates) {
        this.file = file;
        this.cluster = cluster;
        this.certificates = certificates;
    }

    /// As it should be now.
    String text() {
        return text(cluster, certificates.authority(), certificates.admin());
    }

    /// As it should be while no server runs; empty when there is no admin among `keys`.
    static Optional<String> stored(ClusterRecord cluster, ClusterKeys keys) throws IOException {
        Optional<KeptIdentity> admin = keys.kept(Certificates.ADMIN);
        return admin.isPresent()
                ? Optional.of(text(
                        cluster, keys.authority().certificate(), admin.get().get()))
                : Optional.empty();
    }

    private static String text(ClusterRecord cluster, X509Certificate authority, Identity admin) {
        return Kubeconfig.text(cluster.name(), "https://127.0.0.1:" + cluster.apiPort(), authority, admin);
    }

    @Override
    public void follow() throws IOException {
        String text = text();
        if (!text.equals(written)) {
            WholeFile.writePrivately(file, text.getBytes(StandardCharsets.UTF_8));
            written = text;
        }
    }
}
