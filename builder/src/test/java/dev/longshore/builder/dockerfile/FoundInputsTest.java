package dev.longshore.builder.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What [DockerfileFuzzTest] begins with and has found, once more.
class FoundInputsTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TestFactory
    Stream<DynamicTest> files() throws Exception {
        return inputs("fileIsReadOrRefused", DockerfileFuzzTest::file);
    }

    @TestFactory
    Stream<DynamicTest> words() throws Exception {
        return inputs("wordIsExpandedOrRefused", DockerfileFuzzTest::word);
    }

    private static Stream<DynamicTest> inputs(String method, Consumer<byte[]> target) throws Exception {
        List<Path> files;
        try (Stream<Path> found = Files.list(directory(method))) {
            files = found.sorted().toList();
        }
        assertThat(files).isNotEmpty();
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    byte[] bytes = Files.readAllBytes(file);
                    Assertions.assertTimeoutPreemptively(LIMIT, () -> target.accept(bytes));
                }));
    }

    private static Path directory(String method) throws URISyntaxException {
        String name = "DockerfileFuzzTestInputs/" + method;
        return Path.of(Objects.requireNonNull(FoundInputsTest.class.getResource(name), name)
                .toURI());
    }
}
