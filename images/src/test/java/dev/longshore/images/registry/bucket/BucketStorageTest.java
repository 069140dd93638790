package dev.longshore.images.registry.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketStorageTest {

    private static final Reference APP = Reference.parse("team/app");

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private MemoryBucket bucket;
    private BucketStorage storage;

    @BeforeEach
    void open() throws Exception {
        bucket = new MemoryBucket(time);
        storage = new BucketStorage(bucket, LocalImages.open(root, "amd64", time));
    }

    @Test
    void whatNothingNeedsGoesAfterADay() throws Exception {
        Digest needed = blob("needed");
        Digest loose = blob("loose");
        manifest("1", needed);

        assertThat(storage.collect().blobs()).isZero();
        time.advance(Duration.ofDays(2));
        assertThat(storage.collect().blobs()).isEqualTo(1);

        assertThat(storage.blob(APP, needed)).isPresent();
        assertThat(storage.blob(APP, loose)).isEmpty();
    }

    @Test
    void aPushThatCountsOnAnOldBlobKeepsIt() throws Exception {
        Digest old = blob("old");
        time.advance(Duration.ofDays(2));

        assertThat(storage.blob(APP, old)).isPresent();
        assertThat(storage.collect().blobs()).isZero();

        manifest("1", old);
        time.advance(Duration.ofDays(2));
        assertThat(storage.collect().blobs()).isZero();
    }

    @Test
    void aDeletedManifestFreesItsBlobsButNotThoseOfOthers() throws Exception {
        Digest shared = blob("shared");
        Digest own = blob("own");
        manifest("1", shared);
        Digest second = manifest("2", own);
        storage.deleteManifest(APP.withDigest(second));
        time.advance(Duration.ofDays(2));

        assertThat(storage.collect().blobs()).isEqualTo(2);

        assertThat(storage.tags(APP)).containsExactly("1");
        assertThat(storage.blob(APP, shared)).isPresent();
        assertThat(storage.repositories()).containsExactly("docker.io/team/app");
    }

    @Test
    void anotherMachineSeesTheSame() throws Exception {
        manifest("1", blob("content"));

        var other = new BucketStorage(bucket, LocalImages.open(root.resolve("other"), "amd64", time));

        assertThat(other.tags(APP)).containsExactly("1");
        assertThat(other.manifest(APP.withDigest(other.target(APP.withTag("1")).orElseThrow())))
                .isPresent();
    }

    @Test
    void whatAContainerOfThisMachineUsesIsKnown() throws Exception {
        var local = LocalImages.open(root.resolve("machine"), "amd64", time);
        var here = new BucketStorage(bucket, local);
        Digest target;
        try (var lease = local.content().leases().open()) {
            target = local.images().assemble(ImageConfig.empty(local.images().platform()), List.of(), lease);
            local.images().tag(Reference.parse("registry.example/team/app:1"), target);
        }
        assertThat(here.isUsed(APP, target)).isFalse();

        local.holds().hold("pod", local.images().byTarget(target).orElseThrow().id());

        assertThat(here.isUsed(APP, target)).isTrue();
    }

    @Test
    void whatWasPushedCountsBeforeItsManifestComes() throws Exception {
        Digest blob = blob("1234567");

        assertThat(storage.holdings(APP)).containsExactly(java.util.Map.entry(blob, 7L));
    }

    private Digest blob(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String upload = storage.begin(APP);
        storage.append(APP, upload, 0, new ByteArrayInputStream(bytes));
        storage.finish(APP, upload, Digest.sha256(bytes));
        return Digest.sha256(bytes);
    }

    private Digest manifest(String tag, Digest config) throws Exception {
        var tree = Json.object().put("schemaVersion", 2);
        tree.putObject("config")
                .put("mediaType", "application/x")
                .put("digest", config.toString())
                .put("size", 1);
        tree.putArray("layers");
        byte[] bytes = Json.bytes(tree);
        storage.put(APP.withTag(tag), Digest.sha256(bytes), bytes);
        return Digest.sha256(bytes);
    }
}
