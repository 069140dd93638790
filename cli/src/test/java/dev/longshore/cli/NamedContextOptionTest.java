package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What `--build-context` tells the engine, and sends.
class NamedContextOptionTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker-image://alpine:3",
                "https://example.com/x.git#main:d",
                "http://example.com/x.tar",
                "git://example.com/x",
                "ssh://git@example.com/x",
                "git@example.com:x/y",
                "github.com/x/y"
            })
    void addressesAreTheEnginesToFetch(String value) throws Exception {
        var option = NamedContextOption.of(List.of("n=" + value));

        assertThat(option.list().toString()).isEqualTo("[{\"name\":\"n\",\"value\":\"" + value + "\"}]");
        assertThat(option.archives()).isEmpty();
    }

    @Test
    void aDirectoryIsSentInPieces() throws Exception {
        Files.writeString(folder.resolve("f"), "x".repeat(200_000));

        var option = NamedContextOption.of(List.of("a=docker-image://b", "src=" + folder));

        assertThat(option.list().toString()).endsWith("{\"name\":\"src\",\"archive\":\"directory\"}]");
        try (InputStream in = option.archives().getFirst().open()) {
            assertThat(new String(unframed(in), StandardCharsets.ISO_8859_1))
                    .startsWith("f\0")
                    .contains("x".repeat(200_000));
        }
    }

    @Test
    void ofALayoutOnlyWhatTheImageNeedsIsSent() throws Exception {
        String layer = blob("layer");
        String other = blob("other");
        String config = blob("{}");
        String manifest =
                blob("{\"config\":{\"digest\":\"%s\"},\"layers\":[{\"digest\":\"%s\"}]}".formatted(config, layer));
        String second =
                blob("{\"config\":{\"digest\":\"%s\"},\"layers\":[{\"digest\":\"%s\"}]}".formatted(config, other));
        Files.writeString(
                folder.resolve("index.json"),
                "{\"manifests\":[{\"digest\":\"%s\",\"annotations\":{\"org.opencontainers.image.ref.name\":\"1\"}},{\"digest\":\"%s\"}]}"
                        .formatted(manifest, second));

        assertThat(sent("oci-layout://" + folder + ":1"))
                .contains(hex(manifest), "layer")
                .doesNotContain("other");
        assertThat(sent("oci-layout://" + folder + "@" + second)).contains(hex(second), "other");
        assertThat(target("oci-layout://" + folder + ":1")).isEqualTo(manifest);
        assertThatThrownBy(() -> target("oci-layout://" + folder))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no image there is called latest; write oci-layout://DIR:TAG");
        assertThatThrownBy(() -> target("oci-layout://" + folder + "/none"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("there is no OCI image layout in");
    }

    @Test
    void theOnlyImageOfALayoutNeedsNoName() throws Exception {
        String manifest = blob("{}");
        Files.writeString(folder.resolve("index.json"), "{\"manifests\":[{\"digest\":\"%s\"}]}".formatted(manifest));

        assertThat(target("oci-layout://" + folder)).isEqualTo(manifest);
    }

    @Test
    void whatIsNoContextSaysWhatToWrite() {
        assertThatThrownBy(() -> NamedContextOption.of(List.of("n")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("invalid context value: n, expected NAME=VALUE: a directory,");
        assertThatThrownBy(() -> NamedContextOption.of(List.of("n=" + folder + "/none")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no such directory: " + folder + "/none");
    }

    private static String target(String value) throws IOException {
        JsonNode list = NamedContextOption.of(List.of("n=" + value)).list();
        assertThat(list.path(0).path("archive").asString()).isEqualTo("oci-layout");
        return list.path(0).path("digest").asString();
    }

    private static String sent(String value) throws IOException {
        try (InputStream in = NamedContextOption.of(List.of("n=" + value))
                .archives()
                .getFirst()
                .open()) {
            return new String(unframed(in), StandardCharsets.ISO_8859_1);
        }
    }

    private String blob(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(bytes);
        Files.createDirectories(folder.resolve("blobs/sha256"));
        Files.write(folder.resolve("blobs/sha256").resolve(digest.hex()), bytes);
        return digest.toString();
    }

    private static String hex(String digest) {
        return Digest.parse(digest).hex();
    }

    private static byte[] unframed(InputStream in) throws IOException {
        var data = new DataInputStream(in);
        var out = new java.io.ByteArrayOutputStream();
        for (int length = data.readInt(); length > 0; length = data.readInt()) {
            out.write(data.readNBytes(length));
        }
        assertThat(data.read()).isNegative();
        return out.toByteArray();
    }
}
