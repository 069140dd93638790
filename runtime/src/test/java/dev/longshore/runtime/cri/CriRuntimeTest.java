package dev.longshore.runtime.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.linux.Cgroups;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Another runtime behind its socket is as good as ours: Debian's containerd.
class CriRuntimeTest extends CriContract {

    private static final String CLUSTER = "t" + Long.toString(System.nanoTime() & 0xffffff, 36);

    private static Containerd containerd;
    private static CriRuntime runtime;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        containerd = Containerd.start(directory);
        runtime = containerd.runtime(CLUSTER);
    }

    @AfterAll
    static void stop() throws InterruptedException, IOException {
        if (containerd != null) {
            containerd.closeAfter(runtime);
            Cgroups groups = Cgroups.detect();
            String own = "longshore-" + CLUSTER;
            assertThat(groups.children(own + "/kubepods/besteffort")).isEmpty();
            // In a cluster these are our own runtime's as well, and go with it.
            groups.remove(own);
            assertThat(Path.of("/sys/fs/cgroup/unified", own)).doesNotExist();
        }
    }

    @Override
    protected CriRuntime runtime() {
        return runtime;
    }

    @Override
    protected Digest image() {
        return runtime.images().status(Containerd.IMAGE).orElseThrow().id();
    }

    @Override
    protected Path logs() {
        return directory.resolve("logs");
    }

    @Override
    protected CriRuntime later(String cluster) throws InterruptedException {
        return containerd.runtime(cluster);
    }

    @Override
    protected String cluster() {
        return CLUSTER;
    }

    @Test
    void saysWhoItIsAndThatItIsReady() {
        assertThat(runtime.version()).startsWith("containerd ");
        assertThat(runtime.readiness().runtimeReady()).isTrue();
        assertThat(runtime.readiness().networkReady()).isTrue();
    }
}
