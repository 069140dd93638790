package dev.longshore.builder.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What names of contexts and their values mean.
class NamedContextsTest {

    private static final Platform HERE = Platform.parse("linux/amd64");
    private static final NamedContext SOME = new NamedContext.Nothing();

    @ParameterizedTest
    @CsvSource({
        "busybox, busybox:latest",
        "busybox:latest, docker.io/library/busybox",
        "docker.io/library/busybox, busybox",
        "registry.example/a/b:1, registry.example/a/b:1",
        "src, src",
        "src, SRC:latest",
    })
    void aNameIsAnImagesHoweverItIsWritten(String given, String wanted) {
        var contexts = NamedContexts.NONE.with(given, SOME);

        Optional<String> found = contexts.find(wanted, HERE);

        // A stage's name is in lower case already; an image's never has another.
        assertThat(found.isPresent()).isEqualTo(!wanted.startsWith("SRC"));
    }

    @Test
    void anotherTagIsAnotherName() {
        var contexts = NamedContexts.NONE.with("busybox:1.36", SOME);

        assertThat(contexts.find("busybox", HERE)).isEmpty();
        assertThat(contexts.find("busybox:1.36", HERE)).contains("busybox:1.36");
    }

    @Test
    void aContextForAPlatformComesBeforeTheOneForAll() {
        var contexts = NamedContexts.NONE
                .with("base", SOME)
                .with("base::arm64", new NamedContext.OfImage(Reference.parse("other:1")));

        assertThat(contexts.find("base", Platform.parse("linux/arm64"))).contains("base::linux/arm64");
        assertThat(contexts.find("base", HERE)).contains("base");
    }

    @Test
    void aStagesNameThatNoImageCanHaveIsNoContexts() {
        assertThat(NamedContexts.NONE.with("a", SOME).find("a_", HERE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "a b", "a::nonsense/x/y/z", "scratch", "context", "a:b:c"})
    void whatIsNoNameIsRefused(String name) {
        assertThatThrownBy(() -> NamedContexts.NONE.with(name, SOME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }

    @Test
    void aValueIsAnImageOrAnAddress() {
        assertThat(NamedContext.parse("n", "docker-image://alpine"))
                .isEqualTo(new NamedContext.OfImage(Reference.parse("alpine:latest")));
        assertThat(NamedContext.parse("n", "docker-image:alpine:3@sha256:" + "a".repeat(64)))
                .isEqualTo(new NamedContext.OfImage(Reference.parse("alpine:3@sha256:" + "a".repeat(64))));
        assertThat(NamedContext.parse("n", "docker-image://scratch")).isEqualTo(new NamedContext.Nothing());
        assertThat(NamedContext.parse("n", "https://example.com/x.git#v1:d"))
                .isEqualTo(new NamedContext.OfAddress("https://example.com/x.git#v1:d"));
    }

    @Test
    void anotherValueIsRefusedWithoutItsPassword() {
        assertThatThrownBy(() -> NamedContext.parse("n", "ftp://me:secret@example.com/x"))
                .hasMessageStartingWith("unsupported build context ftp://me:xxxxx@example.com/x for n: write ");
        assertThatThrownBy(() -> NamedContext.parse("n", "docker-image://A")).hasMessageContaining("must be lowercase");
    }
}
