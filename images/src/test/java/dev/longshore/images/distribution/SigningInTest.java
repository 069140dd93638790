package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Filter;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.RegistryHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Token servers and registries as they are found in the world.
class SigningInTest {

    @TempDir
    Path root;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private final ManualTime clock = new ManualTime();
    private Registries registries;
    private LocalImages here;
    private LocalImages there;
    private Handler registry;

    @BeforeEach
    void open() throws Exception {
        registries = new Registries(root);
        here = LocalImages.open(root.resolve("here"), "amd64", clock);
        there = registries.store();
        registry = new RegistryHandler(there);
    }

    @AfterEach
    void close() {
        registries.close();
    }

    @Test
    void aTokenThatRunsOutDuringAPushIsRenewedBeforeTheNextRequest() throws Exception {
        String issuer = registries.serve(this::issue);
        Reference name = named(guarded(issuer, (request, next) -> {
            clock.advance(Duration.ofSeconds(20)); // A slow registry: a token outlasts two requests.
            return next.handle(request);
        }));

        push(name, Credentials.NONE);

        assertThat(tokens.get()).isGreaterThan(2);
        assertThat(asked).filteredOn(line -> line.endsWith(" 401")).hasSize(1);
    }

    @Test
    void aRefreshTokenIsShownByPostAndItsSuccessorAfterwards() throws Exception {
        String issuer = registries.serve(request -> {
            String form = new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(request.method() + " " + form.replaceFirst(".*refresh_token=(?!&)", ""));
            return token("\"refresh_token\":\"second\",\"expires_in\":40");
        });
        Reference name = named(guarded(issuer, (request, next) -> {
            clock.advance(Duration.ofSeconds(20));
            return next.handle(request);
        }));

        push(name, new Credentials("", "", "first"));

        assertThat(asked).filteredOn(line -> line.matches("POST [a-z]+")).startsWith("POST first", "POST second");
    }

    @Test
    void aTokenServerThatKnowsNoRefreshTokensIsShownThePassword() throws Exception {
        String issuer = registries.serve(request -> request.method().equals("GET")
                        && request.headers().first("Authorization").isPresent()
                ? issue(request)
                : Response.text(404, "no such thing"));

        push(named(guarded(issuer, (request, next) -> next.handle(request))), new Credentials("me", "secret", "token"));

        assertThat(there.images().find("app:1")).isPresent();
    }

    @Test
    void anOverloadedTokenServerIsAskedAgainAndOneWithoutTokenIsNamed() throws Exception {
        String busy = registries.serve(
                request -> tokens.get() == 0 && asked.add("busy") && asked.size() < 4 ? tooMany() : issue(request));
        push(named(guarded(busy, (request, next) -> next.handle(request))), Credentials.NONE);
        String empty = registries.serve(request -> Response.json(200, "{}".getBytes(StandardCharsets.UTF_8)));

        assertThat(there.images().find("app:1")).isPresent();
        assertThatThrownBy(() -> push(named(guarded(empty, (request, next) -> next.handle(request))), Credentials.NONE))
                .hasMessageContaining("answers without a token");
    }

    @Test
    void everyScopeThatIsAskedForIsAskedOfTheTokenServer() throws Exception {
        String issuer = registries.serve(request -> {
            asked.addAll(request.query().all("scope"));
            return issue(request);
        });
        String address = guarded(
                issuer,
                ",scope=\"repository:app:pull repository:base:pull,push\"",
                (request, next) -> next.handle(request));

        push(named(address), Credentials.NONE);

        assertThat(asked).contains("repository:app:pull,push", "repository:base:pull,push");
        assertThat(asked).doesNotContain("repository:app:pull");
    }

