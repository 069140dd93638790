package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerSpec.Mount;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.ContainerStatus.State;
import dev.longshore.runtime.ContainerUser;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.Specs;
import dev.longshore.runtime.Streams;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a container may do, see and use.
class ContainerShapeTest {

    @TempDir
    static Path directory;

    private static LinuxNode node;
    private static LinuxRuntime runtime;
    private static String sandbox;

    @BeforeAll
    static void start() throws Exception {
        node = new LinuxNode(directory);
        runtime = node.runtime();
        runtime.start();
        sandbox = runtime.sandboxes().run(Specs.sandbox(directory, "shape")).id();
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        if (runtime != null) {
            runtime.purge();
            Remains.none(node.cluster);
        }
    }

    private static String output(ContainerSpec spec) throws Exception {
        return output(sandbox, spec);
    }

    private static String output(String in, ContainerSpec spec) throws Exception {
        ContainerStatus ended = ended(in, spec);
        String text = Files.readString(ended.logFile())
                .lines()
                .map(line -> line.split(" ", 4)[3])
                .collect(Collectors.joining("\n"));
        Files.delete(ended.logFile());
        return text;
    }

    private static ContainerStatus ended(String in, ContainerSpec spec) throws Exception {
        String id = runtime.containers().create(in, spec);
        runtime.containers().start(id);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> runtime.containers().status(id).orElseThrow().state() == State.EXITED);
        return runtime.containers().status(id).orElseThrow();
    }

    private static ContainerSpec shell(String script) {
        return Specs.container(LinuxNode.IMAGE, "c", List.of("sh", "-c", script));
    }

    private static ContainerSpec with(ContainerSpec spec, ContainerSecurity security) {
        return Specs.with(spec, security, spec.resources(), spec.mounts());
    }

    private static ContainerSecurity security(
            Optional<Long> user, boolean privileged, boolean readOnly, List<String> add, List<String> drop) {
        return new ContainerSecurity(
                user, Optional.empty(), List.of(3000L), privileged, readOnly, true, add, drop, "RuntimeDefault", false);
    }

    private static ContainerResources memory(long bytes) {
        return new ContainerResources(
                OptionalLong.of(512),
                OptionalLong.of(50_000),
                OptionalLong.of(100_000),
                OptionalLong.of(bytes),
                OptionalLong.of(64),
                OptionalLong.of(500));
    }

    @Test
    void aProgramThatIsNotThereCannotStart() throws Exception {
        String id =
                runtime.containers().create(sandbox, Specs.container(LinuxNode.IMAGE, "c", List.of("nosuchprogram")));

        assertThatThrownBy(() -> runtime.containers().start(id))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("nosuchprogram")
                .hasMessageContaining("not found");
        ContainerStatus status = runtime.containers().status(id).orElseThrow();
        assertThat(status.state()).isEqualTo(State.EXITED);
        assertThat(status.exitCode()).hasValue(128);
        assertThat(status.reason()).isEqualTo("ContainerCannotRun");
        runtime.containers().remove(id);
        assertThat(directory.resolve("runtime/containers").resolve(id)).doesNotExist();
    }

    @Test
    void theImageSaysWhatTheSpecDoesNot() throws Exception {
        assertThat(output(Specs.container(LinuxNode.IMAGE, "c", List.of()))).isEqualTo("from the image");
    }

    @Test
    void namesAndGroupsComeFromTheImage() throws Exception {
        String said = output(with(
                shell("id -u; id -g; id -G; echo $HOME"),
                security(Optional.of(101L), false, false, List.of(), List.of())));

        assertThat(said).isEqualTo("101\n102\n102 200 3000\n/home/web");
    }

    @Test
    void aStrictPolicyKeepsTheImagesGroupsOut() throws Exception {
        var strict = new ContainerSecurity(
                Optional.of(101L),
                Optional.empty(),
                List.of(3000L),
                true,
                false,
                false,
                true,
                List.of(),
                List.of(),
                "RuntimeDefault",
                false);
        ContainerSpec spec = with(shell("id -G"), strict);
        String id = runtime.containers().create(sandbox, spec);

        assertThat(runtime.containers().user(id)).hasValue(new ContainerUser(101, 102, List.of(102L, 3000L)));
        assertThat(output(spec)).isEqualTo("102 3000");
        runtime.containers().remove(id);
    }

    @Test
    void rightsAreThoseOfDockerUnlessAskedFor() throws Exception {
        String script =
                "grep CapBnd /proc/self/status; grep Seccomp: /proc/self/status; hostname other && echo renamed";

        String plain = output(shell(script));
        assertThat(plain).contains("00000000a80425fb").contains("2").doesNotContain("renamed");
        String dropped = output(
                with(shell(script), security(Optional.empty(), false, false, List.of("NET_ADMIN"), List.of("ALL"))));
        assertThat(dropped).contains("0000000000001000");
        String privileged = output(
                with(shell(script + "; ls /dev/kmsg"), security(Optional.empty(), true, false, List.of(), List.of())));
        assertThat(privileged).contains("Seccomp:\t0").contains("renamed").contains("/dev/kmsg");
    }

    @Test
    void aReadOnlyRootTakesNothing() throws Exception {
        Path shared = Files.createDirectories(directory.resolve("volumes/data"));
        ContainerSpec spec = Specs.with(
                shell("touch /file; touch /data/file && echo written; touch /ro/file; cat /ro/hello"),
                security(Optional.empty(), false, true, List.of(), List.of()),
                ContainerResources.NONE,
                List.of(
                        Mount.bind(shared, "/data", false),
                        Mount.bind(Files.createDirectories(directory.resolve("volumes/ro")), "/ro", true),
                        new Mount(Optional.empty(), "/scratch", false, "private")));
        Files.writeString(directory.resolve("volumes/ro/hello"), "hi\n");

        assertThat(output(spec))
                .contains("/file: Read-only file system")
                .contains("written")
                .contains("/ro/file: Read-only file system")
                .contains("hi");
        assertThat(shared.resolve("file")).exists();
    }

    @Test
    void mountsMadeInSharedDirectoriesShow() throws Exception {
        Path volume = Files.createDirectories(directory.resolve("volumes/memory"));
        node.commands.require("mount", "-t", "tmpfs", "tmpfs", volume.toString());
        Files.writeString(volume.resolve("seen"), "yes");
        ContainerSpec spec = Specs.with(
                shell("cat /memory/seen; grep /memory /proc/mounts"),
                ContainerSecurity.DEFAULT,
                ContainerResources.NONE,
                List.of(Mount.bind(volume, "/memory", false)));

        assertThat(output(spec)).contains("yes").contains("tmpfs /memory tmpfs");
    }

    @Test
    void whatExceedsItsMemoryIsKilledAndTold() throws Exception {
        ContainerStatus status = ended(
                sandbox,
                Specs.with(
                        shell("head -c 200000000 /dev/zero | tail -n 1 >/dev/null; exit 137"),
                        ContainerSecurity.DEFAULT,
                        memory(16 << 20),
                        List.of()));

        assertThat(status.exitCode()).hasValue(137);
        assertThat(status.reason()).isEqualTo("OOMKilled");
    }

    @Test
    void limitsCanBeChangedAndUseBeMeasured() throws Exception {
        String id = runtime.containers()
                .create(
                        sandbox,
                        Specs.with(
                                shell("while :; do :; done"), ContainerSecurity.DEFAULT, memory(64 << 20), List.of()));
        runtime.containers().start(id);
        int pid = runtime.containers().status(id).orElseThrow().pid().orElseThrow();
        assertThat(Files.readString(Path.of("/proc/" + pid + "/oom_score_adj")).strip())
                .isEqualTo("500");

        await().untilAsserted(() -> {
            var stats = runtime.containers().stats(id).orElseThrow();
            assertThat(stats.cpuNanos()).isPositive();
            assertThat(stats.memoryUsageBytes()).isPositive();
            assertThat(stats.processes()).isEqualTo(1);
        });
        runtime.containers()
                .update(
                        id,
                        new ContainerResources(
                                OptionalLong.of(100),
                                OptionalLong.of(10_000),
                                OptionalLong.of(100_000),
                                OptionalLong.of(32 << 20),
                                OptionalLong.empty(),
                                OptionalLong.of(600)));
        assertThat(Files.readString(Path.of("/proc/" + pid + "/oom_score_adj")).strip())
                .isEqualTo("600");
        runtime.containers().remove(id);
        assertThat(runtime.containers().stats(id)).isEmpty();
    }

    @Test
    void containersOfAPodShareNetworkAndMemoryButNotProcesses() throws Exception {
        String id = runtime.containers().create(sandbox, shell("echo hi > /dev/shm/word; exec sleep 1000"));
        runtime.containers().start(id);

        await().until(() -> output(shell("cat /dev/shm/word")).equals("hi"));
        assertThat(output(shell("ps | grep -c 'slee[p] 1000'"))).isEqualTo("0");
        runtime.containers().remove(id);
    }

    @Test
    void aPodMayShareItsProcesses() throws Exception {
        String shared = runtime.sandboxes()
                .run(sandbox("shares", spec -> spec.sharePid(true)))
                .id();
        String id = runtime.containers().create(shared, shell("exec sleep 1000"));
        runtime.containers().start(id);

        assertThat(output(shared, shell("ps"))).contains("sleep 1000").contains("pause");
        runtime.sandboxes().remove(shared);
    }

    @Test
    void aPodMayLiveInTheHostsNetwork() throws Exception {
        String host = runtime.sandboxes()
                .run(sandbox("host", spec -> spec.hostNetwork(true)))
                .id();

        assertThat(output(host, shell("hostname")))
                .isEqualTo(
                        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
        assertThat(runtime.sandboxes().status(host).orElseThrow().addresses()).isEmpty();
        runtime.sandboxes().remove(host);
    }

    @Test
    void sysctlsAreThePodsOwnOrRefused() throws Exception {
        String own = runtime.sandboxes()
                .run(sandbox("sysctl", spec -> spec.sysctls(Map.of("net.ipv4.ip_local_port_range", "20000 30000"))))
                .id();

        assertThat(output(own, shell("cat /proc/sys/net/ipv4/ip_local_port_range")))
                .isEqualTo("20000\t30000");
        assertThatThrownBy(() ->
                        runtime.sandboxes().run(sandbox("hosts", spec -> spec.sysctls(Map.of("vm.swappiness", "1")))))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("vm.swappiness");
        runtime.sandboxes().remove(own);
    }

    @Test
    void aSandboxMayAskForAnotherRuntime() throws Exception {
        assertThatThrownBy(() ->
                        runtime.sandboxes().run(Specs.sandbox(directory, "asks").withRuntimeHandler("nosuch")))
                .hasMessage("failed to get sandbox runtime: no runtime for \"nosuch\" is configured");

        for (String handler : runtime.handlers()) {
            String own = runtime.sandboxes()
                    .run(Specs.sandbox(directory, "by" + handler).withRuntimeHandler(handler))
                    .id();
            String id = runtime.containers().create(own, shell("exec sleep 1000"));
            runtime.containers().start(id);
            var out = new ByteArrayOutputStream();
            int code = runtime.streams()
                    .exec(
                            id,
                            List.of("echo", "here"),
                            false,
                            new Streams.Stdio(Optional.empty(), Optional.of(out), Optional.empty()),
                            Optional::empty,
                            Duration.ofSeconds(30));
            assertThat(code).as(handler).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("here\n");
            runtime.containers().remove(id);
            runtime.sandboxes().remove(own);
        }
    }

    @Test
    void aContainerMayJoinTheProcessesOfAnother() throws Exception {
        String target = runtime.containers().create(sandbox, shell("exec sleep 1234"));
        runtime.containers().start(target);

        assertThat(output(
                        sandbox,
                        with(shell("cat /proc/1/cmdline"), ContainerOptions.Namespaces.withProcessesOf(target))))
                .contains("1234");

        runtime.containers().remove(target);
        assertThatThrownBy(() -> runtime.containers()
                        .create(sandbox, with(shell("true"), ContainerOptions.Namespaces.withProcessesOf(target))))
                .hasMessageContaining("the target container does not run");
    }

    @Test
    void aContainerMayJoinAnotherSandboxesMemoryAndBearTheHostsName() throws Exception {
        String other =
                runtime.sandboxes().run(Specs.sandbox(directory, "joins")).id();
        String id = runtime.containers().create(sandbox, shell("echo word > /dev/shm/left; exec sleep 1000"));
        runtime.containers().start(id);
        var joined = new ContainerOptions.Namespaces(
                Optional.empty(), Optional.empty(), Optional.of(sandbox), true, true, OptionalLong.empty());

        await().until(() ->
                output(other, with(shell("cat /dev/shm/left"), joined)).equals("word"));
        assertThat(output(other, with(shell("hostname; grep memory /proc/self/cgroup"), joined)))
                .startsWith(
                        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip())
                .endsWith("memory:/");
        runtime.containers().remove(id);
        runtime.sandboxes().remove(other);
    }

    private static ContainerSpec with(ContainerSpec spec, ContainerOptions.Namespaces namespaces) {
        ContainerOptions none = ContainerOptions.NONE;
        var options = new ContainerOptions(
                none.writableLayer(),
                none.layers(),
                none.user(),
                none.groups(),
                none.ulimits(),
                none.devices(),
                none.deviceRules(),
                none.limits(),
                none.maskedPaths(),
                none.readOnlyPaths(),
                namespaces,
                none.log());
        return Specs.with(spec, options);
    }

    private static SandboxSpec sandbox(String name, UnaryOperator<Specs.SandboxChanges> changes) {
        return changes.apply(new Specs.SandboxChanges(Specs.sandbox(directory, name)))
                .spec();
    }
}
