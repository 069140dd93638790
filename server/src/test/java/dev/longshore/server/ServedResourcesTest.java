package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Every resource and subresource of Kubernetes 1.36, in every version, is served when all versions are on: told
/// by discovery with its kind and verbs, and reached at its path by each of them and by no other.
class ServedResourcesTest {

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
    private static final Set<String> PROXY = Set.of("create", "delete", "get", "patch", "update");

    private static WholeApi api;

    @BeforeAll
    static void start() {
        api = new WholeApi("api/all=true");
    }

    @AfterAll
    static void close() {
        api.close();
    }

    /// A line of the table.
    ///
    /// @param verbs as the table has them
    record Line(String version, String resource, boolean namespaced, String kind, Set<String> verbs) {

        static Line parse(String text) {
            String[] columns = text.split("\t");
            return new Line(
                    columns[0],
                    columns[1],
                    Boolean.parseBoolean(columns[2]),
                    columns[3],
                    new TreeSet<>(List.of(columns[4].split(","))));
        }

        String root() {
            return (version.contains("/") ? "/apis/" : "/api/") + version;
        }

        String plural() {
            return resource.split("/")[0];
        }

        boolean isSub() {
            return resource.contains("/");
        }

        String collection() {
            return root() + (namespaced ? "/namespaces/default/" : "/") + plural();
        }

        String object() {
            return collection() + "/absent" + (isSub() ? resource.substring(plural().length()) : "");
        }

        /// As discovery names them.
        Set<String> discovered() {
            if (verbs.contains("connect")) {
                return resource.endsWith("proxy") ? PROXY : Set.of("create", "get");
            }
            var names = new TreeSet<String>();
            for (String verb : verbs) {
                names.add(
                        switch (verb) {
                            case "post" -> "create";
                            case "put" -> "update";
                            case "watchlist" -> "watch";
                            default -> verb;
                        });
            }
            return names;
        }

        @Override
        public String toString() {
            return version + " " + resource;
        }
    }

