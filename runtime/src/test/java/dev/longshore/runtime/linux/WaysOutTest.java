package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerSpec.Mount;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.Specs;
import dev.longshore.runtime.Streams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The known ways out of a container, each tried from a container that asked for nothing.
class WaysOutTest {

    private static final Pattern LIBRARY = Pattern.compile("(/[^ ]+) \\(0x");
    private static final String SECRET = "what only the host may read";

    @TempDir
    static Path directory;

    private static LinuxNode node;
    private static LinuxRuntime runtime;
    private static String sandbox;
    private static Path perl;
    private static Path secret;

    @BeforeAll
    static void start() throws Exception {
        assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
        assumeThat(Path.of("/usr/bin/perl")).exists();
        node = new LinuxNode(directory);
        perl = perl();
        secret = Files.writeString(directory.resolve("secret"), SECRET);
        runtime = node.runtime();
        runtime.start();
        sandbox = runtime.sandboxes().run(Specs.sandbox(directory, "out")).id();
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        if (runtime != null) {
            runtime.purge();
            Remains.none(node.cluster);
        }
    }

    @Test
    void neitherCallsNorFilesNorDevicesLeadOut() throws Exception {
        Map<String, String> tries = told(output(sandbox, script("DISK=" + disk(), "/ways-out.pl")));

        assertThat(tries).hasSizeGreaterThan(60);
        assertThat(tries.entrySet())
                .as("what works though it must not")
                .filteredOn(entry ->
                        entry.getValue().equals("OK") && !entry.getKey().equals("socket_packet"))
                .isEmpty();
        assertThat(tries.keySet()).as("descriptors of the runtime's").noneMatch(name -> name.startsWith("descriptor"));
        assertThat(tries).containsEntry("processes", "1").containsEntry("socket_packet", "OK");
        assertThat(tries)
                .as("programs fall back from what they believe the kernel lacks")
                .containsEntry("clone3", "ENOSYS")
                .containsEntry("newer_than_all", "ENOSYS");
        assertThat(tries.entrySet())
                .filteredOn(entry ->
                        entry.getKey().startsWith("device") && !entry.getValue().equals("EPERM"))
                .isEmpty();
        for (String call : List.of(
                "bpf",
                "keyctl",
                "mount",
                "mount_cgroup",
                "fsopen",
                "fspick",
                "open_tree",
                "move_mount",
                "mount_setattr",
                "setns",
                "unshare_user",
                "clone_user",
                "open_by_handle_at",
                "init_module")) {
            assertThat(tries).containsEntry(call, "EPERM");
        }
        assertThat(tries.entrySet())
                .filteredOn(entry ->
                        entry.getKey().startsWith("write") && !entry.getValue().equals("EROFS"))
                .isEmpty();
        assertThat(tries.entrySet())
                .filteredOn(entry -> entry.getKey().startsWith("group"))
                .isNotEmpty()
                .allMatch(entry -> entry.getValue().equals("EROFS"));
        assertThat(tries.entrySet())
                .as("sockets of the node's")
                .filteredOn(entry -> entry.getKey().startsWith("socket /")
                        && !entry.getValue().equals("ENOENT"))
                .isEmpty();
        assertThat(tries)
                .containsKeys(
                        "write /proc/sys/kernel/core_pattern",
                        "see /proc/keys",
                        "device disk",
                        "device kmsg",
                        "socket /run/docker.sock");
    }

    /// A directory of the host's that is open in the runtime while it starts a container (CVE-2024-21626).
    @Test
    void noOpenDirectoryOfTheRuntimesIsAWorkingDirectory() throws Exception {
        String climb = "cat /proc/self/cwd" + "/..".repeat(20) + secret;
        String id = runtime.containers().create(sandbox, shell("exec sleep 1000"));
        runtime.containers().start(id);
        var said = new StringBuilder();
        for (int descriptor = 3; descriptor < 24; descriptor++) {
            said.append(exec(id, "/proc/self/fd/" + descriptor, "sh", "-c", climb));
        }
        for (int descriptor = 6; descriptor < 10; descriptor++) {
            said.append(outcome(in("/proc/self/fd/" + descriptor, shell(climb))));
        }
        runtime.containers().remove(id);

        assertThat(said.toString()).doesNotContain(SECRET);
    }

