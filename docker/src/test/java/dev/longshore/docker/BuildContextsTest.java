package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpServer;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Contexts that come by name in the body of `POST /build`.
class BuildContextsTest {

    private Path root;
    private LocalImages images;
    private DistributionClient client;
    private HttpServer engine;

    @BeforeEach
    void start() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        root = Files.createTempDirectory("contexts-test");
        images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        var builder = new Builder(images, (step, out, err) -> 0, BaseSource.localOnly(), Time.system());
        builder.start();
        client = new DistributionClient(images, Set.of());
        engine = new HttpServer("docker", new DockerEngine(images, builder, client, "0.1.0", Time.system()));
        engine.listen(root.resolve("docker.sock"));
    }

    @AfterEach
    void stop() throws Exception {
        if (root != null) {
            assertThat(images.layout()
                            .root()
                            .resolve("staging")
                            .resolve(images.layout().bootId()))
                    .isEmptyDirectory();
            engine.close();
            client.close();
            new ProcessBuilder("rm", "-rf", root.toString()).start().waitFor();
        }
    }

    @Test
    void directoriesAreSentBeforeTheContext() throws Exception {
        String said = build(
                "[{\"name\":\"one\",\"archive\":\"directory\"},{\"name\":\"none\",\"value\":\"docker-image://scratch\"},"
                        + "{\"name\":\"two\",\"archive\":\"directory\"}]",
                framed(Map.of("f", "1")),
                framed(Map.of("f", "2".repeat(100_000))),
                archive(Map.of(
                        "Dockerfile", "FROM none\nCOPY --from=one f /1\nCOPY --from=two f /2\nCOPY f /0\n", "f", "0")));

        assertThat(said).contains("Successfully tagged app:1");
        Image image = images.images().get("app:1");
        var tree = images.layers().merged(images.layers().directories(image.manifest(), image.config()));
        assertThat(Files.readString(tree.find("/0").orElseThrow())).isEqualTo("0");
        assertThat(Files.readString(tree.find("/1").orElseThrow())).isEqualTo("1");
        assertThat(Files.size(tree.find("/2").orElseThrow())).isEqualTo(100_000);
    }

    @Test
    void whatIsNoContextIsRefusedAndNothingStays() throws Exception {
        byte[] dockerfile = archive(Map.of("Dockerfile", "FROM scratch\nLABEL a=b\n"));

        assertThat(build(
                        "[{\"name\":\"a\",\"archive\":\"directory\"},{\"name\":\"b\",\"value\":\"nonsense\"}]",
                        framed(Map.of("f", "1")),
                        dockerfile))
                .contains("unsupported build context nonsense for b: write docker-image://REFERENCE");
        assertThat(build("[{\"name\":\"A\",\"value\":\"docker-image://x\"}]", dockerfile))
                .contains("invalid context name A: ");
        assertThat(build("[{\"name\":\"a\",\"archive\":\"zip\"}]", dockerfile))
                .contains("unknown archive \\\"zip\\\" of the build context a");
        assertThat(build("[{\"name\":\"a\",\"archive\":\"oci-layout\",\"digest\":\"x\"}]", dockerfile))
                .contains("message");
        assertThat(build("[{\"name\":\"a\",\"archive\":\"directory\"}]", new byte[] {0x7f, 0, 0, 0}))
                .contains("pieces of at most");
        assertThat(images.images().list()).isEmpty();
    }

    private String build(String contexts, byte[]... parts) throws Exception {
        var body = new ByteArrayOutputStream();
        body.writeBytes(("{\"contexts\":" + contexts + "}\n").getBytes(StandardCharsets.UTF_8));
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        var call = HttpDialer.Call.of(
                "POST",
                "/build?t=app:1",
                Headers.of("Content-Type", "application/vnd.longshore.build"),
                body.toByteArray());
        try (var dialer = HttpDialer.unix(root.resolve("docker.sock"));
                var answer = dialer.exchange(call, Duration.ofMinutes(1))) {
            return answer.text();
        }
    }

    private static byte[] archive(Map<String, String> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var tar = new TarWriter(bytes);
        for (var file : files.entrySet()) {
            byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
            tar.add(TarEntry.file(file.getKey(), content.length), new ByteArrayInputStream(content));
        }
        tar.finish();
        return bytes.toByteArray();
    }

    private static byte[] framed(Map<String, String> files) throws IOException {
        byte[] archive = archive(files);
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        for (int at = 0; at < archive.length; at += 5_000) {
            int length = Math.min(5_000, archive.length - at);
            out.writeInt(length);
            out.write(archive, at, length);
        }
        out.writeInt(0);
        return bytes.toByteArray();
    }
}
