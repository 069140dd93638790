package dev.longshore.images.registry.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.Credentials;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.distribution.Progress;
import dev.longshore.images.registry.RegistryHandler;
import dev.longshore.images.registry.RegistryLimits;
import dev.longshore.images.registry.storage.LocalStorage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

class RegistryAccessTest {

    private static final Credentials ALICE = new Credentials("alice", "wonder", "");
    private static final Credentials BOB = new Credentials("bob", "builder", "");
    private static final AccessRules RULES = new AccessRules(List.of(
            new AccessRules.Rule(Set.of("alice"), new RepositoryPattern("team/**"), EnumSet.allOf(Action.class)),
            new AccessRules.Rule(Set.of("*"), new RepositoryPattern("team/*"), EnumSet.of(Action.PULL)),
            new AccessRules.Rule(Set.of("bob"), new RepositoryPattern("bob/*"), EnumSet.of(Action.PULL, Action.PUSH)),
            new AccessRules.Rule(Set.of("anonymous", "*"), new RepositoryPattern("public"), EnumSet.of(Action.PULL))));

    @TempDir
    Path root;

    private LocalImages here;
    private LocalImages there;
    private DistributionClient client;
    private HttpServer server;
    private Htpasswd users;
    private Handler registry;

    @BeforeEach
    void open() throws Exception {
        here = LocalImages.open(Files.createDirectory(root.resolve("here")), "amd64", Time.system());
        there = LocalImages.open(Files.createDirectory(root.resolve("there")), "amd64", Time.system());
        client = new DistributionClient(here, Set.of());
        Files.writeString(root.resolve("htpasswd"), line("alice", "wonder") + line("bob", "builder"));
        users = new Htpasswd(root.resolve("htpasswd"), new SecureRandom(), Time.system());
    }

