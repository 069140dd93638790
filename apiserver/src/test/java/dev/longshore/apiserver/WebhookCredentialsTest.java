package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.http.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookCredentialsTest {

    @TempDir
    Path directory;

    private WebhookCredentials read(String yaml) throws IOException {
        return WebhookCredentials.read(Files.writeString(directory.resolve("kubeconfig"), yaml));
    }

    private static String shown(WebhookCredentials credentials, String host, int port) throws IOException {
        return credentials
                .of(host, port)
                .shownIn(Headers.EMPTY)
                .first("Authorization")
                .orElse("");
    }

    @ParameterizedTest
    @CsvSource({
        "a.hooks.svc,443,Bearer exact",
        "b.hooks.svc,443,Bearer namespace",
        "b.hooks.svc,8443,Bearer port",
        "c.elsewhere.svc,443,Bearer star",
        "fd00::1,443,Bearer star"
    })
    void theNameThatFitsBestCounts(String host, int port, String authorization) throws IOException {
        var credentials = read("""
                users:
                - {name: 'a.hooks.svc:443', user: {token: exact}}
                - {name: '*.hooks.svc', user: {token: namespace}}
                - {name: '*.svc:8443', user: {token: port}}
                - {name: '*', user: {token: star}}
                """);

        assertThat(shown(credentials, host, port)).isEqualTo(authorization);
    }

    @Test
    void theCurrentContextCountsForTheRest() throws IOException {
        var credentials = read("""
                current-context: c
                contexts: [{name: c, context: {user: u}}]
                users: [{name: u, user: {username: me, password: secret}}]
                """);

        assertThat(shown(credentials, "x", 1)).isEqualTo("Basic bWU6c2VjcmV0");
        assertThat(shown(WebhookCredentials.NONE, "x", 1)).isEmpty();
    }

    @Test
    void tokensInFilesAreReadEachTime() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "one\n");
        var credentials = read("users: [{name: '*', user: {tokenFile: token}}]");

        assertThat(shown(credentials, "x", 1)).isEqualTo("Bearer one");
        Files.writeString(token, "two\n");
        assertThat(shown(credentials, "x", 1)).isEqualTo("Bearer two");
    }

    @Test
    void whatCannotBeReadIsRefused() {
        assertThatThrownBy(() -> WebhookCredentials.read(directory.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("stat %s: no such file or directory", directory.resolve("none"));
        assertThatThrownBy(() -> WebhookCredentials.read(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("read " + directory + ": ");
    }
}
