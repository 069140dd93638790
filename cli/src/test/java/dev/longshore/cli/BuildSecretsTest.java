package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BuildSecretsTest {

    private final Map<String, String> variables = Map.of("TOKEN", "from the environment", "both", "variable");

    @Test
    void secretsComeFromFilesAndVariables(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "from a file");

        JsonNode line = line(List.of("id=a,src=" + file, "id=b,env=TOKEN", "id=both", "id=TOKEN,type=env"), List.of());

        assertThat(secret(line, "a")).isEqualTo("from a file");
        assertThat(secret(line, "b")).isEqualTo("from the environment");
        assertThat(secret(line, "both")).isEqualTo("variable");
        assertThat(secret(line, "TOKEN")).isEqualTo("from the environment");
    }

    @Test
    void whatIsNotThereIsSaidWithoutAnySecret(@TempDir Path folder) {
        assertThatThrownBy(() -> line(List.of("id=a,env=NONE"), List.of()))
                .hasMessage("--secret a: the variable NONE is not set");
        assertThatThrownBy(() -> line(List.of("id=a,src=" + folder.resolve("none")), List.of()))
                .hasMessageContaining("--secret a: cannot read");
        assertThatThrownBy(() -> line(List.of("src=x"), List.of())).hasMessageContaining("write id=ID,src=FILE");
        assertThatThrownBy(() -> line(List.of(), List.of("default"))).hasMessageContaining("SSH_AUTH_SOCK is not set");
    }

    @Test
    void aKeyIsNoAgent(@TempDir Path folder) throws Exception {
        Path key = Files.writeString(folder.resolve("id_ed25519"), "key");

        assertThatThrownBy(() -> line(List.of(), List.of("default=" + key))).hasMessageContaining("ssh-add");
    }

    private JsonNode line(List<String> secrets, List<String> agents) {
        byte[] line = new BuildSecrets(name -> Optional.ofNullable(variables.get(name)))
                .with(secrets, agents)
                .line();
        assertThat(line[line.length - 1]).isEqualTo((byte) '\n');
        return Json.parse(line);
    }

    private static String secret(JsonNode line, String id) {
        return new String(
                Base64.getDecoder().decode(line.path("secrets").path(id).asString()), StandardCharsets.UTF_8);
    }
}
