package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.linux.HostCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BaseImagesTest {

    private static final Path BUSYBOX = Path.of("/usr/bin/busybox");

    @RegisterExtension
    final Scratch scratch = new Scratch();

    @RegisterExtension
    final Scratch other = new Scratch();

    @Test
    void theHostsBusyboxBecomesAnImageThatRunsInItsOwnRoot() throws Exception {
        Needs.rootOr("busybox", Files.isExecutable(BUSYBOX));
        LocalImages local = scratch.local();

        Image image =
                new BaseImages(local, new HostCommands(), BUSYBOX).busybox().orElseThrow();

        Path tree =
                local.snapshots().prepare("test", image.id()).lowerDirectories().getFirst();
        Process inside = new ProcessBuilder("chroot", tree.toString(), "/bin/sh", "-c", "id -un; echo it runs")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(inside.getInputStream().readAllBytes())).isEqualTo("root\nit runs\n");
        assertThat(inside.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(image.names()).containsExactly(BaseImages.BUSYBOX);
    }

    @Test
    void theSameHostMakesTheSameImageAndMakesItOnce() throws Exception {
        Needs.rootOr("busybox", Files.isExecutable(BUSYBOX));
        LocalImages first = scratch.local();
        LocalImages second = other.local();

        Image one = new BaseImages(first, new HostCommands(), BUSYBOX).busybox().orElseThrow();
        Image again =
                new BaseImages(first, new HostCommands(), BUSYBOX).busybox().orElseThrow();
        Image elsewhere =
                new BaseImages(second, new HostCommands(), BUSYBOX).busybox().orElseThrow();

        assertThat(again).isEqualTo(one);
        assertThat(elsewhere.target()).isEqualTo(one.target());
    }

    @Test
    void aHostWithoutBusyboxHasNoBaseImage() throws Exception {
        LocalImages local = scratch.local();

        assertThat(new BaseImages(local, new HostCommands(), scratch.root().resolve("none")).busybox())
                .isEmpty();
    }
}
