package dev.longshore.kubelet.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.runtime.Images;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageAccessTest {

    private static final String IMAGE = "r.example/a:1";
    private static final String REF = Digest.sha256(new byte[0]).toString();

    @TempDir
    Path directory;

    @Test
    void whatWasHereBeforeIsForEverybody() {
        assertThat(access().mustPull(IMAGE, REF, List::of)).isFalse();
        assertThat(access(ImageAccess.Policy.ALWAYS_VERIFY).mustPull(IMAGE, REF, List::of))
                .isTrue();
        assertThat(access(ImageAccess.Policy.NEVER_VERIFY_ALLOWLISTED_IMAGES).mustPull(IMAGE, REF, List::of))
                .isTrue();
        assertThat(access(ImageAccess.Policy.NEVER_VERIFY_ALLOWLISTED_IMAGES).mustPull("free.example/b", REF, List::of))
                .isFalse();
    }

    @Test
    void whatWasGotWithoutCredentialsIsForEverybody() {
        pulled(Optional.empty());

        assertThat(access().mustPull(IMAGE, REF, List::of)).isFalse();
        assertThat(access().mustPull("r.example/other:1", REF, List::of)).isTrue();
    }

    @Test
    void whatASecretOpenedIsForThoseWhoHaveItOrTheSameCredentials() {
        PullKey mine = key("mine", "p");
        pulled(Optional.of(mine));

        assertThat(access().mustPull(IMAGE, REF, List::of)).isTrue();
        assertThat(access().mustPull("r.example/a:2", REF, () -> List.of(mine))).isFalse();
        assertThat(access().mustPull(IMAGE, REF, () -> List.of(key("other", "x"))))
                .isTrue();
        assertThat(access().mustPull(IMAGE, REF, () -> List.of(key("other", "p"))))
                .isFalse();
        assertThat(access().mustPull(IMAGE, REF, () -> List.of(key("mine", "changed"))))
                .isFalse();
        // What the secret held before opens nothing any more, but another one that was seen still does.
        assertThat(access().mustPull(IMAGE, REF, () -> List.of(key("third", "changed"))))
                .isFalse();
    }

    @Test
    void noticesThatAnEarlierRunWasPulling() throws Exception {
        access().begin(IMAGE);

        assertThat(access().mustPull(IMAGE, REF, List::of)).isTrue();

        ImageAccess next = access();
        next.settle(List.of(new Images.ImageStatus(Digest.parse(REF), List.of(IMAGE), List.of(), 1, Optional.empty())));
        assertThat(next.mustPull(IMAGE, REF, List::of)).isTrue();
        try (var left = Files.list(directory.resolve("pulling"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void notesPullsAsTheOriginalDoes() throws Exception {
        pulled(Optional.of(key("mine", "p")));

        try (var files = Files.list(directory.resolve("pulled"))) {
            Path file = files.findFirst().orElseThrow();
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
            var record = Json.parse(Files.readAllBytes(file));
            assertThat(record.path("kind").asString()).isEqualTo("ImagePulledRecord");
            assertThat(record.path("imageRef").asString()).isEqualTo(REF);
            assertThat(record.path("credentialMapping")
                            .path("r.example/a")
                            .path("kubernetesSecrets")
                            .path(0)
                            .path("name")
                            .asString())
                    .isEqualTo("mine");
            Files.writeString(file, "rubbish");
        }
        assertThat(access().mustPull(IMAGE, REF, List::of)).isFalse();
        access().settle(List.of());
    }

    @Test
    void forgetsImagesThatAreGone() {
        pulled(Optional.of(key("mine", "p")));
        access().settle(List.of());

        assertThat(access().mustPull(IMAGE, REF, List::of)).isFalse();
    }

    private void pulled(Optional<PullKey> key) {
        ImageAccess access = access();
        access.begin(IMAGE);
        access.pulled(IMAGE, REF, key);
    }

    private static PullKey key(String secret, String password) {
        return PullKey.of(
                new Images.Credentials("u", password, ""),
                new PullKey.Source.OfSecret("uid-" + secret, "default", secret));
    }

    private ImageAccess access() {
        return access(ImageAccess.Policy.NEVER_VERIFY_PRELOADED_IMAGES);
    }

    private ImageAccess access(ImageAccess.Policy policy) {
        return new ImageAccess(Optional.of(directory), policy, List.of("free.example/*"), Time.system());
    }
}
