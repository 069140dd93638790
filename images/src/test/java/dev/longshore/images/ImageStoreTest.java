package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ImageStoreTest {

    @RegisterExtension
    final Scratch scratch = new Scratch();

    @BeforeEach
    void needsRoot() {
        Needs.root();
    }

    @Test
    void anImageIsFoundByEveryOfItsNames() throws Exception {
        LocalImages local = scratch.local();
        Image image = image("hello:1", "content");
        local.images().serveAs("127.0.0.1:5000");
        local.images().tag(Reference.parse("127.0.0.1:5000/team/app:2"), image.target());

        for (String name : List.of(
                "hello:1",
                "docker.io/library/hello:1",
                "127.0.0.1:5000/hello:1",
                "team/app:2",
                image.id().toString(),
                image.id().hex(),
                image.id().shortHex(),
                "hello@" + image.target())) {
            assertThat(local.images().get(name).id()).as(name).isEqualTo(image.id());
        }
        assertThat(local.images().find("hello")).isEmpty();
        assertThat(local.images().find("127.0.0.1:5001/hello:1")).isEmpty();
        assertThat(local.images().find("not a name")).isEmpty();
    }

    @Test
    void namesAndHoldsOutliveTheProcess() throws Exception {
        Image image = image("hello:1", "content");
        scratch.local().snapshots().prepare("container-1", image.id());

        LocalImages reopened = scratch.reopened();

        assertThat(reopened.images().get("hello:1")).isEqualTo(image);
        assertThat(reopened.holds().holderOf(image.id())).contains("container-1");
    }

    @Test
    void layersAreUnpackedOnceAndTakenOverByTheNextProcess() throws Exception {
        Image image = image("hello:1", "content");
        var first = scratch.local().snapshots().prepare("a", image.id()).lowerDirectories();
        Files.writeString(first.getFirst().resolve("mark"), "");

        var second = scratch.reopened().snapshots().prepare("b", image.id()).lowerDirectories();

        assertThat(second).isEqualTo(first);
        assertThat(second.getFirst().resolve("mark")).exists();
    }

    @Test
    void anotherBootUnpacksAnew() throws Exception {
        Image image = image("hello:1", "content");
        var layout = new ImageLayout(scratch.local().layout().root(), "another-boot");
        scratch.local().snapshots().prepare("a", image.id());
        var rebooted = new LocalImages(
                layout,
                scratch.local().images().platform(),
                scratch.local().inodes(),
                scratch.local().time());
        rebooted.start();

        assertThat(layout.allLayers()).isDirectoryNotContaining(path -> !path.endsWith("another-boot"));
        assertThat(rebooted.snapshots().prepare("a", image.id()).lowerDirectories())
                .hasSize(1);
    }

    @Test
    void theCollectorTakesWhatNobodyNeedsAndNothingElse() throws Exception {
        LocalImages local = scratch.local();
        Image kept = image("kept:1", "kept");
        Image held = image("held:1", "held");
        Image gone = image("gone:1", "gone");
        local.snapshots().prepare("container", held.id());
        local.layers().directories(gone.manifest(), gone.config());
        local.images().forget(held.target());
        local.images().remove("gone:1", false);
        Descriptor loose = local.content().put("x", "loose".getBytes(StandardCharsets.UTF_8));
        Descriptor leased = local.content().put("x", "leased".getBytes(StandardCharsets.UTF_8));

        Collector.Freed freed;
        try (Leases.Lease lease = local.content().leases().open()) {
            lease.keep(leased.digest());
            freed = local.collector().collect();
        }

        assertThat(freed.blobs()).isEqualTo(4);
        assertThat(freed.layers()).isEqualTo(1);
        assertThat(local.content().has(loose.digest())).isFalse();
        assertThat(local.content().has(leased.digest())).isTrue();
        assertThat(local.content().has(gone.id())).isFalse();
        assertThat(local.images().get("kept:1")).isEqualTo(kept);
        assertThat(local.images().byId(held.id())).isPresent();
        local.snapshots().release("container");
        local.images().remove(held.id().toString(), false);
        assertThat(local.collector().collect().blobs()).isEqualTo(4);
    }

    @Test
    void whatIsKeptDuringASweepSurvivesIt() throws Exception {
        LocalImages local = scratch.local();
        Digest digest = local.content().put("x", new byte[] {1}).digest();
        Leases leases = local.content().leases();
        leases.beginSweep();
        try (Leases.Lease lease = leases.open()) {
            lease.keep(digest);
        }

        boolean isDeleted = leases.unlessKept(digest, () -> {});

        assertThat(isDeleted).isFalse();
        leases.endSweep();
        assertThat(leases.unlessKept(digest, () -> {})).isTrue();
    }

    @Test
    void ofAnIndexTheImageForThisPlatformCounts() throws Exception {
        LocalImages local = scratch.local();
        Image here = image("here:1", "here");
        var index = dev.longshore.base.Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        var manifests = index.putArray("manifests");
        for (String architecture : List.of("arm64", "amd64")) {
            Digest digest = architecture.equals("amd64") ? here.target() : Digest.sha256(new byte[0]);
            manifests.add(new Descriptor(
                            MediaTypes.OCI_MANIFEST,
                            digest,
                            1,
                            Optional.of(new Platform("linux", architecture, Optional.empty())),
                            Map.of())
                    .json());
        }
        Digest top = local.content()
                .put(MediaTypes.OCI_INDEX, dev.longshore.base.Json.bytes(index))
                .digest();

        local.images().tag(Reference.parse("multi:1"), top);

        Image found = local.images().get("multi:1");
        assertThat(found.id()).isEqualTo(here.id());
        assertThat(found.repoDigests()).first().isEqualTo("docker.io/library/multi@" + top);
    }

    @Test
    void whatComesLaterOfAnIndexIsPreferredAndWhatHasGoneIsForgotten() throws Exception {
        LocalImages local = scratch.local();
        byte[] layer = new Tar().file("file", "content").bytes();
        Digest arm = manifest(layer, "arm64");
        local.images().tag(Reference.parse("arm:1"), arm);
        Digest here = manifest(layer, "amd64");
        local.images().tag(Reference.parse("here:1"), here);
        assertThat(local.images().byTarget(here)).isPresent();
        local.images().remove("here:1", true);
        local.collector().collect();
        var index = dev.longshore.base.Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        index.putArray("manifests").add(entry(here, "amd64")).add(entry(arm, "arm64"));
        Digest top = local.content()
                .put(MediaTypes.OCI_INDEX, dev.longshore.base.Json.bytes(index))
                .digest();
        local.images().tag(Reference.parse("multi:1"), top);
        assertThat(local.images().byTarget(here)).isEmpty();
        assertThat(local.images().get("multi:1").manifestDigest()).isEqualTo(arm);

        manifest(layer, "amd64");

        assertThat(local.images().get("multi:1").manifestDigest()).isEqualTo(here);
    }

    /// Of an image of one layer for `architecture`, with no name.
    private Digest manifest(byte[] layer, String architecture) throws Exception {
        LocalImages local = scratch.local();
        Descriptor blob = local.content().put(MediaTypes.OCI_LAYER, layer);
        var config = new ImageConfig(
                Platform.parse("linux/" + architecture),
                Optional.empty(),
                "",
                RunConfig.EMPTY,
                List.of(Digest.sha256(layer)),
                List.of());
        try (var lease = local.content().leases().open()) {
            return local.images().assemble(config, List.of(blob), lease);
        }
    }

    private static tools.jackson.databind.node.ObjectNode entry(Digest manifest, String architecture) {
        return new Descriptor(
                        MediaTypes.OCI_MANIFEST,
                        manifest,
                        1,
                        Optional.of(new Platform("linux", architecture, Optional.empty())),
                        Map.of())
                .json();
    }

    @Test
    void contentThatIsNotWhatItsDigestPromisesIsNotKept() throws Exception {
        ContentStore content = scratch.local().content();
        byte[] right = "right".getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(right);

        assertThatThrownBy(() -> content.write(stream("wrong"), Descriptor.of("x", digest, 5)))
                .hasMessageContaining("digest mismatch");
        assertThatThrownBy(() -> content.write(stream("rig"), Descriptor.of("x", digest, 5)))
                .hasMessageContaining("expected 5 bytes, got 3");
        assertThatThrownBy(() -> content.write(stream("right and more"), Descriptor.of("x", digest, 5)))
                .hasMessageContaining("expected 5 bytes");

        assertThat(content.has(digest)).isFalse();
        assertThat(scratch.local().layout().staging()).isEmptyDirectory();
        content.write(new ByteArrayInputStream(right), Descriptor.of("x", digest, 5));
        assertThat(content.read(digest)).isEqualTo(right);
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private Image image(String name, String content) throws Exception {
        return Tar.image(scratch.local(), name, new Tar().file("file", content).bytes());
    }
}
