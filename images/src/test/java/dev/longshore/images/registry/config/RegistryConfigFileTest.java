package dev.longshore.images.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.images.registry.access.AccessControl;
import dev.longshore.images.registry.access.Action;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryConfigFileTest {

    @TempDir
    Path root;

    @Test
    void everythingCanBeSaid() throws Exception {
        RegistryConfig config = read("""
                listen: {address: "0.0.0.0:5443", certificate: tls.crt, key: /etc/tls.key, public-url: "https://r.example"}
                auth: {htpasswd: users, method: basic, loopback: true}
                rules:
                  - {users: [alice, "*"], repositories: "team/**", actions: [pull, push, delete]}
                  - {users: anonymous, repositories: public, actions: pull}
                limits:
                  read-only: true
                  largest-blob: 2Gi
                  total: 100Gi
                  quotas: [{repositories: "team/*", size: 500Mi}]
                retention:
                  rules: [{repositories: "ci/**", tags: "pr-*", keep: 5, older-than: 30d}]
                  untagged-after: 7d
                  orphans-after: 12h
                sweep-every: 30m
                upstreams: [docker.io, quay.io]
                fresh-for: 10s
                mirrors: {docker.io: ["https://mirror.example"]}
                insecure: "old.example:5000"
                """);

        RegistryConfig.Listen listen = config.listen().orElseThrow();
        assertThat(listen.certificate()).contains(root.resolve("tls.crt"));
        assertThat(listen.key()).contains(Path.of("/etc/tls.key"));
        assertThat(listen.address().getPort()).isEqualTo(5443);
        RegistryConfig.Auth auth = config.auth().orElseThrow();
        assertThat(auth.method()).isEqualTo(AccessControl.Method.BASIC);
        assertThat(auth.rules().of("alice").may("team/a/b", Action.DELETE)).isTrue();
        assertThat(auth.rules().of("anonymous").may("public", Action.PULL)).isTrue();
        assertThat(auth.rules().of("anonymous").may("team/a", Action.PULL)).isFalse();
        assertThat(config.guardsLoopback()).isTrue();
        assertThat(config.limits().isReadOnly()).isTrue();
        assertThat(config.limits().largestBlob()).isEqualTo(2L << 30);
        assertThat(config.limits().quotas().getFirst().bytes()).isEqualTo(500L << 20);
        assertThat(config.retention().rules().getFirst().age()).isEqualTo(Duration.ofDays(30));
        assertThat(config.retention().untagged()).contains(Duration.ofDays(7));
        assertThat(config.sweepEvery()).isEqualTo(Duration.ofMinutes(30));
        assertThat(config.upstreams()).containsExactlyInAnyOrder("docker.io", "quay.io");
        assertThat(config.mirrors()).containsEntry("docker.io", List.of(URI.create("https://mirror.example")));
        assertThat(config.insecure()).containsExactly("old.example:5000");
    }

    @Test
    void whereNothingMayBeDeletedNothingGoesByRule() throws Exception {
        String rules = "retention: {rules: [{keep: 1}]}";

        assertThat(read(rules).retention().isDryRun()).isFalse();
        assertThat(read("limits: {read-only: true}\n" + rules).retention().isDryRun())
                .isTrue();
        assertThat(read("retention: {dry-run: true}").retention().isDryRun()).isTrue();
    }

    @Test
    void anEmptyFileSaysNothing() throws Exception {
        assertThat(read("{}")).isEqualTo(RegistryConfig.DEFAULT);
    }

    @Test
    void usersWithoutRulesMayPullAndPushButNotDelete() throws Exception {
        RegistryConfig config = read("auth: {htpasswd: users}");

        assertThat(config.auth().orElseThrow().rules().of("me").may("a/b", Action.PUSH))
                .isTrue();
        assertThat(config.auth().orElseThrow().rules().of("me").may("a/b", Action.DELETE))
                .isFalse();
        assertThat(config.auth().orElseThrow().rules().of("anonymous").may("a/b", Action.PULL))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen: {address: '0.0.0.0:5443'} | listen needs auth",
                "listen: {address: here} | address is HOST:PORT",
                "listen: {address: 'a:1', key: k} | certificate and key belong together",
                "rules: [] | rules need auth",
                "auth: {} | htpasswd is missing",
                "auth: {htpasswd: u, method: magic} | method is token or basic",
                "colour: blue | unknown key \"colour\"; known are",
                "limits: {total: much} | limits: total is a size",
                "retention: {rules: [{tags: a}]} | retention.rules[0]: a rule has keep",
                "sweep-every: 0s | sweep-every must be longer",
                "mirrors: {a: [ftp://x]} | is no address",
                "'[' | is not YAML",
            })
    void whatMakesNoSenseIsSaidInOneLine(String text, String why) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why)
                .hasMessageStartingWith(root.resolve("registry.yaml").toString());
    }

    private RegistryConfig read(String text) throws Exception {
        return RegistryConfigFile.read(Files.writeString(root.resolve("registry.yaml"), text));
    }
}
