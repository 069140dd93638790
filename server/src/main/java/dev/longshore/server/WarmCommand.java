package dev.longshore.server;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Directories;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.client.Informers;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.TlsClient;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.model.UserInfo;
import dev.longshore.network.AddressPlanner;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Terms;
import dev.longshore.store.Stores;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/// `longshore warm`: starts the control plane in a scratch directory and asks it a little, so that the build
/// can record which classes a start needs (the AOT cache).
@Command(name = "warm", hidden = true, description = "Starts the control plane once, for the build's start-up cache.")
final class WarmCommand implements Callable<Integer> {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PODS = 20;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("longshore-warm");
        try {
            warm(new DataDirectory(scratch));
            // Also what a node and the control plane's loops need, and what pods and HTTP/2 ask of both.
            try (var cluster = new HollowCluster(1, scratch.resolve("hollow"));
                    var client = new KubernetesClientBuilder()
                            .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
                            .build()) {
                runPods(client);
            }
            GrpcServer.listen(scratch.resolve("plugins.sock"), List.of(new GrpcService("warm.Nothing")))
                    .close();
            return 0;
        } finally {
            Directories.delete(scratch);
        }
    }

    private static void runPods(KubernetesClient client) {
        var labels = Map.of("app", "warm");
        client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("warm")
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(PODS)
                        .withNewSelector()
                        .withMatchLabels(labels)
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .withLabels(labels)
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("main")
                        .withImage("warm")
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
        client.apps()
                .deployments()
                .inNamespace("default")
                .withName("warm")
                .waitUntilCondition(
                        now -> now.getStatus() != null
                                && Integer.valueOf(PODS).equals(now.getStatus().getReadyReplicas()),
                        LIMIT.toSeconds(),
                        TimeUnit.SECONDS);
    }

    private static void warm(DataDirectory directory) throws IOException, InterruptedException {
        var time = Time.system();
        var randomness = new SecureRandom();
        var host = new HostAddress("localhost", "127.0.0.1");
        Files.createDirectories(directory.logs());
        Logging.toDirectory(directory.logs());
        int port = AddressPlanner.freePort(26443, Set.of());
        var cluster = new ClusterRecord(
                ClusterId.random(randomness),
                "warm",
                "10.244.0.0/16",
                "10.96.0.0/16",
                "30000-32767",
                port,
                port + 1,
                port + 2);
        Certificates certificates =
                new Certificates(new ClusterKeys(directory.pki(), time, Terms.USUAL, randomness), cluster, host, time);
        try (var plane =
                new ControlPlane(Stores.embedded(directory.store(), time), cluster, host, certificates, time)) {
            plane.listen();
            var ours = plane.client(UserInfo.of("system:kube-controller-manager"));
            try (var informers = new Informers(ours, time)) {
                informers.of(Pod.class);
                informers.of(Node.class);
                informers.start();
                informers.awaitSync(LIMIT);
            }
            var tls = TlsClient.of(List.of(certificates.authority()), certificates.asAdmin());
            try (var dialer = HttpDialer.tls("127.0.0.1", port, tls)) {
                for (String path : List.of("/readyz", "/apis", "/api/v1", "/api/v1/namespaces/default/pods")) {
                    dialer.exchange(HttpDialer.Call.of("GET", path, Headers.of("Accept", "application/json")), LIMIT)
                            .close();
                }
            }
        }
    }
}
