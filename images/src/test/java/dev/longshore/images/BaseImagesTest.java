package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import dev.longshore.linux.HostCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseImagesTest {

    private static final Path BUSYBOX = Path.of("/usr/bin/busybox");

    @TempDir
    Path root;

    @Test
    void theHostsBusyboxBecomesAnImageThatRunsInItsOwnRoot() throws Exception {
        Needs.rootOr("busybox", Files.isExecutable(BUSYBOX));
        LocalImages local = LocalImages.open(root, System.getProperty("os.arch"), Time.system());

        Image image = new BaseImages(local, new HostCommands(), BUSYBOX).busybox().orElseThrow();

        Path tree = local.snapshots().prepare("test", image.id()).lowerDirectories().getFirst();
        Process inside = new ProcessBuilder("chroot", tree.toString(), "/bin/sh", "-c", "id -un; echo it runs")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(inside.getInputStream().readAllBytes())).isEqualTo("root\nit runs\n");
        assertThat(inside.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(image.names()).containsExactly(BaseImages.BUSYBOX);
    }

    @Test
    void theSameHostMakesTheSameImageAndMakesItOnce(@TempDir Path other) throws Exception {
        Needs.rootOr("busybox", Files.isExecutable(BUSYBOX));
        LocalImages first = LocalImages.open(root, "amd64", Time.system());
        LocalImages second = LocalImages.open(other, "amd64", Time.system());

        Image one = new BaseImages(first, new HostCommands(), BUSYBOX).busybox().orElseThrow();
        Image again = new BaseImages(first, new HostCommands(), BUSYBOX).busybox().orElseThrow();
        Image elsewhere = new BaseImages(second, new HostCommands(), BUSYBOX).busybox().orElseThrow();

        assertThat(again).isEqualTo(one);
        assertThat(elsewhere.target()).isEqualTo(one.target());
    }

    @Test
    void aHostWithoutBusyboxHasNoBaseImage() throws Exception {
        LocalImages local = LocalImages.open(root, "amd64", Time.system());

        assertThat(new BaseImages(local, new HostCommands(), root.resolve("none")).busybox()).isEmpty();
    }
}
