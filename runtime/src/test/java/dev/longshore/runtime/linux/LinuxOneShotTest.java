package dev.longshore.runtime.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.runtime.ContainerEdits;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.OneShot.Step;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.StepMount;
import dev.longshore.runtime.StepSandbox;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxOneShotTest {

    @TempDir
    static Path directory;

    private static LinuxNode node;
    private static LinuxRuntime runtime;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path upper;
    private Path work;

    @BeforeAll
    static void start() throws Exception {
        node = new LinuxNode(directory);
        runtime = node.runtime();
        runtime.start();
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        if (runtime != null) {
            runtime.purge();
            Remains.none(node.cluster);
        }
    }

    @BeforeEach
    void makeLayer() throws IOException {
        upper = Files.createTempDirectory(directory, "upper");
        work = Files.createTempDirectory(directory, "work");
    }

    private int run(boolean hostNetwork, String user, String... command) throws InterruptedException {
        StepSandbox.Network network = hostNetwork ? StepSandbox.Network.HOST : StepSandbox.Network.OWN;
        return run(StepSandbox.USUAL.in(network), List.of(), user, command);
    }

    private int run(StepSandbox sandbox, List<StepMount> mounts, String user, String... command)
            throws InterruptedException {
        return runtime.oneShot()
                .run(
                        new Step(
                                List.of(node.layer),
                                upper,
                                work,
                                List.of(command),
                                Map.of("WHO", "builder"),
                                "/made/here",
                                user,
                                sandbox,
                                mounts),
                        out,
                        err);
    }

    private List<String> changed() throws IOException {
        try (Stream<Path> files = Files.walk(upper)) {
            return files.map(file -> upper.relativize(file).toString())
                    .filter(name -> !name.isEmpty())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aStepChangesItsLayerAndNothingElse() throws Exception {
        int code = run(false, "", "sh", "-c", "echo $WHO; pwd; echo oops >&2; echo built > /result; exit 4");

        assertThat(code).isEqualTo(4);
        assertThat(out.toString(UTF_8)).isEqualTo("builder\n/made/here\n");
        assertThat(err.toString(UTF_8)).isEqualTo("oops\n");
        assertThat(changed()).containsExactly("made", "made/here", "result");
        assertThat(upper.resolve("result")).hasContent("built");
        assertThat(StateFile.names(directory.resolve("runtime/steps"))).isEmpty();
    }

    @Test
    void aStepRunsAsTheUserThatTheImageKnows() throws Exception {
        assertThat(run(true, "web", "sh", "-c", "id -u; id -g; cat /etc/resolv.conf"))
                .isZero();

        assertThat(out.toString(UTF_8))
                .startsWith("101\n102\n")
                .contains(Files.readString(Path.of("/etc/resolv.conf")));
    }

    @Test
    void aProgramThatIsNotThereCannotStart() {
        assertThatThrownBy(() -> run(false, "", "nosuchprogram"))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("nosuchprogram");
    }

    @Test
    void anInterruptedStepLeavesNothing() throws Exception {
        Thread caller = Thread.ofVirtual()
                .start(() -> assertThatThrownBy(() -> run(false, "", "sh", "-c", "echo on; sleep 1000"))
                        .isInstanceOf(InterruptedException.class));
        await().until(() -> out.size() > 0);
        caller.interrupt();
        caller.join();

        assertThat(StateFile.names(directory.resolve("runtime/steps"))).isEmpty();
        await().untilAsserted(() -> assertThat(
                        Files.exists(Path.of("/sys/fs/cgroup/memory/longshore-" + node.cluster + "/builds"))
                                ? StateFile.names(
                                                Path.of("/sys/fs/cgroup/memory/longshore-" + node.cluster + "/builds"))
                                        .stream()
                                        .filter(name -> name.length() == 64)
                                        .toList()
                                : List.of())
                .isEmpty());
    }

    @Test
    void aStepSeesItsMountsAndLeavesNoTraceOfThem() throws Exception {
        Path cache = Files.createDirectory(directory.resolve("cache-" + upper.getFileName()));
        Path below = Files.createDirectory(directory.resolve("below-" + upper.getFileName()));
        Path above = Files.createDirectory(directory.resolve("above-" + upper.getFileName()));
        Files.createDirectory(below.resolve("d"));
        Files.writeString(below.resolve("d/one"), "1");
        Files.createDirectory(above.resolve("d"));
        Files.writeString(above.resolve("d/two"), "2");
        byte[] secret = "s3cret".getBytes(UTF_8);

        int code = run(
                StepSandbox.USUAL,
                List.of(
                        new StepMount.Bind(cache, "/tmp/deep/cache", false),
                        new StepMount.Tree(List.of(above, below), "/d", "/tree", true),
                        new StepMount.Tree(List.of(above, below), "/", "/scratch", false),
                        new StepMount.Memory("/mem", OptionalLong.of(1 << 20)),
                        new StepMount.Secret("/run/secrets/key", secret, 101, 102, 0400)),
                "",
                "sh",
                "-c",
                "cat /tree/one /tree/two /run/secrets/key; echo; ls -ln /run/secrets/key; echo kept > /tmp/deep/cache/f;"
                        + " echo lost > /scratch/d/one && cat /scratch/d/one; ! touch /tree/x 2>/dev/null && echo refused;"
                        + " ! head -c 2000000 /dev/zero > /mem/f 2>/dev/null && echo full");

        assertThat(code).isZero();
        assertThat(out.toString(UTF_8))
                .startsWith("12s3cret\n-r--------    1 101      102 ")
                .endsWith("lost\nrefused\nfull\n");
        assertThat(cache.resolve("f")).hasContent("kept");
        assertThat(below.resolve("d/one")).hasContent("1");
        assertThat(above.resolve("d")).isDirectoryNotContaining("glob:**/one");
        assertThat(changed()).containsExactly("made", "made/here");
        assertThat(Path.of("/run/longshore-" + node.cluster + "/secrets"))
                .satisfies(place -> assertThat(StateFile.names(place)).isEmpty());
    }

    @Test
    void aStepWithoutANetworkReachesItselfOnly() throws Exception {
        assertThat(run(StepSandbox.USUAL.in(StepSandbox.Network.NONE), List.of(), "", "sh", "-c", "ls /sys/class/net"))
                .isZero();

        assertThat(out.toString(UTF_8)).isEqualTo("lo\n");
    }

    @Test
    void aStepIsSurroundedAsItsBuildSays() throws Exception {
        var limits = new StepSandbox.Limits(
                new ContainerResources(
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.of(64 << 20),
                        OptionalLong.empty(),
                        OptionalLong.empty()),
                OptionalLong.of(1 << 20),
                List.of(new StepSandbox.Ulimit("nofile", 100, 200)),
                "0",
                "",
                OptionalLong.empty(),
                "/nightly/../nightly");
        var sandbox = new StepSandbox(
                StepSandbox.Network.OWN,
                false,
                "maker",
                List.of(new StepSandbox.Host("db", "10.0.0.7")),
                limits,
                ContainerEdits.NONE);

        int code = run(
                sandbox,
                List.of(),
                "",
                "sh",
                "-c",
                "hostname; ulimit -n; grep db /etc/hosts; grep ' /dev/shm ' /proc/mounts;"
                        + " grep Cpus_allowed_list /proc/self/status; grep memory /proc/self/cgroup;"
                        + " cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; true");

        assertThat(code).isZero();
        assertThat(out.toString(UTF_8))
                .startsWith("maker\n100\n10.0.0.7\tdb\n")
                .contains("size=1024k", "Cpus_allowed_list:\t0\n", "/builds/nightly/")
                .endsWith("67108864\n");
    }

    @Test
    void aStepGetsWhatItsDevicesAskFor() throws Exception {
        Path file = Files.writeString(directory.resolve("driver"), "driver");
        var node = new ContainerEdits.Node(
                "/dev/mine/zero",
                Path.of("/dev/zero"),
                "",
                Optional.empty(),
                OptionalInt.of(0640),
                "r",
                OptionalLong.empty(),
                OptionalLong.of(5));
        var edits = new ContainerEdits(
                List.of("WHO=device", "MORE=a=b"),
                List.of(node),
                List.of(new ContainerEdits.Mount(file, "/opt/deep/driver", "", List.of("ro", "nosuid"))),
                List.of(),
                List.of(4242L),
                List.of(),
                Optional.empty());

        int code = run(
                StepSandbox.USUAL.using(edits),
                List.of(),
                "",
                "sh",
                "-c",
                "echo $WHO $MORE; busybox stat -c '%a %u:%g %t:%T' /dev/mine/zero;"
                        + " busybox head -c 1 /dev/mine/zero | busybox hexdump -e '1/1 \"%x\"'; echo;"
                        + " cat /opt/deep/driver; echo; id -G; echo x > /opt/deep/driver || echo read-only");

        assertThat(code).as(err.toString(UTF_8)).isZero();
        assertThat(out.toString(UTF_8).lines().map(String::strip))
                .containsExactly("device a=b", "640 0:5 1:5", "0", "driver", "0 4242", "read-only");
        assertThat(changed()).noneMatch(path -> path.startsWith("opt") || path.startsWith("dev"));
    }

    @Test
    void aDeviceThatIsNotThereIsNamed() {
        var node = new ContainerEdits.Node(
                "/dev/none",
                Path.of("/dev/none"),
                "c",
                Optional.empty(),
                OptionalInt.empty(),
                "",
                OptionalLong.empty(),
                OptionalLong.empty());
        var edits = new ContainerEdits(
                List.of(), List.of(node), List.of(), List.of(), List.of(), List.of(), Optional.empty());

        assertThatThrownBy(() -> run(StepSandbox.USUAL.using(edits), List.of(), "", "true"))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("failed to stat CDI host device \"/dev/none\": no such file or directory");
    }

    @Test
    void onlyAnInsecureStepHasEveryRight() throws Exception {
        String rights = "grep CapEff /proc/self/status; grep Seccomp: /proc/self/status";
        run(StepSandbox.USUAL, List.of(), "", "sh", "-c", rights);
        String usual = out.toString(UTF_8);
        out.reset();
        var insecure = new StepSandbox(
                StepSandbox.Network.OWN, true, "x", List.of(), StepSandbox.Limits.NONE, ContainerEdits.NONE);
        run(insecure, List.of(), "", "sh", "-c", rights);

        assertThat(usual).contains("CapEff:\t00000000", "Seccomp:\t2");
        assertThat(out.toString(UTF_8))
                .doesNotContain(usual.lines().findFirst().orElseThrow())
                .contains("Seccomp:\t0");
    }
}