    @AfterEach
    void close() {
        client.close();
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void rightsAreByUserRepositoryAndAction(AccessControl.Method method) throws Exception {
        String address = serve(method);
        Reference team = image(address + "/team/app:1");
        Reference own = image(address + "/bob/app:1");

        client.push(team, ALICE, Progress.SILENT);
        client.push(own, BOB, Progress.SILENT);

        assertThat(there.images().find("team/app:1")).isPresent();
        assertThat(there.images().find("bob/app:1")).isPresent();
        assertThatThrownBy(() -> client.push(team, BOB, Progress.SILENT)).hasMessageMatching("(?s).*40[13].*");
        assertThatThrownBy(() -> client.pull(own, ALICE, Progress.SILENT)).hasMessageMatching("(?s).*40[13].*");
        assertThatThrownBy(() -> client.pull(team, Credentials.NONE, Progress.SILENT))
                .hasMessageContaining("401");
        assertThatThrownBy(() -> client.push(team, new Credentials("alice", "wrong", ""), Progress.SILENT))
                .hasMessageContaining("401");
        forget();
        assertThat(client.pull(team, BOB, Progress.SILENT)).isNotNull();
        assertThat(status("DELETE", "/v2/bob/app/manifests/1", BOB)).isEqualTo(403);
        assertThat(status("DELETE", "/v2/team/app/manifests/1", ALICE)).isEqualTo(202);
    }

    @ParameterizedTest
    @EnumSource
    void anonymousPullIsAChoicePerRepository(AccessControl.Method method) throws Exception {
        String address = serve(method);
        there.images().tag(Reference.parse("public:1"), target(there));
        Reference open = Reference.parse(address + "/public:1");

        assertThat(client.pull(open, Credentials.NONE, Progress.SILENT)).isNotNull();
        assertThatThrownBy(() -> client.push(open, Credentials.NONE, Progress.SILENT))
                .hasMessageContaining("401");
        assertThat(status("GET", "/v2/public/tags/list", new Credentials("", "", "")))
                .isEqualTo(200);
    }

    @Test
    void signingInIsCheckedAtTheBase() throws Exception {
        String address = serve(AccessControl.Method.TOKEN);

        client.check(address, ALICE);

        assertThatThrownBy(() -> client.check(address, BOB_WITH_TYPO)).hasMessageContaining("401");
    }

    private static final Credentials BOB_WITH_TYPO = new Credentials("bob", "bilder", "");

    @Test
    void aRefreshTokenStandsForThePasswordUntilThatChanges() throws Exception {
        String address = serve(AccessControl.Method.TOKEN);
        Reference team = image(address + "/team/app:1");
        JsonNode issued = json(registry.handle(Request.local(
                "POST",
                "/token",
                Headers.EMPTY,
                bytes("grant_type=password&username=alice&password=wonder&access_type=offline&service=test"))));
        var carried = new Credentials("", "", issued.path("refresh_token").asString());

        client.push(team, carried, Progress.SILENT);

        assertThat(there.images().find("team/app:1")).isPresent();
        Files.writeString(root.resolve("htpasswd"), line("alice", "another one"));
        assertThatThrownBy(() -> client.push(team, carried, Progress.SILENT)).hasMessageContaining("401");
    }

    @Test
    void aTokenIsForWhatWasAskedAndAllowed() throws Exception {
        serve(AccessControl.Method.TOKEN);
        String scopes = "scope=repository:team/app:pull,push,delete&scope=repository:bob/app:pull";
        JsonNode token =
                json(registry.handle(Request.local("GET", "/token?service=test&" + scopes, basic(BOB), new byte[0])));

        assertThat(token.path("scope").asString()).isEqualTo("repository:team/app:pull repository:bob/app:pull");
        assertThat(token.path("expires_in").asInt()).isEqualTo(300);
        Headers bearer =
                Headers.of("Authorization", "Bearer " + token.path("token").asString());
        assertThat(ask("GET", "/v2/team/app/tags/list", bearer).status()).isEqualTo(404);
        Response refused = ask("DELETE", "/v2/team/app/manifests/1", bearer);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers().first("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge)
                        .contains(
                                "/token\",service=\"test\"",
                                "scope=\"repository:team/app:delete\"",
                                "error=\"insufficient_scope\""));
    }

    @Test
    void tokensOfOthersAndChangedOnesAreRefused() throws Exception {
        serve(AccessControl.Method.TOKEN);
        Tokens foreign = Tokens.of(root.resolve("foreign.key"), "test", new SecureRandom(), Time.system());
        String token = foreign.issue("alice", List.of(Need.of("team/app", Action.PULL)));

        Response refused = ask("GET", "/v2/team/app/tags/list", Headers.of("Authorization", "Bearer " + token));

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers().first("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).contains("error=\"invalid_token\""));
        assertThat(ask("GET", "/v2/team/app/tags/list", Headers.of("Authorization", "Bearer x"))
                        .status())
                .isEqualTo(401);
        assertThat(Files.getPosixFilePermissions(root.resolve("token.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aBlobIsNotTakenOverFromWhereOneMayNotRead() throws Exception {
        String address = serve(AccessControl.Method.BASIC);
        Reference team = image(address + "/team/deep/app:1");
        client.push(team, ALICE, Progress.SILENT);
        String config = here.images().get(team.toString()).id().toString();

        assertThat(status("POST", "/v2/bob/app/blobs/uploads/?mount=" + config + "&from=team/deep/app", BOB))
                .isEqualTo(202);
        assertThat(status("POST", "/v2/bob/app/blobs/uploads/?mount=" + config, BOB))
                .isEqualTo(202);
        assertThat(status("POST", "/v2/team/other/blobs/uploads/?mount=" + config, ALICE))
                .isEqualTo(201);
    }

    @Test
    void whoLacksATokenForTheSourceOfAMountIsToldToAskForOne() throws Exception {
        String address = serve(AccessControl.Method.TOKEN);
        Reference team = image(address + "/team/deep/app:1");
        client.push(team, ALICE, Progress.SILENT);
        String config = here.images().get(team.toString()).id().toString();
        String mount = "?mount=" + config + "&from=team/deep/app";

        Response narrow = ask("POST", "/v2/team/new/blobs/uploads/" + mount, bearer(ALICE, "team/new"));
        Response none = ask("POST", "/v2/team/new/blobs/uploads/" + mount, Headers.EMPTY);

        for (Response refused : List.of(narrow, none)) {
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.headers().first("WWW-Authenticate"))
                    .hasValueSatisfying(challenge -> assertThat(challenge)
                            .contains("repository:team/new:pull,push", "repository:team/deep/app:pull"));
        }
        assertThat(ask("POST", "/v2/team/new/blobs/uploads/" + mount, bearer(ALICE, "team/new", "team/deep/app"))
                        .status())
                .isEqualTo(201);
        assertThat(ask("POST", "/v2/bob/new/blobs/uploads/" + mount, bearer(BOB, "bob/new", "team/deep/app"))
                        .status())
                .isEqualTo(202);
    }

    /// A token to pull from and push to `repositories`, as far as that is allowed.
    private Headers bearer(Credentials as, String... repositories) throws Exception {
        String scopes = String.join("&scope=repository:", repositories).replace("&scope", ":pull,push&scope");
        JsonNode token = json(registry.handle(Request.local(
                "GET", "/token?service=test&scope=repository:" + scopes + ":pull,push", basic(as), new byte[0])));
        return Headers.of("Authorization", "Bearer " + token.path("token").asString());
    }

    @Test
    void theCatalogShowsWhatOneMayPull() throws Exception {
        serve(AccessControl.Method.BASIC);
        for (String name : List.of("team/app:1", "bob/app:1", "public:1")) {
            there.images().tag(Reference.parse(name), target(there));
        }

        assertThat(text(ask("GET", "/v2/_catalog", basic(BOB))))
                .isEqualTo("{\"repositories\":[\"bob/app\",\"public\",\"team/app\"]}");
        assertThat(text(ask("GET", "/v2/_catalog", basic(ALICE))))
                .isEqualTo("{\"repositories\":[\"public\",\"team/app\"]}");
        assertThat(text(ask("GET", "/v2/_catalog", Headers.EMPTY))).isEqualTo("{\"repositories\":[\"public\"]}");
    }

    @ParameterizedTest
    @CsvSource({
        "team/*, team/app, true",
        "team/*, team/app/x, false",
        "team/**, team/app/x, true",
        "**, any/thing, true",
        "*, any, true",
        "*, any/thing, false",
        "pr-*, pr-17, true",
        "pr-*, apr-17, false",
        "*/app, team/app, true",
        "a**b, a/x/b, true",
    })
    void patternsFitNames(String pattern, String name, boolean fits) {
        assertThat(new RepositoryPattern(pattern).fits(name)).isEqualTo(fits);
    }

    private String serve(AccessControl.Method method) throws Exception {
        Tokens tokens = Tokens.of(root.resolve("token.key"), "test", new SecureRandom(), Time.system());
        var access = new AccessControl(
                users,
                RULES,
                tokens,
                method,
                request -> "http://" + request.headers().first("Host").orElse(""));
        var handler = new RegistryHandler(
                new LocalStorage(there),
                RegistryLimits.NONE,
                access,
                new dev.longshore.images.registry.Metrics(),
                Time.system());
        var endpoint = new TokenEndpoint(users, RULES, tokens, Time.system());
        registry = request -> request.path().equals("/token") ? endpoint.handle(request) : handler.handle(request);
        server = new HttpServer("registry-test", registry);
        return "127.0.0.1:" + server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private Reference image(String name) throws Exception {
        here.images().tag(Reference.parse(name), target(here));
        return Reference.parse(name);
    }

    private static dev.longshore.base.Digest target(LocalImages images) throws Exception {
        try (var lease = images.content().leases().open()) {
            return images.images().assemble(ImageConfig.empty(images.images().platform()), List.of(), lease);
        }
    }

    private void forget() throws Exception {
        for (var image : here.images().list()) {
            here.images().remove(image.id().toString(), true);
        }
        here.collector().collect();
    }

    @Test
    void anIndexOpensNothingThatItsSenderMayNotPull() throws Exception {
        String address = serve(AccessControl.Method.BASIC);
        client.push(image(address + "/team/deep/secret:1"), ALICE, Progress.SILENT);
        Digest secret =
                there.images().target(Reference.parse("team/deep/secret:1")).orElseThrow();

        assertThat(put("/v2/bob/app/manifests/1", index(secret), BOB)).isEqualTo(404);
        assertThat(status("GET", "/v2/bob/app/manifests/" + secret, BOB)).isEqualTo(404);
        assertThat(put("/v2/bob/app/manifests/1", index(Digest.sha256(new byte[] {1})), BOB))
                .isEqualTo(201);
        assertThat(put("/v2/team/all/manifests/1", index(secret), ALICE)).isEqualTo(201);
    }

    private int put(String target, byte[] body, Credentials as) throws Exception {
        return registry.handle(Request.local("PUT", target, basic(as), body)).status();
    }

    private static byte[] index(Digest manifest) {
        var tree = dev.longshore.base.Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        tree.putArray("manifests")
                .addObject()
                .put("mediaType", MediaTypes.OCI_MANIFEST)
                .put("digest", manifest.toString())
                .put("size", 1);
        return dev.longshore.base.Json.bytes(tree);
    }

    private int status(String method, String target, Credentials as) throws Exception {
        return ask(method, target, basic(as)).status();
    }

    private Response ask(String method, String target, Headers headers) throws Exception {
        return registry.handle(Request.local(method, target, headers, new byte[0]));
    }

    private static Headers basic(Credentials as) {
        return Headers.of(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(bytes(as.username() + ":" + as.password())));
    }

    private static JsonNode json(Response response) {
        return Json.parse(((Response.Full) response).body());
    }

    private static String text(Response response) {
        return new String(((Response.Full) response).body(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String line(String user, String password) {
        byte[] salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        return user + ":" + OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, 4) + "\n";
    }
}
