package dev.longshore.builder.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IgnoreFileTest {

    @ParameterizedTest
    @CsvSource({
        "*.log, a.log, true",
        "*.log, dir/a.log, false",
        "**/*.log, a.log, true",
        "**/*.log, x/y/a.log, true",
        "dir, dir/below/file, true",
        "/dir/, dir/file, true",
        "dir/*, dir/a, true",
        "dir/*, other/a, false",
        "a?c, abc, true",
        "a?c, a/c, false",
        "[ab].txt, b.txt, true",
        "[^ab].txt, b.txt, false",
        "**, anything/at/all, true",
        "a.b, axb, false"
    })
    void patternsMatchAsDockersDo(String pattern, String path, boolean isIgnored) {
        assertThat(IgnoreFile.parse(pattern).ignores(path)).isEqualTo(isIgnored);
    }

    @ParameterizedTest
    @CsvSource({"README.md, false", "NOTES.md, true", "docs/README.md, false", "src/a, false", "secret.md, true"})
    void theLastMatchingLineDecides(String path, boolean isIgnored) {
        var file = IgnoreFile.parse("# comment\n\n*.md\n!README.md\n!secret.md\nsecret*\n");

        assertThat(file.ignores(path)).isEqualTo(isIgnored);
    }
}
