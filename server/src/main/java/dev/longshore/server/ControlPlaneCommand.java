package dev.longshore.server;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Terms;
import dev.longshore.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `longshore control-plane`: the API server over its durable store and nothing else: no node, and unless asked
/// for no controllers. For benchmarks, which want to know what the API server does alone.
@Command(
        name = "control-plane",
        hidden = true,
        description = "Starts the API server alone, for benchmarks, until it is interrupted.")
final class ControlPlaneCommand implements Callable<Integer> {

    @Option(names = "--data-dir", required = true, paramLabel = "DIR", description = "where it keeps its data")
    private Path directory;

    @Option(names = "--api-port", required = true, paramLabel = "PORT", description = "the API server's port")
    private int port;

    @Option(names = "--loops", description = "also runs controllers and scheduler")
    private boolean runsLoops;

    @Mixin
    private AuditFlags audit;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var interrupts = new Interrupts();
        interrupts.listen();
        var place = new DataDirectory(directory);
        var time = Time.system();
        var randomness = new SecureRandom();
        var host = new HostAddress("localhost", "127.0.0.1");
        Files.createDirectories(place.logs());
        Logging.toDirectory(place.logs());
        var cluster = new ClusterRecord(
                ClusterId.random(randomness), "bench", "10.244.0.0/16", "10.96.0.0/16", "30000-32767", port, 0, 0);
        Certificates keys =
                new Certificates(new ClusterKeys(place.pki(), time, Terms.USUAL, randomness), cluster, host, time);
        var settings = ApiSettings.DEFAULT.with(audit.options());
        try (var plane = new ControlPlane(Stores.embedded(place.store(), time), cluster, host, keys, settings, time)) {
            plane.listen();
            if (runsLoops) {
                plane.startLoops(place.node().resolve("volumes"), Optional.empty());
            }
            new KubeconfigFile(place.kubeconfig(), cluster, keys).follow();
            interrupts.await();
        }
        return 0;
    }
}
