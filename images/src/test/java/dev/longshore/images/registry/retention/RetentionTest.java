package dev.longshore.images.registry.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.access.RepositoryPattern;
import dev.longshore.images.registry.storage.LocalStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {

    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private LocalImages images;
    private LocalStorage storage;

    @BeforeEach
    void open() throws Exception {
        images = LocalImages.open(root, "amd64", time);
        storage = new LocalStorage(images);
    }

    @Test
    void withoutRulesNothingGoes() throws Exception {
        push("app:1", "one");
        time.advance(DAY.multipliedBy(1000));

        assertThat(sweep(RetentionRules.NONE)).isEqualTo(new Retention.Swept(0, 0, swept().freed()));

        assertThat(tags("app")).containsExactly("1");
    }

    @Test
    void theYoungestStayAndWhatIsYoungEnough() throws Exception {
        for (int i = 1; i <= 6; i++) {
            push("ci/app:pr-" + i, "content " + i);
            time.advance(DAY);
        }
        push("ci/app:release", "release");

        Retention.Swept swept =
                sweep(rules("ci/*", "pr-*", 2, DAY.multipliedBy(3).plusHours(1)));

        assertThat(tags("ci/app")).containsExactly("pr-4", "pr-5", "pr-6", "release");
        assertThat(swept.tags()).isEqualTo(3);
        assertThat(swept.freed().blobs()).isGreaterThanOrEqualTo(6);
        assertThat(images.images().get("ci/app:pr-4")).isNotNull();
    }

    @Test
    void aSiblingOfATagThatGoesKeepsTheImage() throws Exception {
        push("app:pr-1", "same");
        push("app:release", "same");
        time.advance(DAY.multipliedBy(10));

        sweep(rules("**", "pr-*", 0, DAY));

        assertThat(tags("app")).containsExactly("release");
        assertThat(images.images().get("app:release")).isNotNull();
    }

    @Test
    void whatAContainerUsesStaysWithItsTag() throws Exception {
        push("app:pr-1", "used");
        images.holds().hold("container", images.images().get("app:pr-1").id());
        time.advance(DAY.multipliedBy(10));

        sweep(rules("**", "**", 0, DAY));
        assertThat(tags("app")).containsExactly("pr-1");

        images.holds().release("container");
        sweep(rules("**", "**", 0, DAY));
        assertThat(tags("app")).isEmpty();
    }

    @Test
    void aSignatureStaysWithItsSubjectAndGoesAfterIt() throws Exception {
        Digest subject = push("app:1", "signed");
        Digest signature = sign("app", subject);
        time.advance(DAY.multipliedBy(10));

        sweep(RetentionRules.NONE);
        assertThat(storage.manifests(Reference.parse("app"))).contains(signature);

        storage.deleteManifest(Reference.parse("app").withDigest(subject));
        sweep(new RetentionRules(List.of(), Optional.empty(), DAY.multipliedBy(11), false));
        assertThat(storage.manifests(Reference.parse("app"))).contains(signature);

        sweep(RetentionRules.NONE);
        assertThat(storage.manifests(Reference.parse("app"))).isEmpty();
        assertThat(images.content().has(signature)).isFalse();
    }

    @Test
    void manifestsWithoutATagGoWhenTheRuleSaysSo() throws Exception {
        Digest old = push("app:latest", "old");
        push("app:latest", "new");
        time.advance(DAY.multipliedBy(2));

        sweep(RetentionRules.NONE);
        assertThat(storage.manifests(Reference.parse("app"))).contains(old);

        sweep(new RetentionRules(List.of(), Optional.of(DAY), DAY, false));
        assertThat(storage.manifests(Reference.parse("app"))).hasSize(1).doesNotContain(old);
        assertThat(images.images().get("app:latest")).isNotNull();
    }

    @Test
    void theSweeperSweepsEverySpanUntilItIsClosed() throws Exception {
        push("app:pr-1", "old");
        var sweeps = new java.util.concurrent.LinkedBlockingQueue<Retention.Swept>();
        var retention = new Retention(storage, rules("**", "**", 0, DAY), time);
        try (var maintenance = new Maintenance(retention, DAY.plusHours(1), time, sweeps::add)) {
            maintenance.start();
            time.advance(DAY.plusHours(2));
            assertThat(sweeps.poll(20, java.util.concurrent.TimeUnit.SECONDS).tags())
                    .isEqualTo(1);
        }
        assertThat(tags("app")).isEmpty();
    }

    @Test
    void aDryRunOnlyTellsWhatWouldGo() throws Exception {
        push("app:pr-1", "old");
        Digest untagged = push("app:latest", "old, too");
        push("app:latest", "new");
        time.advance(DAY.multipliedBy(2));
        RetentionRules rules = rules("**", "pr-*", 0, DAY);

        Retention.Swept told = sweep(new RetentionRules(rules.rules(), Optional.of(DAY), DAY, true));

        assertThat(told.tags()).isEqualTo(1);
        assertThat(told.manifests()).isEqualTo(1);
        assertThat(tags("app")).containsExactly("latest", "pr-1");
        assertThat(storage.manifests(Reference.parse("app"))).hasSize(3).contains(untagged);
    }

    private Retention.Swept swept() {
        return new Retention.Swept(0, 0, new dev.longshore.images.registry.storage.RegistryStorage.Freed(0, 0));
    }

    private Retention.Swept sweep(RetentionRules rules) throws Exception {
        return new Retention(storage, rules, time).sweep();
    }

    private static RetentionRules rules(String repositories, String tags, int keep, Duration age) {
        var rule = new RetentionRules.Rule(new RepositoryPattern(repositories), new RepositoryPattern(tags), keep, age);
        return new RetentionRules(List.of(rule), Optional.empty(), DAY, false);
    }

    private List<String> tags(String repository) {
        return storage.tags(Reference.parse(repository));
    }

    private Digest push(String name, String text) throws Exception {
        byte[] layer = text.getBytes(StandardCharsets.UTF_8);
        var empty = ImageConfig.empty(images.images().platform());
        var config = new ImageConfig(
                empty.platform(), empty.created(), "", empty.run(), List.of(Digest.sha256(layer)), List.of());
        try (var lease = images.content().leases().open()) {
            lease.keep(Digest.sha256(layer));
            Descriptor stored = images.content().put(MediaTypes.OCI_LAYER, layer);
            Digest target = images.images().assemble(config, List.of(stored), lease);
            storage.put(Reference.parse(name), target, images.content().read(target));
            return target;
        }
    }

    private Digest sign(String repository, Digest subject) throws Exception {
        byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
        images.content().put(MediaTypes.OCI_CONFIG, config);
        var tree = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
        tree.set(
                "config",
                Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(config), config.length)
                        .json());
        tree.putArray("layers");
        tree.set("subject", Descriptor.of(MediaTypes.OCI_MANIFEST, subject, 1).json());
        byte[] bytes = Json.bytes(tree);
        Digest digest = Digest.sha256(bytes);
        images.content().put(MediaTypes.OCI_MANIFEST, bytes);
        storage.put(Reference.parse(repository).withDigest(digest), digest, bytes);
        images.content().touch(digest, time.now());
        return digest;
    }
}