    /// CVE-2019-5736: who is entered holds on to the program that enters, and writes to it later.
    @Test
    void theRuntimesProgramCannotBeOpenedForWriting() throws Exception {
        String id = runtime.containers().create(sandbox, script("", "/catch-runtime.pl"));
        runtime.containers().start(id);
        Path log = runtime.containers().status(id).orElseThrow().logFile();
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.readString(log).contains("ready"));
        for (int i = 0; i < 8; i++) {
            exec(id, "", "/proc/self/exe");
            exec(id, "", "true");
        }
        runtime.containers().signal(id, "TERM");
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.readString(log).contains("done"));
        String said = Files.readString(log);
        runtime.containers().remove(id);
        String itself = outcome(Specs.container(LinuxNode.IMAGE, "itself", List.of("/proc/self/exe", "--version")));

        assertThat(said).doesNotContain("writable");
        assertThat(itself).doesNotContain("crun").doesNotContain("runc");
    }

    /// An image whose directories are links to the host's.
    @Test
    void linksInImagesStayInside() throws Exception {
        Path target = Files.createDirectories(directory.resolve("target"));
        String up = "/..".repeat(20);
        Path evil = directory.resolve("evil");
        Files.createDirectories(evil.resolve("etc"));
        Files.createSymbolicLink(evil.resolve("escape"), Path.of(up + target));
        for (String name : List.of("hosts", "hostname", "resolv.conf")) {
            Files.createSymbolicLink(evil.resolve("etc").resolve(name), Path.of(up + target.resolve(name)));
        }
        Files.createSymbolicLink(evil.resolve("etc/passwd"), Path.of(up + secret));
        Files.createSymbolicLink(
                Files.createDirectories(evil.resolve("var")).resolve("last"), Path.of(up + target.resolve("last")));
        Files.createSymbolicLink(Files.createDirectories(evil.resolve("dev")).resolve("termination-log"), secret);
        Files.createSymbolicLink(evil.resolve("dev/null"), secret);
        Files.createSymbolicLink(evil.resolve("dev/shm"), target);
        Path last = Files.createFile(directory.resolve("last"));
        Path words = Files.createFile(directory.resolve("words"));
        Path volume = Files.createDirectories(directory.resolve("volumes/linked"));
        ContainerSpec spec = Specs.with(
                shell(
                        "cat /etc/passwd; echo word > /escape/deep/word; echo 1 > /var/last; echo 2 > /dev/termination-log;"
                                + " echo 3 > /dev/null; echo 4 > /dev/shm/word; cat /etc/hosts /etc/resolv.conf"),
                ContainerSecurity.DEFAULT,
                dev.longshore.runtime.ContainerResources.NONE,
                List.of(
                        Mount.bind(volume, "/escape/deep", false),
                        Mount.bind(last, "/var/last", false),
                        Mount.bind(words, "/dev/termination-log", false)));

        String said = outcome(Specs.with(spec, over(evil)));

        assertThat(said).doesNotContain(SECRET).contains("localhost");
        assertThat(volume.resolve("word")).exists();
        assertThat(last).hasContent("1");
        assertThat(words).hasContent("2");
        assertThat(secret).hasContent(SECRET);
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void aSetUserIdProgramGainsNothingWithoutNewPrivileges() throws Exception {
        ContainerSpec spec = Specs.container(LinuxNode.IMAGE, "s", List.of("set-user-perl", "/whoami.pl"));

        assertThat(output(sandbox, Specs.with(as1000(spec, true), over(perl)))).isEqualTo("1000 is 0");
        assertThat(output(sandbox, Specs.with(as1000(spec, false), over(perl)))).isEqualTo("1000 is 1000");
    }

    private static ContainerSpec as1000(ContainerSpec spec, boolean mayGain) {
        var security = new ContainerSecurity(
                Optional.of(1000L),
                Optional.empty(),
                List.of(),
                false,
                false,
                mayGain,
                List.of(),
                List.of(),
                "RuntimeDefault",
                false);
        return Specs.with(spec, security, spec.resources(), spec.mounts());
    }

    /// A process of the host's that a container sees gives nothing away, and cannot be reached.
    @Test
    void whoSeesTheHostsProcessesCannotEnterThem() throws Exception {
        String id = runtime.sandboxes().run(hosts("processes", false, true)).id();
        long own = ProcessHandle.current().pid();

        Map<String, String> traced = told(output(id, script("PID=" + own, "/trace.pl")));
        assertThat(traced).hasSize(6);
        assertThat(traced.values()).containsOnly("refused");
        String said = output(
                id,
                shell("cat /proc/" + own + "/root" + secret + "; cat /proc/" + own + "/environ; ls -l /proc/" + own
                        + "/fd/1; cat /proc/" + own + "/cwd/pom.xml; echo over"));

        assertThat(said).contains("over").doesNotContain(SECRET).doesNotContain("JAVA_HOME=");
        assertThat(said.lines().filter(line -> line.contains("Permission denied")))
                .hasSize(4);
        runtime.sandboxes().remove(id);
    }

    /// CVE-2020-15257: abstract sockets belong to a network namespace, so the host's are there for who shares it.
    @Test
    void whoSharesTheHostsNetworkFindsNoSocketOfTheRuntimes() throws Exception {
        String id = runtime.sandboxes().run(hosts("network", true, false)).id();

        String said =
                output(id, shell("grep '@' /proc/net/unix; cat /proc/sys/kernel/core_pattern >/dev/null; echo over"));

        assertThat(said)
                .contains("over")
                .doesNotContain("conmon")
                .doesNotContain("crun")
                .doesNotContain("longshore")
                .doesNotContain(directory.toString());
        runtime.sandboxes().remove(id);
    }

    private static Path perl() throws IOException, InterruptedException {
        Path root = directory.resolve("perl");
        var files = new ArrayList<>(List.of(Path.of("/usr/bin/perl")));
        var libraries =
                LIBRARY.matcher(node.commands.require("ldd", "/usr/bin/perl").out());
        while (libraries.find()) {
            files.add(Path.of(libraries.group(1)));
        }
        for (Path file : files) {
            Path copy = root.resolve(Path.of("/").relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file.toRealPath(), copy);
        }
        for (String name : List.of("ways-out.pl", "catch-runtime.pl", "trace.pl")) {
            try (InputStream script = WaysOutTest.class.getResourceAsStream(name)) {
                Files.copy(script, root.resolve(name));
            }
        }
        Files.writeString(root.resolve("whoami.pl"), "print qq($< is $>\\n);");
        Path setUser = Files.copy(root.resolve("usr/bin/perl"), root.resolve("usr/bin/set-user-perl"));
        Files.setAttribute(setUser, "unix:mode", 04755);
        return root;
    }

    /// The device of the host's that the secret is on.
    private static String disk() throws IOException {
        long number = ((Number) Files.getAttribute(secret, "unix:dev")).longValue();
        return ((number >> 8) & 0xfff) + ":" + (number & 0xff | (number >> 12) & ~0xffL);
    }

    private static ContainerSpec script(String variable, String script) {
        List<String> command =
                variable.isEmpty() ? List.of("perl", script) : List.of("sh", "-c", variable + " exec perl " + script);
        return Specs.with(Specs.container(LinuxNode.IMAGE, "p", command), over(perl));
    }

    private static ContainerSpec shell(String script) {
        return Specs.container(LinuxNode.IMAGE, "c", List.of("sh", "-c", script));
    }

    private static ContainerSpec in(String workingDirectory, ContainerSpec spec) {
        return new ContainerSpec(
                spec.name(),
                spec.attempt(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.env(),
                Optional.of(workingDirectory),
                spec.mounts(),
                spec.labels(),
                spec.annotations(),
                spec.resources(),
                spec.security(),
                spec.logFile(),
                spec.stopSignal(),
                spec.stdin(),
                spec.stdinOnce(),
                spec.tty());
    }

    private static ContainerOptions over(Path layer) {
        ContainerOptions none = ContainerOptions.NONE;
        return new ContainerOptions(
                none.writableLayer(),
                List.of(layer),
                none.user(),
                none.groups(),
                none.ulimits(),
                none.devices(),
                none.deviceRules(),
                none.limits(),
                none.maskedPaths(),
                none.readOnlyPaths(),
                none.namespaces(),
                none.log());
    }

    private static SandboxSpec hosts(String name, boolean network, boolean pid) {
        SandboxSpec plain = Specs.sandbox(directory, name);
        return new SandboxSpec(
                plain.podName(),
                plain.podNamespace(),
                plain.podUid(),
                plain.attempt(),
                plain.hostname(),
                plain.labels(),
                plain.annotations(),
                plain.logDirectory(),
                plain.dns(),
                plain.portMappings(),
                plain.cgroupParent(),
                plain.resources(),
                network,
                pid,
                false,
                false,
                Map.of());
    }

    /// What an exec printed, or why it could not be.
    private static String exec(String id, String workingDirectory, String... command) throws InterruptedException {
        var said = new ByteArrayOutputStream();
        try {
            runtime.streams()
                    .exec(
                            id,
                            new Streams.Exec(List.of(command), false, List.of(), workingDirectory, "", false),
                            new Streams.Stdio(Optional.empty(), Optional.of(said), Optional.of(said)),
                            Optional::empty,
                            Duration.ofSeconds(20));
        } catch (RuntimeFaultException refused) {
            return refused.getMessage();
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    /// What a container printed, or why it could not start.
    private static String outcome(ContainerSpec spec) throws Exception {
        try {
            return output(sandbox, spec);
        } catch (RuntimeFaultException refused) {
            return refused.getMessage();
        }
    }

    private static String output(String in, ContainerSpec spec) throws Exception {
        String id = runtime.containers().create(in, spec);
        runtime.containers().start(id);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> runtime.containers().status(id).orElseThrow().state() == ContainerStatus.State.EXITED);
        Path log = runtime.containers().status(id).orElseThrow().logFile();
        String text =
                Files.readString(log).lines().map(line -> line.split(" ", 4)[3]).collect(Collectors.joining("\n"));
        Files.delete(log);
        runtime.containers().remove(id);
        return text;
    }

    private static Map<String, String> told(String output) {
        var told = new LinkedHashMap<String, String>();
        output.lines().map(line -> line.split(": ", 2)).forEach(parts -> told.put(parts[0], parts[parts.length - 1]));
        return told;
    }
}
