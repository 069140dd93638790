package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Pods where cgroup2 alone is mounted, whatever this host has: a Linux kernel that runs as a process (Debian's
/// `user-mode-linux`), with the host's files below, read-only, and what is written in memory above. What the guest
/// says is kept in `target/cgroup2.log`. Some minutes long.
@EnabledIfSystemProperty(named = "longshore.long", matches = "true")
class CgroupV2GuestTest {

    private static final Path MODULES = Path.of("/usr/lib/uml/modules");
    private static final long LIMIT_MINUTES = 20;

    @TempDir
    Path directory;

    @Test
    @Timeout(value = LIMIT_MINUTES + 1, unit = TimeUnit.MINUTES)
    void podsAreHeldWhereThereIsCgroup2Alone() throws IOException, InterruptedException {
        Needs.rootAnd("linux.uml", "crun", "conmon", "kubectl", "busybox");
        for (String script : List.of("init", "guest")) {
            try (InputStream bytes = CgroupV2GuestTest.class.getResourceAsStream("cgroup2/" + script)) {
                Files.copy(bytes, directory.resolve(script));
            }
            assertThat(directory.resolve(script).toFile().setExecutable(true)).isTrue();
        }
        Path log = Files.createDirectories(RunningCluster.ROOT.resolve("journeys/target"))
                .resolve("cgroup2.log");

        Process guest = new ProcessBuilder(
                        "linux.uml",
                        "mem=3G",
                        "quiet",
                        "ro",
                        "rootfstype=hostfs",
                        "rootflags=/",
                        "init=" + directory.resolve("init"),
                        "HERE=" + directory,
                        "MODULES=" + modules(),
                        "LONGSHORE=" + RunningCluster.ROOT,
                        "con=null",
                        "con0=null,fd:2",
                        "con1=fd:0,fd:1",
                        "ssl=null")
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(log.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(guest.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES))
                    .as("the guest ends")
                    .isTrue();
        } finally {
            guest.descendants().forEach(ProcessHandle::destroyForcibly);
            guest.destroyForcibly();
        }

        assertThat(Files.readAllLines(log))
                .as("see %s", log)
                .contains("DONE with 0 failures")
                .noneMatch(line -> line.startsWith("FAIL"));
    }

    private static Path modules() throws IOException {
        try (var versions = Files.list(MODULES)) {
            return versions.findFirst().orElseThrow();
        }
    }
}
