package dev.longshore.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/// What is built in the packaging benchmark: the same each time, but for what changes on purpose.
final class BenchContexts {

    static final String BASE = "longshore.local/busybox";

    private static final int FILES = 20_000;
    private static final int FILES_A_DIRECTORY = 20;
    private static final int DIRECTORIES_A_PACKAGE = 20;
    private static final int WORDS = 4000;
    private static final int LARGEST = 40_000;
    private static final int LAYERS = 5;

    private BenchContexts() {}

    /// Ten steps in four stages, two of which can be built side by side.
    static Path stages(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("src"));
        for (int i = 0; i < 100; i++) {
            Files.writeString(directory.resolve("src/f" + i + ".txt"), ("line " + i + "\n").repeat(200));
        }
        Files.writeString(directory.resolve("Dockerfile"), """
                FROM %s AS base
                RUN mkdir -p /app/data && echo base > /app/base
                FROM base AS one
                COPY src /src
                RUN cat /src/*.txt | sha256sum > /app/one
                RUN i=0; while [ $i -lt 200 ]; do echo $i > /app/data/$i; i=$((i+1)); done
                FROM base AS two
                RUN dd if=/dev/zero of=/app/zeros bs=1024 count=8192
                RUN echo two > /app/two
                FROM base
                COPY --from=one /app /one
                COPY --from=two /app /two
                RUN cp -r /one /three
                CMD ["cat", "/one/one"]
                """.formatted(BASE));
        return directory;
    }

    /// A tree of sources: 20,000 files, most of them small, 61 MB together.
    static Path manyFiles(Path directory) throws IOException {
        var random = new Random(7);
        var words = new String[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = "w%05d ".formatted(random.nextInt(99_999));
        }
        for (int i = 0; i < FILES; i++) {
            Path parent = directory.resolve("src/p%03d/m%02d"
                    .formatted(
                            i / FILES_A_DIRECTORY / DIRECTORIES_A_PACKAGE,
                            i / FILES_A_DIRECTORY % DIRECTORIES_A_PACKAGE));
            Files.createDirectories(parent);
            var text = new StringBuilder();
            double size = Math.min(LARGEST, 700 / Math.pow(1 - random.nextDouble(), 1 / 1.1));
            while (text.length() < size) {
                text.append(words[random.nextInt(WORDS)]);
            }
            Files.writeString(parent.resolve("f%05d.js".formatted(i)), text, StandardCharsets.US_ASCII);
        }
        Files.writeString(directory.resolve("Dockerfile"), "FROM " + BASE + "\nCOPY . /app\n");
        return directory;
    }

    /// Changes one file of [#manyFiles].
    static void change(Path directory, String content) throws IOException {
        Files.writeString(directory.resolve("src/p025/m10/f10205.js"), content);
    }

    /// A context for an image of `megabytes`, in five layers that nothing can make smaller, and that nobody has seen.
    static Path large(Path directory, int megabytes, long seed) throws IOException {
        Files.createDirectories(directory);
        var random = new Random(seed);
        byte[] piece = new byte[1 << 20];
        var dockerfile = new StringBuilder("FROM scratch\n");
        for (int layer = 0; layer < LAYERS; layer++) {
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(directory.resolve("part" + layer)))) {
                for (int i = 0; i < megabytes / LAYERS; i++) {
                    random.nextBytes(piece);
                    out.write(piece);
                }
            }
            dockerfile.append("COPY part").append(layer).append(" /\n");
        }
        Files.writeString(directory.resolve("Dockerfile"), dockerfile);
        return directory;
    }
}
