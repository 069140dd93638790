package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.base.WholeFile;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.CertificateState;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Renewal;
import dev.longshore.server.pki.Terms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// The certificates of a cluster whose server does not run.
final class StoredCertificates {

    private StoredCertificates() {}

    /// As they lie there.
    ///
    /// @throws CommandFailure when there are none
    static ClusterKeys read(DataDirectory directory) throws IOException {
        if (!Files.isDirectory(directory.pki())) {
            throw new CommandFailure(
                    "there are no certificates in %s: `longshore up` makes them, or choose another directory with --data-dir"
                            .formatted(directory.pki()));
        }
        var keys = new ClusterKeys(directory.pki(), Time.system(), Terms.USUAL, new SecureRandom());
        keys.takeStored();
        return keys;
    }

    /// Renews those that are named; the kubeconfig follows.
    ///
    /// @throws IllegalArgumentException when there is none called so
    static List<CertificateState> renew(DataDirectory directory, List<String> names) throws IOException {
        read(directory);
        // Nobody starts meanwhile.
        DirectoryLock lock = DirectoryLock.take(directory);
        try (lock) {
            ClusterKeys keys = read(directory);
            List<String> chosen = Renewal.chosen(names, keys.states());
            for (String name : chosen) {
                keys.renew(name);
            }
            writeKubeconfig(directory, keys);
            return keys.states().stream()
                    .filter(state -> chosen.contains(state.name()))
                    .toList();
        }
    }

    private static void writeKubeconfig(DataDirectory directory, ClusterKeys keys) throws IOException {
        Optional<ClusterRecord> cluster = ClusterRecord.read(directory.clusterRecord());
        Optional<String> text = cluster.isPresent() ? KubeconfigFile.stored(cluster.get(), keys) : Optional.empty();
        if (text.isPresent()) {
            WholeFile.writePrivately(directory.kubeconfig(), text.get().getBytes(StandardCharsets.UTF_8));
        }
    }
}
