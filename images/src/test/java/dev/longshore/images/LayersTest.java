package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayersTest {

    @RegisterExtension
    final Scratch scratch = new Scratch();

    @BeforeEach
    void needsRoot() {
        Needs.root();
    }

    @Test
    void aFileDeletedAboveIsGoneAndOthersStay() throws Exception {
        byte[] lower = new Tar()
                .directory("etc")
                .file("etc/old", "1")
                .file("etc/kept", "2")
                .bytes();
        byte[] upper = new Tar().file("etc/.wh.old", "").file("etc/new", "3").bytes();

        MergedTree tree = tree(lower, upper);

        assertThat(tree.list("/etc")).containsOnlyKeys("kept", "new");
        assertThat(tree.find("/etc/old")).isEmpty();
    }

    @Test
    void anOpaqueDirectoryHidesAllBelowIt() throws Exception {
        byte[] lower = new Tar().directory("d").file("d/a", "1").bytes();
        byte[] upper = new Tar()
                .directory("d")
                .file("d/.wh..wh..opq", "")
                .file("d/b", "2")
                .bytes();

        assertThat(tree(lower, upper).list("/d")).containsOnlyKeys("b");
    }

    @Test
    void aDirectoryThatReplacesAFileShowsOnlyItself() throws Exception {
        byte[] lower = new Tar().directory("d").file("d/a", "1").bytes();
        byte[] upper =
                new Tar().file(".wh.d", "").directory("d").file("d/b", "2").bytes();

        assertThat(tree(lower, upper).list("/d")).containsOnlyKeys("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../escaped", "a/../../escaped", "/../escaped", "a/.."})
    void aNameThatLeadsUpwardIsRefused(String name) throws Exception {
        byte[] layer = new Tar().file(name, "evil").bytes();

        assertThatThrownBy(() -> tree(layer))
                .isInstanceOf(ImageFaultException.class)
                .hasMessageContaining("leads upward");
        assertThat(scratch.root().resolve("escaped")).doesNotExist();
    }

    @Test
    void aLinkToTheHostIsNeverWrittenThrough() throws Exception {
        Path victim = Files.writeString(scratch.root().resolve("victim"), "untouched");
        Path outside = Files.createDirectory(scratch.root().resolve("outside"));
        byte[] layer = new Tar()
                .symlink("way", outside.toString())
                .file("way/file", "evil")
                .symlink("up", "../../../../../../../../" + outside)
                .file("up/file2", "evil")
                .symlink("file", victim.toString())
                .file("file", "evil")
                .bytes();

        MergedTree tree = tree(layer);

        assertThat(victim).hasContent("untouched");
        assertThat(outside).isEmptyDirectory();
        assertThat(Files.readString(tree.find("/file").orElseThrow())).isEqualTo("evil");
        assertThat(Files.readString(tree.find(outside + "/file").orElseThrow())).isEqualTo("evil");
    }

    @Test
    void aHardLinkCannotReachTheHost() throws Exception {
        Path victim = Files.writeString(scratch.root().resolve("victim"), "secret");
        byte[] layer = new Tar()
                .symlink("out", scratch.root().toString())
                .hardLink("stolen", "out/victim")
                .bytes();

        assertThatThrownBy(() -> tree(layer)).hasMessageContaining("does not exist");
        assertThat(Files.getAttribute(victim, "unix:nlink")).isEqualTo(1);
    }

    @Test
    void aWhiteoutMayNotBeSmuggledInAsADevice() {
        byte[] layer = new Tar().device("gone", 0, 0).bytes();

        assertThatThrownBy(() -> tree(layer)).hasMessageContaining("whiteout");
    }

    @Test
    void aWhiteoutOfNothingOrOfTheParentIsRefused() {
        assertThatThrownBy(() -> tree(new Tar().file("d/.wh.", "").bytes())).hasMessageContaining("whiteout");
        assertThatThrownBy(() -> tree(new Tar().file("d/.wh...", "").bytes())).hasMessageContaining("leads upward");
    }

    @Test
    void whatIsNoArchiveIsRefusedAndLeavesNothing() throws Exception {
        byte[] junk = new byte[5000];
        java.util.Arrays.fill(junk, (byte) 'x');

        assertThatThrownBy(() -> tree(junk)).isInstanceOfAny(ImageFaultException.class, java.io.IOException.class);
        assertThat(scratch.local().layout().staging()).isEmptyDirectory();
        assertThat(scratch.local().layers().unpacked()).isEmpty();
    }

    @Test
    void aLayerThatIsNotWhatTheConfigPromisesIsRefused() throws Exception {
        byte[] layer = new Tar().file("a", "1").bytes();
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(layer);
        }
        LocalImages local = scratch.local();
        Descriptor blob = local.content().put(MediaTypes.OCI_LAYER_GZIP, packed.toByteArray());
        var manifest = new Manifest.Image(MediaTypes.OCI_MANIFEST, blob, List.of(blob), Optional.empty());
        var config = new ImageConfig(
                local.images().platform(), Optional.empty(), "", RunConfig.EMPTY, List.of(blob.digest()), List.of());

        assertThatThrownBy(() -> local.layers().directories(manifest, config)).hasMessageContaining("digest mismatch");
    }

    @Test
    void aFileBelowALinkedDirectoryLandsWhereTheLinkLeads() throws Exception {
        byte[] lower = new Tar().directory("usr/lib").symlink("lib", "usr/lib").bytes();
        byte[] upper = new Tar().file("lib/new", "1").bytes();

        MergedTree tree = tree(lower, upper);

        assertThat(tree.list("/usr/lib")).containsOnlyKeys("new");
        assertThat(tree.find("/lib"))
                .hasValueSatisfying(path -> assertThat(path).isSymbolicLink());
    }

    @Test
    void aLayerWrittenFromADirectoryUnpacksToTheSame() throws Exception {
        LocalImages local = scratch.local();
        byte[] layer = new Tar()
                .directory("d")
                .file("d/file with ünïcode " + "long".repeat(40), "content")
                .hardLink("d/second", "d/file with ünïcode " + "long".repeat(40))
                .symlink("d/link", "nowhere/at/all")
                .device("d/null", 1, 3)
                .program("run", "#!/bin/sh\n")
                .file("d/.wh.deleted", "")
                .bytes();
        Image image = Tar.image(local, "first:1", layer);
        Path unpacked =
                local.layers().directories(image.manifest(), image.config()).getFirst();
        Path copy = scratch.root().resolve("copy");
        try (var out = Files.newOutputStream(copy)) {
            LayerDiff.write(unpacked, out, local.inodes());
        }

        MergedTree again = tree(Files.readAllBytes(copy));

        assertThat(again.list("/d")).hasSize(4).containsKeys("second", "link", "null");
        Path second = again.find("/d/second").orElseThrow();
        assertThat(Files.readString(second)).isEqualTo("content");
        assertThat(Files.getAttribute(second, "unix:nlink")).isEqualTo(2);
        assertThat(FileStat.of(again.find("/d/null").orElseThrow())
                        .orElseThrow()
                        .rdev())
                .isEqualTo(0x103);
        assertThat(FileStat.of(again.find("/run").orElseThrow()).orElseThrow().permissions())
                .isEqualTo(0755);
        assertThat(FileStat.of(second.resolveSibling("deleted")).orElseThrow().isWhiteout())
                .isTrue();
        assertThat(Files.exists(second.resolveSibling("link"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    private MergedTree tree(byte[]... layers) throws Exception {
        LocalImages local = scratch.local();
        Image image = Tar.image(local, "test:1", layers);
        return local.layers().merged(local.layers().directories(image.manifest(), image.config()));
    }
}
