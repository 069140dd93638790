package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerSpec.Mount;
import dev.longshore.runtime.ContainerUser;
import dev.longshore.runtime.IdRange;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.Specs;
import dev.longshore.runtime.Streams;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A pod whose root is nobody on the host.
class UserNamespaceTest {

    private static final long FIRST = 65536L * 5000;

    @TempDir
    static Path directory;

    private static LinuxNode node;
    private static LinuxRuntime runtime;
    private static Path volume;

    @BeforeAll
    static void start() throws Exception {
        node = new LinuxNode(directory);
        runtime = node.runtime();
        runtime.start();
        volume = Files.createDirectories(directory.resolve("volumes/private/data"));
        Files.setPosixFilePermissions(volume.getParent(), PosixFilePermissions.fromString("rwx------"));
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        if (runtime != null) {
            runtime.purge();
            Remains.none(node.cluster);
        }
    }

    private static String sandbox(String name, boolean sharePid) throws InterruptedException {
        SandboxSpec plain = new Specs.SandboxChanges(Specs.sandbox(directory, name))
                .sysctls(Map.of("kernel.shm_rmid_forced", "1", "net.ipv4.tcp_syncookies", "0"))
                .sharePid(sharePid)
                .spec();
        return runtime.sandboxes()
                .run(plain.withUsers(Optional.of(new IdRange(FIRST, 65536))))
                .id();
    }

    private static String exec(String id, String script) throws InterruptedException {
        var said = new ByteArrayOutputStream();
        runtime.streams()
                .exec(
                        id,
                        List.of("sh", "-c", script),
                        false,
                        new Streams.Stdio(Optional.empty(), Optional.of(said), Optional.of(said)),
                        Optional::empty,
                        Duration.ofSeconds(20));
        return said.toString(StandardCharsets.UTF_8);
    }

    private static ContainerSpec sleeper(ContainerSecurity security) {
        return Specs.with(
                Specs.container(LinuxNode.IMAGE, "c", List.of("sh", "-c", "echo begun; exec sleep 1000")),
                security,
                ContainerResources.NONE,
                List.of(Mount.bind(volume, "/data", false)));
    }

    @Test
    void rootIsNobodyOnTheHostAndFilesKeepTheirOwners() throws Exception {
        String pod = sandbox("users", false);
        String id = runtime.containers().create(pod, sleeper(ContainerSecurity.DEFAULT));
        runtime.containers().start(id);
        int pid = runtime.containers().status(id).orElseThrow().pid().orElseThrow();

        assertThat(Files.readString(Path.of("/proc/" + pid + "/uid_map"))
                        .strip()
                        .split("\\s+"))
                .containsExactly("0", Long.toString(FIRST), "65536");
        assertThat(Files.getAttribute(Path.of("/proc/" + pid), "unix:uid")).isEqualTo((int) FIRST);
        assertThat(runtime.containers().user(id)).hasValue(new ContainerUser(0, 0, List.of(0L)));
        assertThat(exec(id, "id -u; ls -ln /bin/busybox /etc/passwd; ls -lnd / /data | head -1"))
                .startsWith("0\n")
                .contains(" 0        0 ")
                .doesNotContain("65534");
        assertThat(exec(id, "echo word > /data/word; touch /new /tmp/new; chmod 600 /etc/passwd; hostname"))
                .isEqualTo("users\n");
        assertThat(Files.getAttribute(volume.resolve("word"), "unix:uid")).isEqualTo(0);
        assertThat(Files.getAttribute(directory.resolve("layer/etc/passwd"), "unix:mode"))
                .as("the image's own file, which another sees")
                .isEqualTo(0100644);
        assertThat(exec(id, "cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/tcp_syncookies"))
                .isEqualTo("1\n0\n");
        runtime.containers().remove(id);
        runtime.sandboxes().remove(pod);
        Remains.nothingMounted(node.cluster, "layers");
    }

    @Test
    void capabilitiesReachThePodsOwnThingsOnly() throws Exception {
        String pod = sandbox("capable", true);
        var capable = new ContainerSecurity(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false,
                false,
                true,
                List.of("ALL"),
                List.of(),
                "RuntimeDefault",
                false);
        String id = runtime.containers().create(pod, sleeper(capable));
        runtime.containers().start(id);
        Path log = runtime.containers().status(id).orElseThrow().logFile();
        await().atMost(Duration.ofSeconds(20)).until(() -> Files.readString(log).contains("begun"));

        assertThat(exec(id, "hostname renamed && hostname; ps | grep -c 'slee[p] 1000'"))
                .isEqualTo("renamed\n1\n");
        assertThat(exec(id, "cat /proc/kmsg; echo 1 > /proc/sys/vm/drop_caches; dd if=/dev/mem count=1; echo over"))
                .contains("over")
                .doesNotContain("records");
        runtime.sandboxes().remove(pod);
        assertThat(Path.of("/run", "longshore-" + node.cluster, "roots")).isEmptyDirectory();
    }
}
