package dev.longshore.journeys;

import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A whole cluster whose pods run in Debian's containerd.
@Tag("containers")
@Tag(OwnClusterJourneys.TAG)
@ExtendWith(HostLock.InTurn.class)
class ForeignRuntimeJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern FORWARDED = Pattern.compile("127\\.0\\.0\\.1:([0-9]+) ->");
    private static final int HOST_PORT = 18_473;

    private static final String PODS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: web
                image: REGISTRY/hello:1
                imagePullPolicy: Always
                ports: [{containerPort: 8080, hostPort: HOSTPORT}]
                readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              selector: {app: web}
              ports: [{port: 80, targetPort: 8080}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: caller}
            spec:
              terminationGracePeriodSeconds: 1
              restartPolicy: Never
              containers:
              - name: caller
                image: REGISTRY/hello:1
                stdin: true
                stdinOnce: true
                securityContext: {privileged: true, runAsUser: 0}
                command: [sh, -c, "until wget -q -O- http://web.default.svc.cluster.local/; do sleep 0.5; done; echo reached; cat"]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: mapped}
            spec:
              hostUsers: false
              containers: [{name: mapped, image: REGISTRY/hello:1}]
            """;

    private static RunningCluster cluster;
    private static PrivateContainerd containerd;

    @BeforeAll
    static void start() throws IOException {
        Needs.rootAnd("kubectl", "docker", "containerd", "busybox", "curl");
        cluster = RunningCluster.fresh();
        containerd = PrivateContainerd.start(cluster.directory().resolve("node/cni"), cluster.shell());
        up();
        String image = cluster.registry() + "/hello:1";
        cluster.docker("build", "-t", image, "examples/hello").succeeded();
        cluster.docker("push", image).succeeded();
        cluster.apply(PODS.replace("REGISTRY", cluster.registry()).replace("HOSTPORT", Integer.toString(HOST_PORT)));
        cluster.kubectl("wait", "--for=condition=Ready", "pod/web", "pod/caller", "--timeout=120s")
                .succeeded();
    }

    private static void up() {
        cluster.up("--container-runtime-endpoint", containerd.endpoint()).succeeded();
    }

    @AfterAll
    static void leaveNothing() {
        if (cluster == null) {
            return;
        }
        try {
            cluster.close();
            if (containerd != null) {
                assertThat(containerd.containers()).isEmpty();
            }
        } finally {
            if (containerd != null) {
                containerd.close();
            }
        }
    }

    @Test
    void podsInContainerdAreReachedAsAnyOthersAndAdoptedByALaterServer() throws IOException {
        assertThat(identity()).contains("containerd://");
        assertThat(cluster.get("nodes", "{.items[0].status.nodeInfo.containerRuntimeVersion}"))
                .startsWith("containerd://1.");
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("logs", "caller").out()).endsWith("reached\n"));
        Ran ran = cluster.kubectlWith("input", "exec", "-i", "caller", "--", "sh", "-c", "cat; id -u; exit 3");
        assertThat(ran.out()).isEqualTo("input0\n");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(forwarded()).contains("1");
        hostPortLeadsToTheWeb();
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("describe", "pod", "mapped").out())
                        .contains("FailedCreatePodSandBox", "have no users of their own"));

        String before = identity();
        cluster.killed();
        up();

        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("exec", "caller", "--", "true").exit())
                        .isZero());
        assertThat(identity()).isEqualTo(before);
        hostPortLeadsToTheWeb();
        Ran attached = cluster.kubectlWith("to the cat\n", "attach", "-i", "caller");
        assertThat(attached.succeeded().out()).contains("to the cat");
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod caller", "{.status.phase}")).isEqualTo("Succeeded"));
        cluster.kubectl("delete", "pod", "web", "caller", "mapped", "--timeout=60s")
                .succeeded();
        eventually(PATIENCE, () -> assertThat(containerd.containers()).isEmpty());
    }

    private static String identity() {
        return cluster.get(
                "pods web caller", "{range .items[*].status.containerStatuses[*]}{.containerID} {.restartCount} {end}");
    }

    private static void hostPortLeadsToTheWeb() {
        String address = cluster.get("nodes", "{.items[0].status.addresses[?(@.type==\"InternalIP\")].address}");
        eventually(
                PATIENCE,
                () -> assertThat(cluster.shell()
                                .run("curl", "-fsS", "--max-time", "5", "http://%s:%d/".formatted(address, HOST_PORT))
                                .succeeded()
                                .out())
                        .isNotBlank());
    }

    private static String forwarded() throws IOException {
        Process forward = cluster.shell().start("kubectl", "port-forward", "pod/web", ":8080");
        try (var lines = new BufferedReader(new InputStreamReader(forward.getInputStream(), StandardCharsets.UTF_8))) {
            Matcher port = FORWARDED.matcher(String.valueOf(lines.readLine()));
            assertThat(port.find()).isTrue();
            return cluster.shell()
                    .run("curl", "-fsS", "--max-time", "10", "http://127.0.0.1:" + port.group(1) + "/")
                    .succeeded()
                    .out();
        } finally {
            forward.destroy();
        }
    }
}
