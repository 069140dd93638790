package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.cli.CommandFailure;
import dev.longshore.http.Response;
import dev.longshore.server.config.AtRestOptions;
import dev.longshore.store.Key;
import dev.longshore.store.RangeQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Secrets that are stored encrypted, from the API's side and from the store's.
class EncryptedApiTest {

    private static final String SECRETS = "/api/v1/namespaces/default/secrets";
    private static final String SECRET =
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"door\"},\"data\":{\"code\":\"c2VzYW1l\"}}";
    private static final String OLD = "{aesgcm: {keys: [{name: old, secret: b2xkIGtleSBvZiAxNiBieQ==}]}}";
    private static final String BOTH =
            "{aesgcm: {keys: [{name: new, secret: bmV3IGtleSBvZiAzMiBieXRlcywgbm8gb25lIGxlc3M=},"
                    + " {name: old, secret: b2xkIGtleSBvZiAxNiBieQ==}]}}";

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private long changes;

    private Path file(String providers) throws IOException {
        Path file = directory.resolve("keys.yaml");
        Files.writeString(
                file,
                "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{resources: [secrets],"
                        + " providers: [" + providers + ", {identity: {}}]}]}");
        // Whatever the clock's grain.
        changes += 1000;
        Files.setLastModifiedTime(file, FileTime.fromMillis(changes));
        return file;
    }

    private RealApi api(AtRest atRest) {
        return new RealApi(
                ApiSettings.DEFAULT,
                MetricsApis.NONE,
                new ApiServers.Beside(Optional.empty(), atRest),
                (target, request) -> Response.text(200, "dialed"));
    }

    private static String stored(RealApi api) {
        var found = api.store.range(RangeQuery.of(Key.of("/registry/secrets/default/door")));
        return new String(found.entries().getFirst().value(), StandardCharsets.UTF_8);
    }

    private static String text(Response response) {
        return new String(((Response.Full) response).body(), StandardCharsets.UTF_8).strip();
    }

    @Test
    void aKeyIsChangedWithoutARestart() throws IOException {
        var options = new AtRestOptions(Optional.of(file(OLD)), true);
        try (var atRest = new AtRest(options, time, new SecureRandom());
                RealApi api = api(atRest)) {
            atRest.start();
            assertThat(api.send(RealApi.ADMIN, "POST", SECRETS, SECRET).status())
                    .isEqualTo(201);
            assertThat(stored(api)).startsWith("k8s:enc:aesgcm:v1:old:").doesNotContain("c2VzYW1l");
            assertThat(api.send(RealApi.ADMIN, "GET", SECRETS + "/door", "").text())
                    .contains("c2VzYW1l");
            assertThat(api.send(RealApi.ADMIN, "GET", SECRETS, "").text()).contains("c2VzYW1l");

            file("{aesgcm: nonsense}");
            time.advance(Duration.ofSeconds(10));
            assertThat(api.send(RealApi.ADMIN, "GET", SECRETS + "/door", "").status())
                    .isEqualTo(200);

            file(BOTH);
            time.advance(Duration.ofSeconds(10));
            assertThat(text(atRest.status())).isEqualTo("{\"secrets\":{\"aesgcm:v1:old\":1}}");
            assertThat(text(atRest.rewrite())).isEqualTo("{\"secrets\":1}");
            assertThat(stored(api)).startsWith("k8s:enc:aesgcm:v1:new:");
            assertThat(text(atRest.status())).isEqualTo("{\"secrets\":{\"aesgcm:v1:new\":1}}");
        }
    }

    @Test
    void whatIsReplacedByItselfIsWrittenUnderTheNewKey() throws IOException {
        var options = new AtRestOptions(Optional.of(file(OLD)), true);
        try (var atRest = new AtRest(options, time, new SecureRandom());
                RealApi api = api(atRest)) {
            atRest.start();
            api.send(RealApi.ADMIN, "POST", SECRETS, SECRET);
            file(BOTH);
            time.advance(Duration.ofSeconds(10));
            String read = api.send(RealApi.ADMIN, "GET", SECRETS + "/door", "").text();

            assertThat(api.send(RealApi.ADMIN, "PUT", SECRETS + "/door", read).status())
                    .isEqualTo(200);
            assertThat(stored(api)).startsWith("k8s:enc:aesgcm:v1:new:");
        }
    }

    @Test
    void withoutAFileNothingIsEncryptedAndThatIsSaid() {
        try (var atRest = new AtRest(AtRestOptions.NONE, time, new SecureRandom());
                RealApi api = api(atRest)) {
            api.send(RealApi.ADMIN, "POST", SECRETS, SECRET);
            assertThat(stored(api)).contains("c2VzYW1l");
            assertThat(text(atRest.status())).contains("start with `longshore up --encryption-provider-config FILE`");
        }
    }

    @Test
    void aFileThatSaysWhatCannotBeEndsTheStart() throws IOException {
        var options = new AtRestOptions(Optional.of(file("{aesgcm: {keys: [{name: k, secret: c2hvcnQ=}]}}")), false);
        try (var atRest = new AtRest(options, time, new SecureRandom())) {
            assertThatThrownBy(() -> api(atRest))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("secret is not of the expected length, got 5")
                    .hasMessageNotContaining("c2hvcnQ=");
        }
    }
}
