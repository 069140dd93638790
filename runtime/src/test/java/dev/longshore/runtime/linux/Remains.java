package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ClusterId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Looks for what a cluster may have left on the host.
final class Remains {

    private Remains() {}

    static void none(ClusterId cluster) throws IOException {
        String name = "longshore-" + cluster;
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(name);
        assertThat(Path.of("/run", name)).doesNotExist();
        try (Stream<Path> pins = Files.list(Path.of("/run/netns"))) {
            assertThat(pins).noneMatch(pin -> pin.getFileName().toString().startsWith(name));
        }
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            assertThat(hierarchies).noneMatch(hierarchy -> Files.exists(hierarchy.resolve(name)));
        }
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            assertThat(processes.filter(process -> mentions(process, name))).isEmpty();
        }
    }

    /// Nothing is mounted below `directory` of the cluster's.
    static void nothingMounted(ClusterId cluster, String directory) throws IOException {
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")).lines())
                .noneMatch(line -> line.contains("longshore-" + cluster) && line.contains("/" + directory + "/"));
    }

    private static boolean mentions(Path process, String name) {
        try {
            return Files.readString(process.resolve("cmdline")).contains(name);
        } catch (IOException noProcess) {
            return false;
        }
    }
}
