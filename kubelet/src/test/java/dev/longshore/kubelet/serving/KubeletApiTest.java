package dev.longshore.kubelet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpServer;
import dev.longshore.http.WebSocket;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.node.NodeDisks;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.kubelet.pods.FakeRuntime;
import dev.longshore.kubelet.pods.PodSettings;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.kubelet.probes.NodeActions;
import dev.longshore.kubelet.shutdown.ShutdownTimes;
import dev.longshore.kubelet.volumes.PodVolumes;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeletApiTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private final FakeRuntime runtime = new FakeRuntime(Time.system());
    private final FakeCluster cluster = new FakeCluster();
    private PodWorkers workers;
    private HttpServer server;
    private HttpDialer dialer;

    @BeforeEach
    void start() throws IOException {
        var events = new EventRecorder(cluster, Time.system(), "node-1");
        workers = new PodWorkers(
                new PodSettings(
                        "node-1",
                        directory,
                        directory.resolve("logs"),
                        List.of("192.0.2.1"),
                        List.of(),
                        "cluster.local",
                        1L << 30,
                        "longshore",
                        false),
                runtime,
                cluster,
                cluster,
                events,
                PodVolumes.NONE,
                new NodeActions(runtime.streams(), Time.system()),
                Time.system(),
                () -> Map.of("pods", new Quantity("10")));
        workers.start();
        var usage = new NodeUsage(
                "node-1",
                workers,
                runtime.containers(),
                Time.system(),
                directory,
                NodeDisks.one(directory),
                () -> 0L,
                () -> new io.fabric8.kubernetes.api.model.NodeSystemInfoBuilder()
                        .withMachineID("machine-1")
                        .build());
        server = new HttpServer(
                "kubelet",
                new KubeletApi(
                        workers,
                        runtime,
                        usage,
                        new NodeLogs(directory.resolve("machine")),
                        new SyncLoop(workers::dispatchingSince, java.util.Optional::empty, Time.system()),
                        () -> Json.object().put("kind", "KubeletConfiguration"),
                        () -> new ShutdownTimes(Optional.of(Instant.ofEpochSecond(1_700_000_000)), Optional.empty()),
                        Time.system()));
        int port = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        dialer = HttpDialer.tcp("127.0.0.1", port);
        cluster.put(new PodBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("default")
                .withUid("uid-web")
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Always")
                .addNewContainer()
                .withName("main")
                .withImage("img:1")
                .endContainer()
                .endSpec()
                .build());
        await().until(() -> runtime.running("main").isPresent()
                && workers.pod("default", "web").orElseThrow().containers().containsKey("main"));
        await().until(() -> !workers.pod("default", "web")
                .orElseThrow()
                .containers()
                .get("main")
                .id()
                .isEmpty());
    }

    @AfterEach
    void stop() {
        dialer.close();
        server.close();
        workers.close();
    }

    @Test
    void summarizesWhatPodsHaveOnTheDisk() throws IOException {
        runtime.memory.put("web", 1L);
        Path log = runtime.running("main").orElseThrow().logFile();
        Files.createDirectories(log.getParent());
        Files.writeString(log, "2026-01-01T00:00:01Z stdout F hello\n");

        var summary = Json.parse(get("/stats/summary").substring(4));

        var container = summary.path("pods").get(0).path("containers").get(0);
        assertThat(container.path("logs").path("usedBytes").asLong()).isEqualTo(Files.size(log));
        assertThat(container.path("logs").path("inodesUsed").asLong()).isEqualTo(2);
        assertThat(container.path("logs").path("capacityBytes").asLong()).isPositive();
        assertThat(summary.path("pods")
                        .get(0)
                        .path("ephemeral-storage")
                        .path("usedBytes")
                        .asLong())
                .isEqualTo(Files.size(log));
        var fs = summary.path("node").path("fs");
        assertThat(fs.path("inodes").asLong())
                .isEqualTo(
                        fs.path("inodesFree").asLong() + fs.path("inodesUsed").asLong());
        assertThat(summary.path("node").path("runtime").has("imageFs")).isTrue();
        assertThat(Json.parse(get("/stats/summary?only_cpu_and_memory=true").substring(4))
                        .path("pods")
                        .get(0)
                        .path("containers")
                        .get(0)
                        .has("logs"))
                .isFalse();
    }

    @Test
    void tellsOfProbesAndOfItsOwnWork() throws IOException {
        workers.measures()
                .probed(
                        new dev.longshore.kubelet.measures.NodeMeasures.ProbedPod("default", "web", "uid-web"),
                        "main",
                        "Liveness",
                        dev.longshore.kubelet.measures.NodeMeasures.ProbeResult.SUCCESSFUL,
                        1);

        assertThat(get("/metrics/probes"))
                .contains("prober_probe_total{container=\"main\",namespace=\"default\",pod=\"web\","
                        + "pod_uid=\"uid-web\",probe_type=\"Liveness\",result=\"successful\"} 1\n")
                .contains("process_start_time_seconds ");
        assertThat(get("/metrics"))
                .contains("kubelet_desired_pods{static=\"\"} 1\n")
                .contains("kubernetes_build_info{git_version=\"v1.36.0\",major=\"1\",minor=\"36\"")
                .contains("process_resident_memory_bytes ")
                .doesNotContain("prober_");
    }

    @Test
    void servesLogs() throws IOException {
        Path log = runtime.running("main").orElseThrow().logFile();
        Files.createDirectories(log.getParent());
        Files.writeString(log, "2026-01-01T00:00:01Z stdout F hello\n");

        assertThat(get("/containerLogs/default/web/main")).isEqualTo("200 hello\n");
        assertThat(get("/containerLogs/default/web/other"))
                .isEqualTo("404 container \"other\" not found in pod \"web\"");
        assertThat(get("/containerLogs/default/web/main?previous=true"))
                .isEqualTo("400 previous terminated container \"main\" in pod \"web\" not found");
        assertThat(get("/containerLogs/default/web/main?tailLines=x"))
                .isEqualTo("400 {\"message\": \"Unable to decode query.\"}");
        assertThat(get("/containerLogs/default/web/main?limitBytes=0"))
                .isEqualTo("422 {\"message\": \"Invalid request.\"}");
        assertThat(get("/containerLogs/default/web/main?stream=Stderr"))
                .startsWith("400 unable to return the given log stream: \"Stderr\"");
        assertThat(get("/containerLogs/default/web/main?tail=0")).isEqualTo("200 ");
        assertThat(get("/containerLogs/default/gone/main")).isEqualTo("404 pod \"gone\" does not exist");
    }

    @Test
    void runsACommandOverAWebSocket() throws Exception {
        runtime.execExitCodes.put("cat", 3);
        try (var opened = dialer.webSocket(
                "/exec/default/web/main?command=cat&input=1&output=1&error=1",
                Headers.EMPTY,
                List.of("v5.channel.k8s.io"))) {
            WebSocket socket = opened.socket();
            socket.sendBinary(message(0, "hello"));
            socket.sendBinary(new byte[] {(byte) 255, 0});

            List<String> messages = all(socket);

            assertThat(messages).contains("1 hello");
            assertThat(messages.getLast())
                    .startsWith("3 ")
                    .contains("\"reason\":\"NonZeroExitCode\"")
                    .contains("\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"3\"}]");
        }
    }

    @Test
    void aSlowClientHoldsACommandBackAndALeavingOneEndsIt() throws Exception {
        try (var opened = dialer.webSocket(
                "/exec/default/web/main?command=flood&output=1", Headers.EMPTY, List.of("v5.channel.k8s.io"))) {
            assertThat(opened.socket().receive()).isPresent();
            // Nobody reads on: what is under way is what the buffers between the two take.
            await().during(Duration.ofMillis(500)).atMost(LIMIT).until(new java.util.concurrent.Callable<>() {
                private long before = -1;

                @Override
                public Boolean call() {
                    long now = runtime.flooded.get();
                    boolean isHeld = now > 0 && now == before;
                    before = now;
                    return isHeld;
                }
            });
            assertThat(runtime.flooded.get()).isLessThan(64L << 20);
        }
        await().until(() -> runtime.calls.contains("flood ended"));
    }

    @Test
    void tellsTheSizeOfATerminal() throws Exception {
        try (var opened = dialer.webSocket(
                "/exec/default/web/main?command=size&output=1&tty=1", Headers.EMPTY, List.of("v4.channel.k8s.io"))) {
            opened.socket().sendBinary(message(4, "{\"Width\":80,\"Height\":24}"));

            List<String> messages = all(opened.socket());

            assertThat(messages).contains("1 80x24");
            assertThat(messages.getLast()).contains("\"status\":\"Success\"");
        }
    }

    @Test
    void forwardsPortsInTheOlderProtocol() throws Exception {
        try (var opened = dialer.webSocket(
                "/portForward/default/web?port=80&port=81", Headers.EMPTY, List.of("v4.channel.k8s.io"))) {
            WebSocket socket = opened.socket();
            socket.sendBinary(message(0, "ping"));
            var seen = new ArrayList<String>();
            while (!(seen.contains("0 ping") && seen.contains("3 error forwarding port 81: connection refused"))) {
                seen.add(words(socket.receive().orElseThrow()));
            }
            assertThat(seen).contains("0 P\0", "1 P\0", "2 Q\0");
        }
    }

    @Test
    void refusesWhatIsNoUpgrade() throws IOException {
        assertThat(get("/exec/default/web/main?command=cat&input=1")).startsWith("400 ");
        assertThat(get("/exec/default/web/main?input=1")).isEqualTo("400 you must specify a command");
        assertThat(get("/exec/default/web/other?command=x&output=1")).isEqualTo("500 container not found (\"other\")");
        assertThat(get("/exec/default/gone/main?command=x&output=1")).isEqualTo("404 pod does not exist");
        assertThat(get("/attach/default/web/other?output=1"))
                .isEqualTo("500 container other not found in pod web_default");
        assertThat(get("/exec/default/web/main?command=x"))
                .isEqualTo("400 you must specify at least 1 of stdin, stdout, stderr");
        assertThat(get("/portForward/default/web")).startsWith("400 ");
    }

    @Test
    void listsPodsAndTellsThatItIsWell() throws IOException {
        assertThat(get("/healthz")).isEqualTo("200 ok");
        assertThat(get("/pods")).startsWith("200 ").contains("\"name\":\"web\"").contains("\"phase\":\"Running\"");
        assertThat(get("/metrics/resource")).containsPattern("\nnode_cpu_usage_seconds_total 0(\\.\\d+)? \\d+\n");
        assertThat(Json.parse(get("/stats/summary").substring(4))
                        .path("node")
                        .path("nodeName")
                        .asString(""))
                .isEqualTo("node-1");
    }

    @Test
    void tellsHowItsPartsAre() throws IOException {
        assertThat(get("/healthz?verbose=true"))
                .isEqualTo("200 [+]ping ok\n[+]log ok\n[+]syncloop ok\nhealthz check passed\n");
        assertThat(get("/healthz/ping")).isEqualTo("200 ok");
        assertThat(get("/healthz/syncloop")).isEqualTo("200 ok");
        assertThat(get("/healthz/other")).startsWith("404 ");
        assertThat(get("/configz")).isEqualTo("200 {\"kubeletconfig\":{\"kind\":\"KubeletConfiguration\"}}");
        assertThat(get("/runningpods/"))
                .contains("\"containers\":[{\"image\":\"img:1\",\"name\":\"main\"}]")
                .doesNotContain("\"phase\"");
    }

    @Test
    void tellsWhatDashboardsAskFor() throws IOException {
        assertThat(get("/metrics/cadvisor"))
                .contains("machine_cpu_cores{boot_id=\"\",machine_id=\"machine-1\",system_uuid=\"\"} ")
                .contains(
                        "container_memory_working_set_bytes{container=\"\",id=\"/\",image=\"\",name=\"\",namespace=\"\",pod=\"\"} ")
                .contains("\ncontainer_scrape_error 0\n");
        assertThat(get("/healthz/ping")).isEqualTo("200 ok");
        assertThat(get("/metrics/slis"))
                .contains("kubernetes_healthcheck{name=\"ping\",type=\"healthz\"} 1\n")
                .contains("kubernetes_healthchecks_total{name=\"ping\",status=\"success\",type=\"healthz\"} 1\n");
    }

    @Test
    void tellsOfItself() throws IOException {
        get("/pods");
        get("/rubbish/here");

        assertThat(get("/metrics"))
                .contains("kubelet_graceful_shutdown_start_time_seconds 1700000000\n")
                .contains("kubelet_graceful_shutdown_end_time_seconds 0\n")
                .contains("kubelet_node_name{node=\"node-1\"} 1\n")
                .contains("kubelet_running_containers{container_state=\"running\"} 1\n")
                .contains(
                        "kubelet_http_requests_total{long_running=\"false\",method=\"GET\",path=\"pods\",server_type=\"readwrite\"} 1\n")
                .contains("path=\"other\"")
                .doesNotContain("rubbish");
        assertThat(get("/statusz"))
                .startsWith("200 \nkubelet statusz\nWarning: ")
                .contains("\nPaths: /configz");
        assertThat(get("/flagz")).contains("\nkind=KubeletConfiguration\n");
    }

    @Test
    void showsTheMachinesLogsAndNothingElse() throws IOException {
        Path machine = Files.createDirectories(directory.resolve("machine/sub"));
        Files.writeString(machine.resolve("a&b.log"), "words\n");
        Files.writeString(directory.resolve("secret"), "secret");
        Files.createSymbolicLink(machine.resolve("out"), directory.resolve("secret"));

        assertThat(get("/logs/sub/")).contains("<a href=\"a%26b.log\">a&amp;b.log</a>");
        assertThat(get("/logs/sub")).startsWith("301 ");
        assertThat(get("/logs/sub/a%26b.log")).isEqualTo("200 words\n");
        assertThat(get("/logs/sub/out")).startsWith("404 ");
        assertThat(get("/logs/sub/%2e%2e/%2e%2e/secret")).startsWith("404 ");
    }

    @Test
    void takesNoCheckpoints() throws IOException {
        assertThat(post("/checkpoint/default/gone/main")).isEqualTo("404 pod does not exist");
        assertThat(post("/checkpoint/default/web/other")).isEqualTo("404 container other does not exist");
        assertThat(post("/checkpoint/default/web/main"))
                .startsWith("500 checkpointing of default/web/main failed (rpc error: code = Unimplemented");
    }

    private String post(String target) throws IOException {
        try (var answer = dialer.exchange(HttpDialer.Call.of("POST", target, Headers.EMPTY, new byte[0]), LIMIT)) {
            return answer.status() + " " + answer.text();
        }
    }

    private String get(String target) throws IOException {
        try (var answer = dialer.exchange(HttpDialer.Call.of("GET", target, Headers.EMPTY), LIMIT)) {
            return answer.status() + " " + answer.text();
        }
    }

    private static byte[] message(int channel, String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        byte[] message = new byte[data.length + 1];
        message[0] = (byte) channel;
        System.arraycopy(data, 0, message, 1, data.length);
        return message;
    }

    private static List<String> all(WebSocket socket) throws IOException, InterruptedException {
        var messages = new ArrayList<String>();
        for (var next = socket.receive(); next.isPresent(); next = socket.receive()) {
            messages.add(words(next.get()));
        }
        return messages;
    }

    private static String words(WebSocket.Message message) {
        byte[] payload = message.payload();
        return payload[0]
                + " "
                + new String(Arrays.copyOfRange(payload, 1, payload.length), StandardCharsets.ISO_8859_1);
    }
}
