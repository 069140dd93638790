package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.base.ManualTime;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRotationTest {

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private final FakeRuntime runtime = new FakeRuntime(time);

    @Test
    void copiesALargeLogAsideAndKeepsTheLatestCopies() throws IOException {
        Path log = directory.resolve("0.log");
        runtime.containers.put("c", running(log));
        var rotation = new LogRotation(runtime.containers(), time, 10, 3);

        for (String content : List.of("first large log", "second large log", "third large log", "short")) {
            Files.writeString(log, content);
            rotation.rotateAll();
            time.advance(Duration.ofSeconds(10));
        }

        assertThat(log).hasContent("short");
        assertThat(directory.resolve("0.log.20260101-000000")).doesNotExist();
        assertThat(directory.resolve("0.log.20260101-000010")).hasContent("second large log");
        assertThat(directory.resolve("0.log.20260101-000020")).hasContent("third large log");
    }

    private ContainerStatus running(Path log) {
        var spec = new ContainerSpec(
                "main",
                0,
                Digest.sha256(new byte[0]),
                List.of(),
                List.of(),
                Map.of(),
                Optional.empty(),
                List.of(),
                Map.of(),
                Map.of(),
                ContainerResources.NONE,
                ContainerSecurity.DEFAULT,
                Path.of("0.log"),
                Optional.empty(),
                false,
                false,
                false);
        return new ContainerStatus(
                "c",
                "s",
                spec,
                ContainerStatus.State.RUNNING,
                time.now(),
                Optional.of(time.now()),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                "",
                "",
                log);
    }
}
