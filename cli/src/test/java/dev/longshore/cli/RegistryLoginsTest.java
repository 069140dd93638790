package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The logins that a command takes along.
class RegistryLoginsTest {

    private final List<String> warnings = new ArrayList<>();

    @TempDir
    private Path folder;

    @Test
    void withoutAFileThereAreNone() {
        var logins = logins();

        assertThat(logins.configHeader()).isEmpty();
        assertThat(decoded(logins.authHeader("app")).toString()).isEqualTo("{}");
        assertThat(warnings).isEmpty();
    }

    @Test
    void whatTheFileHasGoesAlong() throws Exception {
        write("""
                {"auths": {
                  "https://index.docker.io/v1/": {"auth": "%s"},
                  "registry.example.com": {"username": "b", "password": "q"},
                  "https://old.example.com/v1/": {"identitytoken": "t"},
                  "kept.elsewhere": {}}}""".formatted(base64("a:p:w")));

        JsonNode all = decoded(logins().configHeader());

        assertThat(all.propertyNames())
                .containsExactlyInAnyOrder(
                        "https://index.docker.io/v1/", "registry.example.com", "https://old.example.com/v1/");
        JsonNode hub = all.path("https://index.docker.io/v1/");
        assertThat(hub.path("username").asString() + " " + hub.path("password").asString())
                .isEqualTo("a p:w");
        assertThat(all.path("https://old.example.com/v1/").path("identitytoken").asString())
                .isEqualTo("t");
        assertThat(user("library/app")).isEqualTo("a");
        assertThat(user("registry.example.com/team/app")).isEqualTo("b");
        assertThat(decoded(logins().authHeader("old.example.com/app"))
                        .path("identitytoken")
                        .asString())
                .isEqualTo("t");
        assertThat(user("other.example.com/app")).isEmpty();
    }

    @Test
    void helpersAreAsked() throws Exception {
        helper("store", """
                case $1 in
                list) echo '{"https://index.docker.io/v1/": "hub-user"}' ;;
                get) read server; echo "{\\"Username\\": \\"of $server\\", \\"Secret\\": \\"s\\"}" ;;
                esac""");
        helper("own", "read server; echo '{\"Username\": \"<token>\", \"Secret\": \"refresh\"}'");
        write("{\"credsStore\": \"store\", \"credHelpers\": {\"own.example.com\": \"own\"}}");

        JsonNode all = decoded(logins().configHeader());

        assertThat(all.path("https://index.docker.io/v1/").path("username").asString())
                .isEqualTo("of https://index.docker.io/v1/");
        assertThat(all.path("own.example.com").path("identitytoken").asString()).isEqualTo("refresh");
        assertThat(user("some.example.com/app")).isEqualTo("of some.example.com");
    }

    @Test
    void whatCannotBeUsedIsSaidAndNothingOfItsContent() throws Exception {
        helper("wrong", "echo no JSON but s3cret");
        write(
                "{\"credHelpers\": {\"a.example.com\": \"wrong\", \"b.example.com\": \"absent\", \"c.example.com\": \"../x\"}}");

        assertThat(logins().configHeader()).isEmpty();
        assertThat(warnings).hasSize(2).noneMatch(text -> text.contains("s3cret"));
        assertThat(warnings).anyMatch(text -> text.startsWith("docker-credential-absent is not used"));
    }

    @Test
    void aHelperThatKnowsNoneIsNoTrouble() throws Exception {
        helper("empty", "echo 'credentials not found in native keychain'; exit 1");
        write("{\"credsStore\": \"empty\"}");

        assertThat(logins().configHeader()).isEmpty();
        assertThat(warnings).isEmpty();
    }

    private RegistryLogins logins() {
        return new RegistryLogins(folder.resolve("config.json"), folder + "/", warnings::add);
    }

    private String user(String repository) {
        return decoded(logins().authHeader(repository)).path("username").asString("");
    }

    private void write(String config) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
    }

    private void helper(String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve("docker-credential-" + name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode decoded(String header) {
        return Json.parse(Base64.getUrlDecoder().decode(header));
    }
}
