package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {

    private static final String DIGEST = "sha256:" + "a".repeat(64);

    @ParameterizedTest
    @CsvSource({
        "hello:1, docker.io/library/hello:1, hello:1",
        "hello, docker.io/library/hello, hello",
        "team/app, docker.io/team/app, team/app",
        "docker.io/hello, docker.io/library/hello, hello",
        "index.docker.io/team/app:x, docker.io/team/app:x, team/app:x",
        "longshore.local/busybox, longshore.local/busybox, longshore.local/busybox",
        "127.0.0.1:5000/hello:1, 127.0.0.1:5000/hello:1, 127.0.0.1:5000/hello:1",
        "localhost/hello, localhost/hello, localhost/hello",
        "[::1]:5000/a/b:2, [::1]:5000/a/b:2, [::1]:5000/a/b:2"
    })
    void namesAreNormalised(String text, String full, String familiar) {
        Reference reference = Reference.parse(text);

        assertThat(reference).hasToString(full);
        assertThat(reference.familiar()).isEqualTo(familiar);
        assertThat(Reference.parse(full)).isEqualTo(reference);
        assertThat(Reference.parse(familiar)).isEqualTo(reference);
    }

    @Test
    void tagAndDigestMayStandTogether() {
        Reference reference = Reference.parse("hello:1@" + DIGEST);

        assertThat(reference.tag()).contains("1");
        assertThat(reference.digest())
                .hasValueSatisfying(digest -> assertThat(digest).hasToString(DIGEST));
        assertThat(reference.withDefaultTag()).isEqualTo(reference);
    }

    @Test
    void withoutATagTheLatestIsMeant() {
        assertThat(Reference.parse("hello").withDefaultTag()).isEqualTo(Reference.parse("hello:latest"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Hello",
                "hello:",
                "hello:!",
                "a//b",
                "-a",
                "a b",
                "hello@sha256:1",
                "../up",
                "a/../b",
                "hello:1:2",
                "example.com/",
                "a@",
                "x:" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void otherTextIsNoName(String text) {
        assertThatThrownBy(() -> Reference.parse(text))
                .isInstanceOfSatisfying(
                        ImageFaultException.class,
                        refused -> assertThat(refused.fault()).isInstanceOf(ImageFault.InvalidReference.class));
    }

    @Test
    void anIdIsNoName() {
        assertThatThrownBy(() -> Reference.parse("a".repeat(64))).hasMessageContaining("64-byte hexadecimal");
    }
}
