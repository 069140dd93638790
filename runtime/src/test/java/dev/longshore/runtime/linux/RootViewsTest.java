package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.RootView;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Specs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Root file systems of containers that do not run, whose links are hostile.
class RootViewsTest {

    @TempDir
    Path directory;

    private LinuxNode node;
    private LinuxRuntime runtime;
    private Path lower;
    private Path writable;
    private Path volume;

    @BeforeEach
    void start() throws Exception {
        node = new LinuxNode(directory);
        runtime = node.runtime();
        runtime.start();
        lower = Files.createDirectories(directory.resolve("lower"));
        writable = directory.resolve("writable");
        Files.createDirectories(writable.resolve("upper"));
        Files.createDirectories(writable.resolve("work"));
        volume = Files.createDirectories(directory.resolve("volume"));
        Files.writeString(volume.resolve("file"), "of the volume");
    }

    @AfterEach
    void leaveNothing() throws Exception {
        if (runtime != null) {
            runtime.purge();
            Remains.none(node.cluster);
        }
    }

    @Test
    void aRunningContainersFilesAreReachedByItsRootAndStayReachableWhenItEnds() throws Exception {
        String pod =
                runtime.sandboxes().run(Specs.sandbox(directory, "running")).id();
        String id = runtime.containers()
                .create(
                        pod,
                        Specs.container(
                                LinuxNode.IMAGE, "c", List.of("sh", "-c", "echo mine > /tmp/file; exec sleep 1000")));
        runtime.containers().start(id);

        try (RootView view = runtime.rootViews().running(id)) {
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> content(view, "/tmp").equals("mine\n"));
            runtime.containers().stop(id, Duration.ZERO);
            assertThatThrownBy(() -> runtime.rootViews().running(id)).isInstanceOf(RuntimeFaultException.class);
            assertThat(content(view, "/tmp")).isEqualTo("mine\n");
        }
    }

    @Test
    void aVolumeIsMountedWhereTheContainersOwnLinksLead() throws Exception {
        Files.createDirectories(lower.resolve("real/sub"));
        Files.createSymbolicLink(writable.resolve("upper/data"), Path.of("/real"));

        try (RootView view = view("/data/sub")) {
            assertThat(content(view, "/real/sub")).isEqualTo("of the volume");
        }
    }

    @Test
    void aLinkToAPlaceOfTheHostIsNoneToMountUpon() throws Exception {
        Path victim = Files.createDirectories(directory.resolve("victim/sub"));
        Files.createSymbolicLink(writable.resolve("upper/data"), victim.getParent());

        try (RootView view = view("/data/sub")) {
            assertThatThrownBy(() -> view.directory("/data/sub")).isInstanceOf(NoSuchFileException.class);
        }
        assertThat(victim).isEmptyDirectory();
    }

    private RootView view(String path) throws InterruptedException {
        return runtime.rootViews()
                .resting(List.of(lower), writable, List.of(ContainerSpec.Mount.bind(volume, path, false)));
    }

    private static String content(RootView view, String path) throws IOException {
        try (RootView.Place place = view.directory(path);
                RootView.Place file = place.child("file")) {
            return Files.readString(file.path());
        }
    }
}
