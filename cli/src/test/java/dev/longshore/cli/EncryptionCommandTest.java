package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Yaml;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

class EncryptionCommandTest {

    @TempDir
    private Path directory;

    private final StringWriter output = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new EncryptionCommand())
                .setOut(new PrintWriter(output))
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    output.append(failure.getMessage());
                    return 1;
                })
                .execute(arguments);
    }

    private JsonNode providers() throws IOException {
        return Yaml.parse(Files.readString(file())).path("resources").path(0).path("providers");
    }

    private Path file() {
        return directory.resolve("keys.yaml");
    }

    @Test
    void initWritesANewKeyThatOnlyItsOwnerReads() throws IOException {
        assertThat(run("init", file().toString(), "--resources", "secrets,configmaps"))
                .isZero();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        JsonNode entry = Yaml.parse(Files.readString(file())).path("resources").path(0);
        assertThat(entry.path("resources").toString()).isEqualTo("[\"secrets\",\"configmaps\"]");
        JsonNode key = providers().path(0).path("aesgcm").path("keys").path(0);
        assertThat(key.path("name").asString()).isEqualTo("key1");
        assertThat(Base64.getDecoder().decode(key.path("secret").asString())).hasSize(32);
        assertThat(providers().path(1).has("identity")).isTrue();
        assertThat(output.toString())
                .contains("longshore up --encryption-provider-config " + file())
                .doesNotContain(key.path("secret").asString());
    }

    @Test
    void initLeavesWhatIsThere() throws IOException {
        Files.writeString(file(), "mine");
        assertThat(run("init", file().toString())).isEqualTo(1);
        assertThat(file()).content().isEqualTo("mine");
        assertThat(output.toString()).contains("is there already");
    }

    @Test
    void rotatePutsANewKeyBeforeTheOthers() throws IOException {
        run("init", file().toString());
        assertThat(run("rotate", file().toString())).isZero();
        assertThat(run("rotate", file().toString())).isZero();

        assertThat(providers().path(0).path("aesgcm").path("keys"))
                .extracting(key -> key.path("name").asString())
                .containsExactly("key3", "key2", "key1");
        assertThat(output.toString()).contains("new objects are encrypted with key3");
    }

    @Test
    void rotateWritesFirstWithItsOwnProvider() throws IOException {
        Files.writeString(
                file(),
                "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{resources: [secrets],"
                        + " providers: [{aescbc: {keys: [{name: key1, secret: b2xkIGtleSBvZiAxNiBieQ==}]}}, {identity: {}}]}]}");
        assertThat(run("rotate", file().toString())).isZero();

        assertThat(providers()
                        .path(0)
                        .path("aesgcm")
                        .path("keys")
                        .path(0)
                        .path("name")
                        .asString())
                .isEqualTo("key2");
        assertThat(providers().path(1).has("aescbc")).isTrue();
        assertThat(providers()).hasSize(3);
    }

    @Test
    void statusWithoutAServerSaysHowToStartOne() {
        assertThat(run("status", "--data-dir", directory.toString())).isEqualTo(1);
        assertThat(output.toString()).contains("start the platform with `longshore up`");
    }
}
