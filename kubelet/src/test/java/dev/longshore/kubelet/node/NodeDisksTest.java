package dev.longshore.kubelet.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDisksTest {

    /// A file system that is certainly another one.
    private static final Path OTHER = Path.of("/proc");

    @TempDir
    private Path directory;

    @Test
    void onOneFileSystemEverySignalIsAboutAll() {
        var disks = NodeDisks.one(directory);

        assertThat(disks.holdsImages("nodefs.available")).isTrue();
        assertThat(disks.holdsPods("imagefs.available")).isTrue();
    }

    @Test
    void imagesApartAreTheirOwnSignalsBusiness() {
        var disks = new NodeDisks(directory, OTHER);

        assertThat(disks.holdsImages("imagefs.inodesFree")).isTrue();
        assertThat(disks.holdsPods("imagefs.inodesFree")).isFalse();
        assertThat(disks.holdsImages("nodefs.available")).isFalse();
        assertThat(disks.holdsPods("nodefs.available")).isTrue();
        assertThat(disks.holdsPods("containerfs.available")).isTrue();
    }

    @Test
    void whereThereAreNoImagesYetTheyAreNotApart() {
        assertThat(new NodeDisks(directory, directory.resolve("none")).areImagesApart())
                .isFalse();
    }

    @Test
    void eachFileSystemIsMeasuredForItself() {
        var left = new HostMachine(new NodeDisks(directory, OTHER)).left();

        assertThat(left.get("imagefs.available")).isNotEqualTo(left.get("nodefs.available"));
        assertThat(left.get("containerfs.available").capacity())
                .isEqualTo(left.get("nodefs.available").capacity());
    }
}
