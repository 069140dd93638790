package dev.longshore.bench;

import dev.longshore.apiserver.flow.FlowControl;
import dev.longshore.apiserver.flow.FlowControl.Entry;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import dev.longshore.server.HollowCluster;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What flow control costs a request that finds a seat free: it is classed, seated, and gives its seat back. One
/// thread, the schemas and levels that every cluster has, a user of whom the last schema but one says something.
/// A round is a million requests; the first three only warm up.
///
/// ```
/// ./longshore bench FlowControlBenchmark [ROUNDS]
/// ```
public final class FlowControlBenchmark {

    private static final int USUAL_ROUNDS = 7;
    private static final int WARM_UP = 3;
    private static final int A_ROUND = 1_000_000;
    private static final int SEATS = 600;
    private static final String GROUP = "/apis/flowcontrol.apiserver.k8s.io/v1/";
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Attributes REQUEST = new Attributes(
            UserInfo.of("jane", "developers", "system:authenticated"),
            "get",
            "",
            "v1",
            "pods",
            "",
            "default",
            "web",
            "");

    private FlowControlBenchmark() {}

    /// Runs it and prints the median of the rounds, and the extremes.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_ROUNDS;
        var time = Time.system();
        var control = new FlowControl(SEATS, time);
        int schemas = configure(control);
        var nanos = new double[rounds];
        for (int i = -WARM_UP; i < rounds; i++) {
            long begun = time.nanoTime();
            pass(control);
            if (i >= 0) {
                nanos[i] = (double) (time.nanoTime() - begun) / A_ROUND;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "one request, %d schemas   median %6.0f ns   fastest %6.0f ns   slowest %6.0f ns   (%d rounds of %,d)%n",
                schemas, nanos[rounds / 2], nanos[0], nanos[rounds - 1], rounds, A_ROUND);
    }

    private static void pass(FlowControl control) throws InterruptedException {
        for (int i = 0; i < A_ROUND; i++) {
            switch (control.enter(REQUEST, widest -> 1, PATIENCE)) {
                case Entry.Seated seated -> seated.seat().close();
                case Entry.Refused _ -> throw new IllegalStateException("refused with seats to spare");
            }
        }
    }

    /// Makes it go by the objects of a fresh cluster.
    ///
    /// @return how many schemas there are
    private static int configure(FlowControl control) throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("longshore-bench");
        try (var cluster = new HollowCluster(0, scratch);
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
                        .build()) {
            List<Resource> schemas = list(client, "flowschemas");
            control.configure(schemas, list(client, "prioritylevelconfigurations"));
            return schemas.size();
        } finally {
            remove(scratch);
        }
    }

    private static List<Resource> list(KubernetesClient client, String plural) {
        var objects = new ArrayList<Resource>();
        Json.parse(client.raw(GROUP + plural))
                .path("items")
                .forEach(item -> objects.add(new Resource((ObjectNode) item)));
        return objects;
    }

    private static void remove(Path directory) throws IOException {
        try (var below = Files.walk(directory)) {
            for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
