package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.http.Filter;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Response;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.RegistryHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistributionClientTest {

    private static final Credentials ME = new Credentials("me", "secret", "");

    @TempDir
    Path root;

    private final List<HttpServer> servers = new ArrayList<>();
    private LocalImages here;
    private LocalImages there;
    private DistributionClient client;

    @BeforeEach
    void open() throws Exception {
        here = LocalImages.open(Files.createDirectory(root.resolve("here")), "amd64", Time.system());
        there = LocalImages.open(Files.createDirectory(root.resolve("there")), "amd64", Time.system());
        client = new DistributionClient(here, Set.of());
    }

    @AfterEach
    void close() {
        client.close();
        servers.forEach(HttpServer::close);
    }

    @Test
    void anImageGoesThereAndBack() throws Exception {
        Reference name = Reference.parse(serve(new RegistryHandler(there)) + "/team/app:1");
        Image image = image(name);
        client.push(name, Credentials.NONE, Progress.SILENT);
        here.images().remove(name.toString(), false);
        here.collector().collect();

        Image pulled = client.pull(name, Credentials.NONE, Progress.SILENT);

        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(here.content().has(image.manifest().config().digest())).isTrue();
        assertThat(client.pull(name.withDigest(pulled.target()), Credentials.NONE, Progress.SILENT)
                        .id())
                .isEqualTo(image.id());
    }

    @Test
    void nameAndPasswordAreShownWhenAskedFor() throws Exception {
        Filter guard = (request, next) ->
                request.headers().first("Authorization").equals(java.util.Optional.of("Basic " + base64("me:secret")))
                        ? next.handle(request)
                        : refused("Basic realm=\"test\"");
        Reference name = Reference.parse(serve(guard.before(new RegistryHandler(there))) + "/app:1");
        image(name);

        client.push(name, ME, Progress.SILENT);

        assertThat(there.images().find("app:1")).isPresent();
        client.check(name.domain(), ME);
        assertThatThrownBy(() -> client.check(name.domain(), new Credentials("me", "wrong", "")))
                .hasMessageContaining("401");
        assertThatThrownBy(() -> client.pull(name, Credentials.NONE, Progress.SILENT))
                .hasMessageContaining("authentication required");
    }

    @Test
    void aTokenIsFetchedWhereTheRegistrySays() throws Exception {
        String tokens = serve(request -> {
            boolean isKnown = request.headers()
                    .first("Authorization")
                    .equals(java.util.Optional.of("Basic " + base64("me:secret")));
            String scope = request.query().first("scope").orElse("");
            return isKnown
                    ? Response.json(200, ("{\"token\":\"" + scope + "\"}").getBytes(StandardCharsets.UTF_8))
                    : Response.json(401, "{}".getBytes(StandardCharsets.UTF_8));
        });
        String challenge = "Bearer realm=\"http://" + tokens + "/token\",service=\"test\"";
        Filter guard = (request, next) -> request.headers()
                        .first("Authorization")
                        .equals(java.util.Optional.of("Bearer repository:team/app:pull,push"))
                ? next.handle(request)
                : refused(challenge);
        Reference name = Reference.parse(serve(guard.before(new RegistryHandler(there))) + "/team/app:1");
        image(name);

        client.push(name, ME, Progress.SILENT);

        assertThat(there.images().find("team/app:1")).isPresent();
        assertThatThrownBy(() -> client.push(name, Credentials.NONE, Progress.SILENT))
                .hasMessageContaining("incorrect username or password");
    }

    @Test
    void aRegistryThatSendsOtherBytesIsNotBelieved() throws Exception {
        Filter liar = (request, next) -> request.path().contains("/blobs/")
                        && request.method().equals("GET")
                ? new Response.Full(200, Headers.EMPTY, "{\"something\":\"else\"}".getBytes(StandardCharsets.UTF_8))
                : next.handle(request);
        Reference name = Reference.parse(serve(liar.before(new RegistryHandler(there))) + "/app:1");
        Image image = image(name);
        client.push(name, Credentials.NONE, Progress.SILENT);
        here.images().remove(name.toString(), false);
        here.collector().collect();

        assertThatThrownBy(() -> client.pull(name, Credentials.NONE, Progress.SILENT))
                .hasMessageContaining("expected " + image.manifest().config().size() + " bytes");
        assertThat(here.images().list()).isEmpty();
    }

    @Test
    void aRegistryThatIsNotThereIsNamed() throws Exception {
        String address = serve(request -> Response.text(200, ""));
        servers.removeLast().close();

        assertThatThrownBy(() -> client.pull(Reference.parse(address + "/app:1"), Credentials.NONE, Progress.SILENT))
                .hasMessageContaining("http://" + address)
                .hasMessageContaining("cannot be reached");
    }

    private String serve(Handler handler) throws Exception {
        var server = new HttpServer("registry-test", handler);
        servers.add(server);
        return "127.0.0.1:" + server.listen(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    }

    private Image image(Reference name) throws Exception {
        try (var lease = here.content().leases().open()) {
            Digest target =
                    here.images().assemble(ImageConfig.empty(here.images().platform()), List.of(), lease);
            here.images().tag(name, target);
        }
        return here.images().get(name.toString());
    }

    private static Response refused(String challenge) {
        return new Response.Full(401, Headers.of("WWW-Authenticate", challenge), new byte[0]);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
