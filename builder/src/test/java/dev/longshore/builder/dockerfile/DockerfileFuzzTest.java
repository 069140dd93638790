package dev.longshore.builder.dockerfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.longshore.builder.checks.Checks;
import dev.longshore.builder.checks.Surroundings;
import dev.longshore.builder.graph.Platforms;
import dev.longshore.images.Platform;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// The parser, the commands, the checks and the expansion against any bytes: nothing but a refusal may come of
/// them. Looks for such bytes with `-Djazzer`, one method at a time; those once found lie in
/// `DockerfileFuzzTestInputs`, which [FoundInputsTest] goes through in every build.
@EnabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = ".+")
class DockerfileFuzzTest {

    private static final Platform AMD64 = Platform.parse("linux/amd64");
    private static final Surroundings PLAIN = Surroundings.plain(new Platforms(AMD64, AMD64));
    private static final Map<String, String> VARIABLES = Map.of("A", "a*/b?c", "B", "", "C", "$A");

    @FuzzTest(maxDuration = "2m")
    void fileIsReadOrRefused(byte[] bytes) {
        file(bytes);
    }

    @FuzzTest(maxDuration = "2m")
    void wordIsExpandedOrRefused(byte[] bytes) {
        word(bytes);
    }

    static void file(byte[] bytes) {
        Checks.of("Dockerfile", new String(bytes, StandardCharsets.UTF_8), PLAIN)
                .json();
    }

    static void word(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        for (char escape : new char[] {'\\', '`'}) {
            try {
                Words.trace(text, escape, VARIABLES);
                Words.expandToWords(text, escape, VARIABLES);
                Words.expandDocument(text, VARIABLES);
            } catch (IllegalArgumentException refused) {
                continue;
            }
        }
    }
}
