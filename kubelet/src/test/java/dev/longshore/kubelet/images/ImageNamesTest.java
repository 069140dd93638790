package dev.longshore.kubelet.images;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNamesTest {

    private static final String DIGEST = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nginx",
                "nginx:1.25",
                "r.example:5000/a/b_c/d-e:V1",
                "localhost/a",
                "[::1]:5000/a",
                "a" + DIGEST,
                "r.example:5000/a:1" + DIGEST
            })
    void takesWhatNamesAnImage(String image) {
        assertThat(ImageNames.problem(image)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|invalid reference format",
                "` nginx`|invalid reference format",
                "nginx:|invalid reference format",
                "a@sha256:12|invalid reference format",
                "a//b|invalid reference format",
                "UPPER:1|invalid reference format: repository name (library/UPPER) must be lowercase",
                "r.example/Up|invalid reference format: repository name (r.example/Up) must be lowercase",
            })
    void saysWhatIsWrongWithOthers(String image, String problem) {
        assertThat(ImageNames.problem(image)).isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource({"a, a", "a:1, a", "r.example:5000/a, r.example:5000/a", "r.example:5000/a:1@sha256:0, r.example:5000/a"
    })
    void tellsNameFromTagAndDigest(String image, String repository) {
        assertThat(ImageNames.repository(image)).isEqualTo(repository);
    }
}
