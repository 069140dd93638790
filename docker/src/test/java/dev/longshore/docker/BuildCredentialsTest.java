package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.RegistryBases;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Response;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.CredentialSource;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.registry.RegistryHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A build fetches, pushes and caches with the credentials that its caller sends.
class BuildCredentialsTest {

    private static final String LOGIN = base64("anna:s3cret");

    private Path root;
    private LocalImages images;
    private LocalImages elsewhere;
    private DistributionClient client;
    private HttpServer engine;
    private HttpServer registry;
    private String host;

    @BeforeEach
    void start() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        root = Files.createTempDirectory("credentials-test");
        elsewhere = LocalImages.open(root.resolve("elsewhere"), "amd64", Time.system());
        var handler = new RegistryHandler(elsewhere);
        registry = new HttpServer(
                "registry",
                request -> request.headers()
                                .first("Authorization")
                                .filter(("Basic " + LOGIN)::equals)
                                .isPresent()
                        ? handler.handle(request)
                        : new Response.Full(401, Headers.of("WWW-Authenticate", "Basic realm=\"test\""), new byte[0]));
        host = "127.0.0.1:" + registry.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        client = new DistributionClient(images, Set.of());
        var builder = new Builder(
                images,
                (step, out, err) -> 0,
                new RegistryBases(images, client, CredentialSource.NONE, "longshore.local"),
                Time.system());
        builder.start();
        engine = new HttpServer("docker", new DockerEngine(images, builder, client, "0.1.0", Time.system()));
        engine.listen(root.resolve("docker.sock"));
    }

    @AfterEach
    void stop() throws Exception {
        if (root != null) {
            engine.close();
            registry.close();
            client.close();
            new ProcessBuilder("rm", "-rf", root.toString()).start().waitFor();
        }
    }

    @Test
    void theyServeForPushesCachesAndBaseImages() throws Exception {
        String cache = "[{\"Type\":\"registry\",\"Attrs\":{\"ref\":\"" + host + "/cache:1\"}}]";
        String push = "[{\"Type\":\"registry\",\"Attrs\":{}}]";
        assertThat(errors(send(
                        true, "FROM scratch\nCOPY a /\n", "t", host + "/base:1", "outputs", push, "cacheto", cache)))
                .isEmpty();
        assertThat(elsewhere.images().repositories())
                .containsExactlyInAnyOrder("docker.io/library/base", "docker.io/library/cache");
        images.images().remove(host + "/base:1", true);
        images.collector().collect();

        assertThat(errors(send(false, "FROM " + host + "/base:1\n", "t", "app")))
                .isNotEmpty();
        List<JsonNode> messages = send(true, "FROM " + host + "/base:1\n", "t", "app", "cachefrom", cache);

        assertThat(errors(messages)).isEmpty();
        assertThat(messages).noneMatch(each -> each.path("stream").asString("").contains("[Warning]"));
        assertThat(images.images().find("app")).isPresent();
    }

    private List<JsonNode> send(boolean hasLogin, String dockerfile, String... parameters) throws Exception {
        HttpDialer.Call call = BuildExchange.call(dockerfile, parameters);
        if (hasLogin) {
            String config = "{\"https://" + host + "/v1/\":{\"username\":\"anna\",\"password\":\"s3cret\"}}";
            call = new HttpDialer.Call(
                    call.method(),
                    call.target(),
                    call.headers().with("X-Registry-Config", base64(config)),
                    call.body(),
                    call.length());
        }
        try (var dialer = HttpDialer.unix(root.resolve("docker.sock"));
                var answer = dialer.exchange(call, Duration.ofMinutes(1))) {
            String text = answer.text();
            assertThat(answer.status()).as(text).isEqualTo(200);
            assertThat(text).doesNotContain("s3cret");
            var messages = new ArrayList<JsonNode>();
            text.lines().filter(line -> !line.isBlank()).map(Json::parse).forEach(messages::add);
            return messages;
        }
    }

    private static List<String> errors(List<JsonNode> messages) {
        return messages.stream()
                .filter(each -> each.has("error"))
                .map(each -> each.path("error").asString())
                .toList();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
