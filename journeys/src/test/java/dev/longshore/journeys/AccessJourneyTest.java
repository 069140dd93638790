package dev.longshore.journeys;

import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What people do with containers that run: read what they say, run commands in them, join them, reach their ports,
/// copy files, and ask the node's own API. One pod for all of it.
@Order(8)
@Tag("containers")
@ExtendWith(SharedCluster.class)
class AccessJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z";

    /// Some tens of megabytes; gigabytes with `-Dlongshore.long=true`.
    private static final int MEGABYTES = Boolean.getBoolean("longshore.long") ? 1024 : 24;

    @BeforeAll
    static void makeSomebodyToTalkTo(RunningCluster cluster) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: talk, annotations: {kubectl.kubernetes.io/default-container: main}}
                spec:
                  terminationGracePeriodSeconds: 0
                  volumes: [{name: marks, emptyDir: {}}]
                  initContainers:
                  - name: first
                    image: longshore.local/busybox
                    command: [sh, -c, "echo made ready"]
                  containers:
                  - name: main
                    image: longshore.local/busybox
                    readinessProbe: {exec: {command: ["true"]}}
                    command:
                    - sh
                    - -c
                    - |
                      for i in 1 2 3; do echo line $i; done
                      echo to stderr >&2; sleep 1
                      printf 'half a '; sleep 1; echo line; echo end
                      nc -ll -p 9000 -e cat &
                      while [ ! -e /done ]; do sleep 1; done
                  - name: twice
                    image: longshore.local/busybox
                    volumeMounts: [{name: marks, mountPath: /marks}]
                    command: [sh, -c, "[ -e /marks/a ] || { touch /marks/a; echo first life; exit 3; }; echo second life; sleep 100000"]
                  - name: listener
                    image: longshore.local/busybox
                    stdin: true
                    tty: true
                    command: [sh]
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: silent}
                spec: {containers: [{name: never, image: longshore.local/nothing-like-it, imagePullPolicy: Never}]}
                """);
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("logs", "talk", "-c", "twice")
                                .succeeded()
                                .out())
                        .isEqualTo("second life\n"));
    }

    @Test
    void logsAreShownAsAskedFor(RunningCluster cluster) throws IOException {
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("logs", "talk").out()).endsWith("end\n"));
        // What goes into two pipes at once may come out of them in any order.
        assertThat(logs(cluster, "talk").lines())
                .containsExactlyInAnyOrder("line 1", "line 2", "line 3", "to stderr", "half a line", "end");
        assertThat(logs(cluster, "talk", "--tail=1")).isEqualTo("end\n");
        assertThat(logs(cluster, "talk", "--limit-bytes=9")).hasSize(9);
        assertThat(logs(cluster, "talk", "--timestamps", "--tail=1")).matches(TIME + " end\n");
        assertThat(logs(cluster, "talk", "--since=24h")).contains("line 1\n");
        assertThat(logs(cluster, "talk", "--since-time=2999-01-01T00:00:00Z")).isEmpty();
        assertThat(logs(cluster, "talk", "-c", "first")).isEqualTo("made ready\n");
        assertThat(logs(cluster, "talk", "-c", "twice", "--previous")).isEqualTo("first life\n");
        assertThat(cluster.kubectl("logs", "talk", "--all-containers", "--prefix")
                        .out())
                .contains(
                        "[pod/talk/main] line 1\n", "[pod/talk/twice] second life\n", "[pod/talk/first] made ready\n");
        assertThat(cluster.kubectl("logs", "talk", "--previous").failed().err())
                .isEqualTo(
                        "Error from server (BadRequest): previous terminated container \"main\" in pod \"talk\" not found\n");
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("logs", "silent").failed().err())
                        .isEqualTo(
                                "Error from server (BadRequest): container \"never\" in pod \"silent\" is waiting to start:"
                                        + " ErrImageNeverPull\n"));
        assertThat(cluster.kubectl(
                                "get", "--raw", "/api/v1/namespaces/default/pods/talk/log?container=main&tailLines=-1")
                        .failed()
                        .err())
                .contains(
                        "PodLogOptions \"talk\" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0");

        String uid = cluster.get("pod talk", "{.metadata.uid}");
        Path file = cluster.directory().resolve("node/logs/default_talk_" + uid + "/main/0.log");
        assertThat(Files.readAllLines(file)).allMatch(line -> line.matches("\\S+ std(out|err) [FP] .*"));
    }

    @Test
    void logsComeOverWebSocketsAsWell(RunningCluster cluster) throws Exception {
        var heard = new Heard();
        try (KubernetesClient client = cluster.client()) {
            String server = client.getMasterUrl().toString().replaceFirst("^http", "ws");
            client.getHttpClient()
                    .newWebSocketBuilder()
                    .uri(URI.create(server + "api/v1/namespaces/default/pods/talk/log?container=twice"))
                    .subprotocol("binary.k8s.io")
                    .buildAsync(heard)
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(heard.isOver.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }

        assertThat(heard.text.toString()).isEqualTo("second life\n");
    }

    /// All that is said until the other side closes.
    private static final class Heard implements WebSocket.Listener {
        private final StringBuffer text = new StringBuffer();
        private final CountDownLatch isOver = new CountDownLatch(1);

        @Override
        public void onMessage(WebSocket socket, ByteBuffer bytes) {
            text.append(StandardCharsets.UTF_8.decode(bytes));
            socket.request();
        }

        @Override
        public void onClose(WebSocket socket, int code, String reason) {
            isOver.countDown();
        }
    }

    @Test
    void commandsRunOverBothTransports(RunningCluster cluster) {
        List<String> kubectls = cluster.shell().kubectls();
        for (String kubectl : List.of(kubectls.get(1), kubectls.getLast())) {
            assertThat(cluster.shell()
                            .runWith(
                                    "some words",
                                    kubectl,
                                    "exec",
                                    "-i",
                                    "talk",
                                    "--",
                                    "sh",
                                    "-c",
                                    "cat; echo oops >&2; exit 7"))
                    .satisfies(ran -> {
                        assertThat(ran.out()).isEqualTo("some words");
                        assertThat(ran.err()).isEqualTo("oops\ncommand terminated with exit code 7\n");
                        assertThat(ran.exit()).isEqualTo(7);
                    });
            assertThat(cluster.shell()
                            .run(kubectl, "exec", "silent", "--", "true")
                            .failed()
                            .err())
                    .contains("container not found (\"never\")");
            assertThat(cluster.shell()
                            .run(kubectl, "exec", "talk", "--", "/no/such/program")
                            .failed()
                            .err())
                    .contains("/no/such/program");
            // script gives it a terminal, which busybox then sees the size of.
            assertThat(cluster.shell()
                            .run(
                                    "sh",
                                    "-c",
                                    "script -qec 'stty rows 33 cols 77; " + kubectl
                                            + " exec -it talk -- sh -c \"sleep 1; stty size; tty\"' /dev/null </dev/null")
                            .out())
                    .contains("33 77", "/dev/pts/");
        }
        assertThat(cluster.kubectl(
                                "get",
                                "--raw",
                                "/api/v1/namespaces/default/pods/talk/exec?command=true&stdout=1&container=main")
                        .failed()
                        .err())
                .contains("Upgrade request required");
    }

    @Test
    void whatIsAttachedHearsAndSpeaks(RunningCluster cluster) {
        assertThat(cluster.shell()
                        .run(
                                "sh",
                                "-c",
                                "(sleep 1; echo 'echo $((6*7)) heard'; sleep 2; echo exit) | timeout 60 script -qec"
                                        + " 'kubectl attach -it talk -c listener' /dev/null")
                        .out())
                .contains("42 heard");
    }

    @Test
    void muchPassesWholeThroughCommandsAndPorts(RunningCluster cluster) {
        Ran ran = cluster.shell().run("bash", "-c", """
                set -eu -o pipefail
                dir=$(mktemp -d); forward=; trap 'kill $forward 2>/dev/null; rm -r $dir' EXIT; touch $dir/ports
                head -c %dM /dev/urandom > $dir/in
                sum=$(sha256sum < $dir/in)
                [ "$(kubectl exec -i talk -- cat < $dir/in | sha256sum)" = "$sum" ] && echo exec is whole
                kubectl cp $dir/in talk:/copied >/dev/null
                [ "$(kubectl exec talk -- sha256sum /copied | cut -d' ' -f1)  -" = "$sum" ] && echo copied there
                kubectl cp talk:/copied $dir/back >/dev/null
                [ "$(sha256sum < $dir/back)" = "$sum" ] && echo copied back
                kubectl exec talk -- rm /copied
                kubectl port-forward pod/talk :9000 > $dir/ports & forward=$!
                for i in $(seq 100); do port=$(sed -n 's/.*127.0.0.1:\\([0-9]*\\) .*/\\1/p' $dir/ports); [ -n "$port" ] && break; sleep 0.1; done
                # The echo ends when it has heard the end of what was said: half-closed, the other half goes on.
                [ "$(timeout 120 python3 - $port $dir/in <<'END' | sha256sum
                import socket, sys, threading
                s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                def send():
                    with open(sys.argv[2], "rb") as f: s.sendfile(f)
                    s.shutdown(socket.SHUT_WR)
                threading.Thread(target=send).start()
                while True:
                    b = s.recv(65536)
                    if not b: break
                    sys.stdout.buffer.write(b)
                END
                )" = "$sum" ] && echo forwarded whole
                """.formatted(MEGABYTES));

        assertThat(ran.succeeded().out()).contains("exec is whole", "copied there", "copied back", "forwarded whole");
    }

    @Test
    void manyTalkAtOnceAndWhoLeavesTakesTheCommandAlong(RunningCluster cluster) throws Exception {
        Process left = cluster.shell().start("kubectl", "exec", "talk", "--", "sleep", "7654");
        List<Process> many = IntStream.range(0, 8)
                .mapToObj(i -> cluster.shell().start("kubectl", "exec", "talk", "--", "sh", "-c", "sleep 1; echo " + i))
                .toList();
        for (int i = 0; i < many.size(); i++) {
            assertThat(new String(many.get(i).getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo(i + "\n");
        }
        eventually(PATIENCE, () -> assertThat(processes(cluster)).contains("sleep 7654"));

        left.destroyForcibly().waitFor();

        eventually(PATIENCE, () -> assertThat(processes(cluster)).doesNotContain("sleep 7654"));
    }

    @Test
    void theNodesApiIsThereForThoseWhoMay(RunningCluster cluster) {
        String node = "/api/v1/nodes/" + cluster.get("nodes", "{.items[0].metadata.name}") + "/proxy";
        assertThat(raw(cluster, node + "/healthz?verbose=1")).contains("[+]syncloop ok");
        assertThat(raw(cluster, node + "/configz")).contains("\"kind\":\"KubeletConfiguration\"");
        assertThat(raw(cluster, node + "/pods")).contains("\"name\":\"talk\"");
        assertThat(raw(cluster, node + "/runningpods/")).contains("\"name\":\"talk\"");
        assertThat(raw(cluster, node + "/metrics/resource"))
                .containsPattern(
                        "container_cpu_usage_seconds_total\\{container=\"main\",namespace=\"default\",pod=\"talk\"} ");
        assertThat(raw(cluster, node + "/metrics/cadvisor"))
                .containsPattern(
                        "container_memory_rss\\{container=\"main\",id=\"/[^\"]*pod[^\"]*\",image=\"longshore.local/busybox\","
                                + "name=\"[0-9a-f]+\",namespace=\"default\",pod=\"talk\"} [1-9]")
                .containsPattern(
                        "container_network_receive_bytes_total\\{container=\"\",id=\"[^\"]+\",image=\"\",name=\"\","
                                + "namespace=\"default\",pod=\"talk\",interface=\"eth0\"} \\d")
                .containsPattern("container_threads\\{container=\"main\"[^}]*pod=\"talk\"} [1-9]")
                .containsPattern("container_file_descriptors\\{container=\"main\"[^}]*pod=\"talk\"} [1-9]")
                .containsPattern("container_spec_cpu_shares\\{container=\"main\"[^}]*pod=\"talk\"} 2\n")
                .containsPattern("container_oom_events_total\\{container=\"main\"[^}]*pod=\"talk\"} 0 ")
                .containsPattern("container_fs_inodes_free\\{container=\"\",id=\"/\"[^}]*} [1-9]")
                .containsPattern("machine_cpu_cores\\{[^}]*} [1-9]");
        assertThat(raw(cluster, node + "/stats/summary"))
                .containsPattern("\"podRef\":\\{\"name\":\"talk\"")
                .contains("\"rxBytes\":", "\"rssBytes\":", "\"imageFs\":");

        assertThat(raw(cluster, node + "/stats/summary"))
                .containsPattern("\"volume\":\\[\\{[^]]*\"usedBytes\":\\d+[^]]*\"name\":\"marks\"")
                .containsPattern("\"logs\":\\{[^}]*\"usedBytes\":[1-9]")
                .containsPattern("\"rootfs\":\\{[^}]*\"inodesUsed\":[1-9]")
                .containsPattern("\"rlimit\":\\{[^}]*\"maxpid\":\\d{3,},")
                .contains("\"ephemeral-storage\":");
        assertThat(raw(cluster, node + "/metrics"))
                .containsPattern("kubelet_runtime_operations_total\\{operation_type=\"create_container\"} [1-9]")
                .containsPattern("kubelet_pod_start_duration_seconds_count [1-9]");
        eventually(
                PATIENCE,
                () -> assertThat(raw(cluster, node + "/metrics/probes"))
                        .containsPattern("prober_probe_total\\{container=\"main\",namespace=\"default\",pod=\"talk\","
                                + "pod_uid=\"[^\"]+\",probe_type=\"Readiness\",result=\"successful\"} [1-9]"));

        cluster.kubectl("create", "serviceaccount", "scraper").succeeded();
        cluster.kubectl("create", "clusterrole", "scraping", "--verb=get", "--resource=nodes/metrics,nodes/pods")
                .succeeded();
        cluster.kubectl(
                        "create",
                        "clusterrolebinding",
                        "scraping",
                        "--clusterrole=scraping",
                        "--serviceaccount=default:scraper")
                .succeeded();
        String token =
                cluster.kubectl("create", "token", "scraper").succeeded().out().strip();
        String kubelet = "https://127.0.0.1:" + cluster.record("kubeletPort");
        assertThat(curl(cluster, kubelet + "/pods", "")).isEqualTo("401 Unauthorized");
        assertThat(curl(cluster, kubelet + "/pods", "nonsense")).isEqualTo("401 Unauthorized");
        eventually(
                PATIENCE,
                () -> assertThat(curl(cluster, kubelet + "/metrics/cadvisor", token))
                        .startsWith("200 "));
        assertThat(curl(cluster, kubelet + "/pods", token)).startsWith("200 ");
        assertThat(curl(cluster, kubelet + "/logs/", token))
                .isEqualTo("403 Forbidden (user=system:serviceaccount:default:scraper, verb=get, resource=nodes,"
                        + " subresource(s)=[log])\n");
        assertThat(curl(cluster, kubelet + "/containerLogs/default/talk/main", token))
                .contains("subresource(s)=[proxy]");
    }

    private static String logs(RunningCluster cluster, String... arguments) {
        var line = new java.util.ArrayList<>(List.of("logs"));
        line.addAll(List.of(arguments));
        return cluster.kubectl(line.toArray(String[]::new)).succeeded().out();
    }

    private static String processes(RunningCluster cluster) {
        return cluster.kubectl("exec", "talk", "--", "ps").succeeded().out();
    }

    private static String raw(RunningCluster cluster, String path) {
        return cluster.kubectl("get", "--raw", path).succeeded().out();
    }

    private static String curl(RunningCluster cluster, String url, String token) {
        String out = cluster.shell()
                .run(
                        "curl",
                        "-ksS",
                        "-w",
                        "\n%{http_code}",
                        "-H",
                        token.isEmpty() ? "A: b" : "Authorization: Bearer " + token,
                        url)
                .succeeded()
                .out();
        int last = out.lastIndexOf('\n');
        return out.substring(last + 1) + " " + out.substring(0, last);
    }
}
