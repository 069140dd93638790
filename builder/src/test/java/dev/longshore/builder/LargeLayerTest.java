package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Layers are streamed: a process with a small heap makes one that is many times larger. By itself the layer has
/// a few megabytes; `-Dlongshore.largeLayer=5000` makes it five gigabytes, in the same heap.
class LargeLayerTest {

    private static final int MEGABYTES = Integer.getInteger("longshore.largeLayer", 160);
    private static final String HEAP = "-Xmx32m";

    @TempDir
    Path directory;

    @Test
    void aLayerMayBeManyTimesLargerThanTheHeap() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeLayerTest.class.getName(),
                        directory.toString(),
                        String.valueOf(MEGABYTES))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(said).endsWith("built " + MEGABYTES + " MB\n");
    }

    /// Builds the layer; in a process of its own.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path root = Path.of(arguments[0]);
        long bytes = Long.parseLong(arguments[1]) << 20;
        Path context = Files.createDirectory(root.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY large /\n");
        try (var large = new RandomAccessFile(context.resolve("large").toFile(), "rw")) {
            large.setLength(bytes);
        }
        LocalImages images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        var builder = new Builder(images, (step, out, err) -> 1, BaseSource.localOnly(), Time.system());
        builder.start();
        builder.build(BuildRequest.tagged("large"), context, event -> {});
        var image = images.images().get("large");
        Path layer =
                images.layers().directories(image.manifest(), image.config()).getFirst();
        System.out.println("built " + (Files.size(layer.resolve("large")) >> 20) + " MB");
    }
}
