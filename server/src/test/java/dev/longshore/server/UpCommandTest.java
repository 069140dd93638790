package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.cli.CommandFailure;
import dev.longshore.kinds.admission.AdmissionChoice;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.server.config.EtcdOptions;
import dev.longshore.server.config.NodeMarks;
import dev.longshore.server.config.UpOptions.Inflight;
import dev.longshore.store.Quota;
import dev.longshore.store.Retention;
import io.fabric8.kubernetes.api.model.Taint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UpCommandTest {

    @ParameterizedTest
    @CsvSource({"api/beta=maybe,neither true nor false", "apps=true,GROUP/VERSION", "api/all=false,nothing to serve"})
    void aSwitchThatMakesNoSenseEndsItBeforeAnythingBegins(String runtimeConfig, String reason) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--runtime-config", runtimeConfig);

        assertThatThrownBy(up::call)
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("--runtime-config: ")
                .hasMessageContaining(reason);
    }

    @Test
    void aKubeletConfigurationWithAFieldThatNobodyKnowsEndsItBeforeAnythingBegins(@TempDir Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("kubelet.yaml"), """
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                maxPodz: 5
                """);
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--kubelet-config", file.toString());

        assertThatThrownBy(up::call)
                .isInstanceOf(CommandFailure.class)
                .hasMessage("--kubelet-config: " + file + ": strict decoding error: unknown field \"maxPodz\"");
    }

    @Test
    void aKubeletConfigurationIsWhatTheNodeGets(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("kubelet.yaml"), """
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                maxPods: 5
                """);
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--kubelet-config", file.toString());

        assertThat(up.options().node().kubelet().count("maxPods")).isEqualTo(5);
    }

    @Test
    void aNodesLabelsAndTaintsAreReadAsTheKubeletSpellsThem() {
        var up = new UpCommand();
        new CommandLine(up)
                .parseArgs(
                        "--node-labels",
                        "disk=ssd,node.kubernetes.io/pool=a,bare",
                        "--register-with-taints",
                        "dedicated=gpu:NoSchedule,old:NoExecute");

        NodeMarks marks = up.options().node().marks();
        assertThat(marks.labels())
                .containsOnly(
                        Map.entry("disk", "ssd"), Map.entry("node.kubernetes.io/pool", "a"), Map.entry("bare", ""));
        assertThat(marks.taints())
                .containsExactly(
                        new Taint("NoSchedule", "dedicated", null, "gpu"), new Taint("NoExecute", "old", null, null));
    }

    @Test
    void furtherOciRuntimesHaveNames() {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--runtime-handlers", "mine=/bin/sh,other=/bin/true");

        assertThat(up.options().node().handlers().programs())
                .containsOnly(Map.entry("mine", Path.of("/bin/sh")), Map.entry("other", Path.of("/bin/true")));
    }

    @ParameterizedTest
    @CsvSource({
        "--runtime-handlers,kata,write NAME=PATH",
        "--runtime-handlers,Kata=/bin/sh,a lowercase RFC 1123 label",
        "--runtime-handlers,kata=bin/sh,is not the absolute path of a program",
        "--runtime-handlers,kata=/etc,is not the absolute path of a program",
        "--runtime-handlers,'kata=/bin/sh,kata=/bin/true',is there twice",
        "--node-labels,node-role.kubernetes.io/boss=,in the name spaces kubernetes.io and k8s.io",
        "--node-labels,a b=c,name part must consist of",
        "--register-with-taints,dedicated=gpu:Never,write KEY=VALUE:EFFECT"
    })
    void whatANodeMayNotHaveEndsItBeforeAnythingBegins(String flag, String value, String reason) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs(flag, value);

        assertThatThrownBy(up::options)
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith(flag + ": ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"soon,invalid duration", "60,missing unit", "-1h,cannot live"})
    void aLifeOfEventsThatMakesNoSenseEndsItBeforeAnythingBegins(String eventTtl, String reason) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--event-ttl=" + eventTtl);

        assertThatThrownBy(up::call)
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("--event-ttl: ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"1h,PT1H", "90m,PT1H30M", "1h0m0s,PT1H", "0,PT0S"})
    void theLifeOfEventsIsReadAsGoSpellsIt(String eventTtl, Duration life) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--event-ttl=" + eventTtl);

        assertThat(up.options().eventLife()).isEqualTo(life);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1000,1000", "500m,524288000", "2GiB,2147483648"})
    void theCacheOfBuildsIsAsLargeAsItIsAskedFor(String size, long bytes) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--build-cache-size=" + size);

        assertThat(up.options().buildCacheBytes()).isEqualTo(bytes);
        new CommandLine(up).parseArgs("--build-cache-size=much");
        assertThatThrownBy(up::options).hasMessage("--build-cache-size: \"much\" is no size: write 500m or 10g");
    }

    @ParameterizedTest
    @CsvSource({"5m,PT5M", "0,PT0S", "150ms,PT0.15S"})
    void theHistoryIsAsLongAsItIsAskedFor(String interval, Duration compaction) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--etcd-compaction-interval=" + interval);

        assertThat(up.options().compaction()).isEqualTo(compaction);
        new CommandLine(up).parseArgs("--etcd-compaction-interval=-1s");
        assertThatThrownBy(up::options).hasMessage("--etcd-compaction-interval: nothing is forgotten every -1s");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:2379,127.0.0.1,2379", "[::1]:1,::1,1", ":2379,0.0.0.0,2379"})
    void theStoreIsServedAsEtcdWhereItIsAskedFor(String place, String host, int port) throws Exception {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--etcd-listen=" + place);

        assertThat(up.options().etcd().listen()).contains(new InetSocketAddress(InetAddress.getByName(host), port));
    }

    @Test
    void theStoreMayTakeAsMuchAsItIsGiven() {
        assertThat(etcd().quota()).isEqualTo(Quota.USUAL).isEqualTo(new Quota(8L << 30));
        assertThat(etcd("--quota-backend-bytes=1000").quota()).isEqualTo(new Quota(1000));
        assertThat(etcd("--quota-backend-bytes=-1").quota()).isEqualTo(Quota.NONE);
    }

    @Test
    void theStoreKeepsAsMuchHistoryAsEtcdWould() {
        assertThat(etcd().retention()).isEqualTo(new Retention.All());
        assertThat(etcd("--auto-compaction-retention=10m").retention())
                .isEqualTo(new Retention.Age(Duration.ofMinutes(10)));
        assertThat(etcd("--auto-compaction-retention=2").retention()).isEqualTo(new Retention.Age(Duration.ofHours(2)));
        assertThat(etcd("--auto-compaction-mode=revision", "--auto-compaction-retention=1000")
                        .retention())
                .isEqualTo(new Retention.Last(1000));
        assertThatThrownBy(() -> etcd("--auto-compaction-mode=revision", "--auto-compaction-retention=1h"))
                .hasMessage("--auto-compaction-retention: \"1h\" is no number of revisions");
        assertThatThrownBy(() -> etcd("--auto-compaction-mode=hourly", "--auto-compaction-retention=1"))
                .hasMessage("--auto-compaction-retention: \"hourly\" is no mode: there are periodic and revision");
    }

    private static EtcdOptions etcd(String... flags) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs(flags);
        return up.options().etcd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2379", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "::1:2379", "localhost:etcd"})
    void aPlaceThatIsNoneIsRefused(String place) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--etcd-listen=" + place);
        assertThatThrownBy(up::options)
                .hasMessage("--etcd-listen: \"" + place + "\" is no address: write 127.0.0.1:2379");
    }

    @ParameterizedTest
    @CsvSource({"15s,PT15S", "0,PT0S", "1m,PT1M"})
    void nodesAreAskedForTheirUsageAsOftenAsItIsAskedFor(String resolution, Duration expected) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--metric-resolution=" + resolution);

        assertThat(up.options().metricResolution()).isEqualTo(expected);
        new CommandLine(up).parseArgs("--metric-resolution=10ms");
        assertThatThrownBy(up::options).hasMessage("--metric-resolution: at least 1s, or 0 for none, not 10ms");
    }

    @ParameterizedTest
    @CsvSource({
        "-1,200,--max-requests-inflight can not be negative value",
        "400,-1,--max-mutating-requests-inflight can not be negative value",
        "0,0,not 0",
        "2147483647,1,not 2147483648"
    })
    void seatsThatMakeNoSenseEndItBeforeAnythingBegins(String reading, String mutating, String reason) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--max-requests-inflight", reading, "--max-mutating-requests-inflight", mutating);

        assertThatThrownBy(up::call)
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("--max-")
                .hasMessageContaining(reason);
    }

    @Test
    void requestsInFlightAreToldByFlagsOrByTheFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("up.yaml");
        Files.writeString(file, "max-requests-inflight: 30\nmax-mutating-requests-inflight: 10\n");

        assertThat(inflight()).isEqualTo(new Inflight(400, 200));
        assertThat(inflight("--max-mutating-requests-inflight", "5")).isEqualTo(new Inflight(400, 5));
        assertThat(inflight("--config", file.toString())).isEqualTo(new Inflight(30, 10));
        assertThat(inflight("--config", file.toString(), "--max-requests-inflight", "7"))
                .isEqualTo(new Inflight(7, 10));
    }

    /// A level's own seats are its part of all, by its shares.
    @ParameterizedTest
    @CsvSource({"400,200,245", "30,19,20", "0,1,1"})
    void theirSumIsWhatFlowControlSharesOut(int reading, int mutating, int seats) {
        var settings = new ApiSettings(
                RuntimeConfig.DEFAULT,
                new Inflight(reading, mutating).seats(),
                AdmissionChoice.DEFAULT,
                KindsContext.EVENT_LIFE,
                Duration.ZERO,
                Duration.ZERO);
        try (var api = new RealApi(settings)) {
            api.send(RealApi.ADMIN, "GET", "/version", "");

            String metrics = api.send(RealApi.ADMIN, "GET", "/metrics", "").text();

            assertThat(metrics)
                    .containsPattern("apiserver_flowcontrol_nominal_limit_seats\\{priority_level=\"workload-low\"} "
                            + seats + "(\\.0)?\n");
        }
    }

    private static Inflight inflight(String... arguments) {
        var up = new UpCommand();
        var line = new CommandLine(CommandLine.Model.CommandSpec.create()).addSubcommand(up);
        var all = new ArrayList<>(List.of(arguments));
        all.addFirst("up");
        ConfigFile.apply(line, all);
        line.parseArgs(all.toArray(String[]::new));
        return up.options().inflight();
    }

    @Test
    void aRangeForLoadBalancersIsReadOrRefusedWithAnExample() {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--load-balancer-range=192.168.1.240/28");
        assertThat(up.options().balancerRange()).isEqualTo("192.168.1.240/28");

        new CommandLine(up).parseArgs("--load-balancer-range=here");
        assertThatThrownBy(up::options)
                .hasMessageContaining("--load-balancer-range")
                .hasMessageContaining("/28");
    }
}