    @Test
    void otherHostsAreShownNothing() throws Exception {
        var shown = new CopyOnWriteArrayList<String>();
        String storage = registries.serve(request -> {
            shown.add(
                    request.method() + request.headers().first("Authorization").orElse(""));
            return registry.handle(request);
        });
        String issuer = registries.serve(this::issue);
        Reference name = named(guarded(issuer, (request, next) -> {
            boolean isBlob = request.path().contains("/blobs/");
            if (isBlob && request.method().equals("GET")) {
                return moved(302, "http://" + storage + request.rawTarget());
            }
            if (isBlob && request.method().equals("PUT")) {
                return moved(307, "http://" + storage + request.rawTarget());
            }
            Response response = next.handle(request);
            return request.method().equals("POST") ? elsewhere(response, storage) : response;
        }));
        Image image = push(name, Credentials.NONE);
        here.images().remove(name.toString(), true);
        here.collector().collect();

        try (var client = client()) {
            assertThat(client.pull(name, Credentials.NONE, Progress.SILENT).id())
                    .isEqualTo(image.id());
        }

        assertThat(shown).contains("PUT", "GET").allMatch(line -> line.matches("[A-Z]+"));
    }

    @Test
    void whatARegistryWarnsOfIsToldOnce() throws Exception {
        String address = registries.serve(((Filter) (request, next) -> {
                    var full = next.handle(request);
                    return full instanceof Response.Full answer
                            ? new Response.Full(
                                    answer.status(),
                                    answer.headers().with("Warning", "299 - \"the \\\"old\\\" disk is full\""),
                                    answer.body())
                            : full;
                })
                .before(registry));
        Reference name = named(address);
        Registries.image(here, name.toString(), 1, 1000);
        var told = new CopyOnWriteArrayList<String>();

        try (var client = client()) {
            client.push(name, Credentials.NONE, (id, status, done, total) -> told.add(status));
        }

        assertThat(told)
                .filteredOn(line -> line.startsWith("Warning"))
                .containsExactly("Warning: the \"old\" disk is full");
    }

    private Image push(Reference name, Credentials credentials) throws Exception {
        Image image = Registries.image(here, name.toString(), 1, 1000, 2, 2000);
        try (var client = client()) {
            client.push(name, credentials, Progress.SILENT);
        }
        return image;
    }

    /// One thing after the other, so that the clock's steps are those of the requests.
    private DistributionClient client() {
        var usual = ClientSettings.DEFAULT;
        return new DistributionClient(
                here,
                new ClientSettings(
                        usual.insecure(),
                        usual.mirrors(),
                        usual.certificates(),
                        usual.hosts(),
                        usual.proxies(),
                        1,
                        usual.attempts(),
                        Duration.ZERO),
                CredentialSource.NONE);
    }

    private static Reference named(String address) {
        return Reference.parse(address + "/app:1");
    }

    private String guarded(String issuer, Filter inner) throws Exception {
        return guarded(issuer, "", inner);
    }

    /// A registry that believes the newest token only, for as long as it lasts.
    private String guarded(String issuer, String scope, Filter inner) throws Exception {
        Filter guard = (request, next) -> {
            boolean isKnown = request.headers()
                    .first("Authorization")
                    .map(header -> header.startsWith("Bearer token-")
                            && clock.now()
                                    .isBefore(java.time.Instant.ofEpochMilli(
                                            Long.parseLong(header.substring("Bearer token-".length())))))
                    .orElse(false);
            asked.add(request.method() + " " + request.path() + (isKnown ? " ok" : " 401"));
            return isKnown
                    ? next.handle(request)
                    : new Response.Full(
                            401,
                            Headers.of("WWW-Authenticate", "Bearer realm=\"http://" + issuer + "/token\"" + scope),
                            new byte[0]);
        };
        return registries.serve(guard.before(inner.before(registry)));
    }

    private Response issue(Request request) {
        return token("\"expires_in\":60");
    }

    private Response token(String more) {
        tokens.incrementAndGet();
        long until = clock.now().plusSeconds(more.contains("40") ? 40 : 60).toEpochMilli();
        return Response.json(
                200, ("{\"token\":\"token-" + until + "\"," + more + "}").getBytes(StandardCharsets.UTF_8));
    }

    private static Response tooMany() {
        return new Response.Full(429, Headers.EMPTY, new byte[0]);
    }

    private static Response moved(int status, String where) {
        return new Response.Full(status, Headers.of("Location", where), new byte[0]);
    }

    private static Response elsewhere(Response response, String host) {
        var full = (Response.Full) response;
        String location = full.headers().first("Location").orElse("");
        return new Response.Full(
                full.status(),
                full.headers().without("Location").with("Location", "http://" + host + location),
                full.body());
    }
}