    static Stream<Line> lines() throws IOException {
        try (var table = ServedResourcesTest.class.getResourceAsStream("resources.tsv")) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines().filter(line -> !line.startsWith("#")).map(Line::parse).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("lines")
    void discoveryTellsIt(Line line) {
        JsonNode told = api.get(line.root())
                .json()
                .path("resources")
                .valueStream()
                .filter(each -> each.path("name").asString().equals(line.resource))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not told"));

        String version = told.has("version")
                ? (told.path("group").asString().isEmpty()
                                ? ""
                                : told.path("group").asString() + "/")
                        + told.path("version").asString()
                : line.version;
        assertThat(version + "/" + told.path("kind").asString()).isEqualTo(line.kind);
        assertThat(told.path("namespaced").asBoolean()).isEqualTo(line.namespaced);
        assertThat(told.path("verbs").valueStream().map(JsonNode::asString))
                .containsExactlyElementsOf(new TreeSet<>(line.discovered()));
        boolean isStored = line.verbs.contains("watch");
        assertThat(told.has("storageVersionHash")).isEqualTo(isStored);
    }

    @ParameterizedTest
    @MethodSource("lines")
    void itIsReachedByItsVerbsAndNoOthers(Line line) {
        if (!line.isSub()
                && line.discovered().stream().anyMatch(Set.of("list", "create", "deletecollection")::contains)) {
            check(line.collection(), Set.of("list", "create", "deletecollection"), line);
        }
        if (line.isSub() || line.discovered().contains("get")) {
            check(line.object(), Set.of("get", "create", "update", "patch", "delete"), line);
        }
    }

    /// A verb that is there answers about the object (which is not there), or about the empty body.
    private static void check(String path, Set<String> possible, Line line) {
        boolean isObject = path.equals(line.object());
        for (String method : METHODS) {
            String verb =
                    switch (method) {
                        case "GET" -> isObject ? "get" : "list";
                        case "POST" -> isObject && !line.isSub() ? "none" : "create";
                        case "PUT" -> isObject ? "update" : "none";
                        case "PATCH" -> isObject ? "patch" : "none";
                        default -> isObject ? "delete" : "deletecollection";
                    };
            boolean isThere = possible.contains(verb) && line.discovered().contains(verb);
            var answer = api.send(method, path + "?dryRun=All", "");
            if (isThere) {
                assertThat(answer.status())
                        .as(method + " " + path + " " + answer.text())
                        .isNotEqualTo(405);
                boolean isNoSuchPath = answer.status() == 404
                        && (answer.text().startsWith("404")
                                || answer.json().path("details").isEmpty());
                assertThat(isNoSuchPath)
                        .as(method + " " + path + " " + answer.text())
                        .isFalse();
            } else {
                assertThat(answer.status())
                        .as(method + " " + path + " " + answer.text())
                        .isEqualTo(405);
            }
        }
    }

    @Test
    void withoutSwitchesOnlyStableVersionsAreServed() {
        try (var plain = new WholeApi("")) {
            var versions = plain.get("/apis")
                    .json()
                    .path("groups")
                    .valueStream()
                    .flatMap(group -> group.path("versions").valueStream())
                    .map(version -> version.path("version").asString())
                    .toList();
            assertThat(versions).containsOnly("v1", "v2");
            assertThat(plain.get("/apis/resource.k8s.io/v1beta1/deviceclasses").status())
                    .isEqualTo(404);
        }
    }

    @Test
    void whatIsSwitchedOnIsStoredAndShownInEveryVersion() {
        String rule =
                "{'apiVersion':'resource.k8s.io/v1beta1','kind':'DeviceClass','metadata':{'name':'fast'},'spec':{}}";
        var created = api.send("POST", "/apis/resource.k8s.io/v1beta1/deviceclasses", rule);

        assertThat(created.status()).as(created.text()).isEqualTo(201);
        for (String version : new String[] {"v1beta1", "v1beta2", "v1"}) {
            var read = api.get("/apis/resource.k8s.io/" + version + "/deviceclasses/fast");
            assertThat(read.json().path("apiVersion").asString()).isEqualTo("resource.k8s.io/" + version);
        }
    }

    @Test
    void groupsAreToldInTheOrderOfKubernetes() {
        var groups = api.get("/apis")
                .json()
                .path("groups")
                .valueStream()
                .map(group -> group.path("name").asString())
                .toList();

        assertThat(groups)
                .startsWith("apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io")
                .endsWith(
                        "discovery.k8s.io",
                        "resource.k8s.io",
                        "flowcontrol.apiserver.k8s.io",
                        "internal.apiserver.k8s.io",
                        "storagemigration.k8s.io");
    }

    @Test
    void aServerThatIsMadeIsReady() {
        assertThat(api.get("/readyz?verbose").text())
                .contains("[+]poststarthook/rbac/bootstrap-roles ok\n")
                .endsWith("readyz check passed\n");
    }

    @Test
    void theIssuerOfTokensIsTold() {
        var issuer = api.get("/.well-known/openid-configuration");
        var keys = api.get("/openid/v1/jwks");

        assertThat(issuer.json().path("jwks_uri").asString()).isEqualTo("https://127.0.0.1:6443/openid/v1/jwks");
        assertThat(issuer.headers().first("Cache-Control")).contains("public, max-age=3600");
        assertThat(keys.headers().first("Content-Type")).contains("application/jwk-set+json");
        assertThat(keys.json().at("/keys/0/kty").asString()).isEqualTo("RSA");
        assertThat(keys.json().at("/keys/0/d").isMissingNode()).isTrue();
    }

    @Test
    void explainLearnsWhatAFieldMayBe() {
        String pullPolicy = "io.k8s.api.core.v1.Container/properties/imagePullPolicy/enum";

        assertThat(api.get("/openapi/v3/api/v1")
                        .json()
                        .at("/components/schemas/" + pullPolicy)
                        .toString())
                .isEqualTo("[\"Always\",\"IfNotPresent\",\"Never\"]");
        assertThat(api.get("/openapi/v2")
                        .json()
                        .at("/definitions/" + pullPolicy)
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void aListIsNoBodyForAResource() {
        String list = "{'apiVersion':'v1','kind':'List','items':[]}";
        var answer = api.send("POST", "/api/v1/namespaces/default/configmaps", list);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("reason").asString()).isEqualTo("BadRequest");
    }
}
