package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageArchiveTest {

    @RegisterExtension
    final Scratch scratch = new Scratch();

    @RegisterExtension
    final Scratch other = new Scratch();

    @BeforeEach
    void needsRoot() {
        Needs.root();
    }

    @Test
    void severalImagesTravelTogetherUnderAllTheirNames() throws Exception {
        LocalImages local = scratch.local();
        Image one = image(local, "one:1", "1");
        local.images().tag(Reference.parse("registry.example/also:one"), one.target());
        Image two = image(local, "two:1", "2");

        List<Image> loaded = new ImageArchive(other.local())
                .load(new ByteArrayInputStream(saved(local, local.images().get("one:1"), two)));

        assertThat(loaded).extracting(Image::id).containsExactly(one.id(), two.id());
        assertThat(loaded.getFirst().names())
                .extracting(Reference::familiar)
                .containsExactlyInAnyOrder("one:1", "registry.example/also:one");
        assertThat(other.local().images().get("two:1").target()).isEqualTo(two.target());
    }

    @Test
    void theSameImagesGiveTheSameArchiveAndLoadingTwiceChangesNothing() throws Exception {
        LocalImages local = scratch.local();
        byte[] archive = saved(local, image(local, "one:1", "1"));
        var there = new ImageArchive(other.local());
        there.load(new ByteArrayInputStream(archive));
        List<Image> before = other.local().images().list();

        there.load(new ByteArrayInputStream(archive));

        assertThat(other.local().images().list()).isEqualTo(before);
        assertThat(saved(other.local(), other.local().images().get("one:1"))).isEqualTo(archive);
    }

    @Test
    void anIndexTravelsWholeAndOnePlatformOfItAlone() throws Exception {
        LocalImages local = scratch.local();
        Digest index = index(local, "multi:1");
        Platform arm = Platform.parse("linux/arm64");
        byte[] archive = saved(local, local.images().get("multi:1"));

        Image here = new ImageArchive(other.local())
                .load(new ByteArrayInputStream(archive))
                .getFirst();

        assertThat(here.target()).isEqualTo(index);
        assertThat(here.config().platform()).hasToString("linux/amd64");
        assertThat(other.local().images().get("multi:1", arm).config().platform())
                .isEqualTo(arm);
        assertThatThrownBy(() -> other.local().images().get("multi:1", Platform.parse("linux/s390x")))
                .hasMessage("image with reference multi:1 was found but its platform (linux/amd64) does not match the"
                        + " specified platform (linux/s390x)");
        Image alone = new ImageArchive(other.local())
                .load(new ByteArrayInputStream(archive), Optional.of(arm))
                .getFirst();
        assertThat(alone.target()).isEqualTo(alone.manifestDigest());
        assertThat(other.local().images().get("multi:1").config().platform()).isEqualTo(arm);
    }

    @Test
    void theClassicFormIsReadWithLinksBetweenItsLayersAndBehindGzip() throws Exception {
        byte[] layer = new Tar().file("file", "content").bytes();
        byte[] config = config(layer);
        String id = Digest.sha256(config).hex();
        byte[] manifest = Json.bytes(Json.parse(
                "[{\"Config\":\"%s.json\",\"RepoTags\":[\"classic:1\"],\"Layers\":[\"a/layer.tar\"]}]".formatted(id)));
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            var tar = new TarWriter(gzip);
            add(tar, id + ".json", config);
            add(tar, "b/layer.tar", layer);
            tar.add(new TarEntry(
                    "a/layer.tar",
                    TarEntry.Type.SYMLINK,
                    "../b/layer.tar",
                    0,
                    0777,
                    0,
                    0,
                    java.nio.file.attribute.FileTime.fromMillis(0),
                    0,
                    0,
                    Map.of()));
            add(tar, "manifest.json", manifest);
            tar.finish();
        }

        Image image = new ImageArchive(scratch.local())
                .load(new ByteArrayInputStream(bytes.toByteArray()))
                .getFirst();

        assertThat(image.id().hex()).isEqualTo(id);
        assertThat(image.names()).extracting(Reference::familiar).containsExactly("classic:1");
    }

    @Test
    void aDamagedArchiveNamesNothing() throws Exception {
        byte[] layer = new Tar().file("file", "content").bytes();
        byte[] wrong = new Tar().file("file", "CONTENT").bytes();
        byte[] config = config(layer);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("c.json", config);
        files.put("layer.tar", wrong);
        files.put(
                "manifest.json",
                "[{\"Config\":\"c.json\",\"RepoTags\":[\"bad:1\"],\"Layers\":[\"layer.tar\"]}]"
                        .getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> load(files)).hasMessageContaining("digest mismatch");
        files.put(
                "manifest.json",
                "[{\"Config\":\"c.json\",\"RepoTags\":[\"bad:1\"],\"Layers\":[]}]".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> load(files)).hasMessageContaining("0 layers where 1 are wanted");
        files.put(
                "manifest.json",
                "[{\"Config\":\"../../c.json\",\"Layers\":[\"/etc/passwd\"]}]".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> load(files)).hasMessageContaining("\"/etc/passwd\" is missing");
        files.remove("manifest.json");
        assertThatThrownBy(() -> load(files)).hasMessageContaining("neither index.json nor manifest.json");
        files.put("index.json", "{\"manifests\":[]}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> load(files)).hasMessageContaining("no image is in it");

        assertThat(scratch.local().images().list()).isEmpty();
        assertThat(scratch.local().layout().staging()).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker-archive", "oci-archive"})
    void skopeoReadsWhatIsSavedAndIsRead(String transport) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/skopeo")), "needs skopeo");
        LocalImages local = scratch.local();
        byte[] layer =
                new Tar().file("file", "content").hardLink("second", "file").bytes();
        Image image = Tar.image(local, "team/app:1", layer);
        Path ours = scratch.root().resolve("ours.tar");
        Files.write(ours, saved(local, image));
        Path theirs = scratch.root().resolve("theirs.tar");

        run("skopeo", "--insecure-policy", "copy", transport + ":" + ours, transport + ":" + theirs + ":team/app:2");
        Image back;
        try (var in = Files.newInputStream(theirs)) {
            back = new ImageArchive(other.local()).load(in).getFirst();
        }

        assertThat(back.id()).isEqualTo(image.id());
        assertThat(back.names()).extracting(Reference::familiar).containsExactly("team/app:2");
        assertThat(other.local()
                        .snapshots()
                        .prepare("x", back.id())
                        .lowerDirectories()
                        .getFirst()
                        .resolve("second"))
                .hasContent("content");
    }

    private List<Image> load(Map<String, byte[]> files) throws Exception {
        var bytes = new ByteArrayOutputStream();
        var tar = new TarWriter(bytes);
        for (var file : files.entrySet()) {
            add(tar, file.getKey(), file.getValue());
        }
        tar.finish();
        return new ImageArchive(scratch.local()).load(new ByteArrayInputStream(bytes.toByteArray()));
    }

    private static void add(TarWriter tar, String name, byte[] content) throws Exception {
        tar.add(TarEntry.file(name, content.length), new ByteArrayInputStream(content));
    }

    private byte[] config(byte[] layer) throws Exception {
        return new ImageConfig(
                        scratch.local().images().platform(),
                        Optional.empty(),
                        "",
                        RunConfig.EMPTY,
                        List.of(Digest.sha256(layer)),
                        List.of())
                .bytes();
    }

    private static Image image(LocalImages local, String name, String content) throws Exception {
        return Tar.image(local, name, new Tar().file("file", content).bytes());
    }

    private static Digest index(LocalImages local, String name) throws Exception {
        var index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        var manifests = index.putArray("manifests");
        for (String architecture : List.of("arm64", "amd64")) {
            byte[] layer = new Tar().file("file", architecture).bytes();
            var platform = new Platform("linux", architecture, Optional.empty());
            Descriptor blob = local.content().put(MediaTypes.OCI_LAYER, layer);
            var config = new ImageConfig(
                    platform, Optional.empty(), "", RunConfig.EMPTY, List.of(Digest.sha256(layer)), List.of());
            try (var lease = local.content().leases().open()) {
                Digest manifest = local.images().assemble(config, List.of(blob), lease);
                manifests.add(new Descriptor(
                                MediaTypes.OCI_MANIFEST,
                                manifest,
                                local.content().size(manifest),
                                Optional.of(platform),
                                Map.of())
                        .json());
            }
        }
        Digest top =
                local.content().put(MediaTypes.OCI_INDEX, Json.bytes(index)).digest();
        local.images().tag(Reference.parse(name), top);
        return top;
    }

    private static byte[] saved(LocalImages local, Image... images) throws Exception {
        var bytes = new ByteArrayOutputStream();
        new ImageArchive(local).save(List.of(images), bytes);
        return bytes.toByteArray();
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
    }
}
