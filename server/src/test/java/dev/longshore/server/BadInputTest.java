package dev.longshore.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.longshore.server.RealApi.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// What is wrong is refused with the right status in kube-apiserver's words, and changes nothing.
class BadInputTest {

    private static final String JSON = "application/json";
    private static final String YAML = "application/yaml";
    private static final String MERGE = "application/merge-patch+json";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final String PATCH = "application/json-patch+json";
    private static final String APPLY = "application/apply-patch+yaml";
    private static final String UNRECOGNIZED = "the object provided is unrecognized (must be of type %s): ";
    private static final String NOT_JSON = UNRECOGNIZED + "couldn't get version/kind; json parse error: ";
    private static final String FINDER = "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\";"
            + " Kind string \"json:\\\"kind,omitempty\\\"\" }";

    private static RealApi api;

    @BeforeAll
    static void open() {
        api = new RealApi();
        for (TriedKind kind : TriedKind.ALL) {
            Answer made = api.send(RealApi.ADMIN, "POST", kind.path(), kind.body("there"));
            assertThat(made.status()).as(made.text()).isEqualTo(201);
        }
    }

    @AfterAll
    static void close() {
        api.close();
    }

    /// One wrong request.
    ///
    /// @param status 0 for any of the 4xx
    /// @param message the whole message; ending in `…` when only its beginning is known; empty for any
    private record Case(
            String name, String method, String target, String type, byte[] body, int status, String message) {}

    private static Case post(TriedKind kind, String name, String type, byte[] body, int status, String message) {
        return new Case(name, "POST", kind.path(), type, body, status, message.replace("%s", kind.kind()));
    }

    private static Case post(TriedKind kind, String name, String body, int status, String message) {
        return post(kind, name, JSON, body.getBytes(UTF_8), status, message);
    }

    private static Case put(TriedKind kind, String name, String body, int status, String message) {
        return new Case(
                name, "PUT", kind.one("there"), JSON, body.getBytes(UTF_8), status, message.replace("%s", kind.kind()));
    }

    private static Case patch(TriedKind kind, String name, String type, String body, int status, String message) {
        return new Case(name, "PATCH", kind.one("there"), type, body.getBytes(UTF_8), status, message);
    }

    private static Case on(String method, String target, String body, int status, String message) {
        String name = method + " " + target;
        return new Case(name, method, target, body.isEmpty() ? "" : JSON, body.getBytes(UTF_8), status, message);
    }

    @TestFactory
    Stream<DynamicTest> refusesBodiesOfEveryKind() {
        return TriedKind.ALL.stream()
                .flatMap(kind -> Stream.of(texts(kind), kinds(kind), encodings(kind), patches(kind))
                        .flatMap(List::stream)
                        .map(each -> dynamicTest(kind.kind() + ": " + each.name, () -> check(each))));
    }

    /// The address that it had taken before is given back.
    @Test
    void refusesAHealthCheckPortThatNobodyMayHave() {
        String services = "/api/v1/namespaces/default/services";
        String addresses = "/apis/networking.k8s.io/v1/ipaddresses";
        JsonNode taken = api.send(RealApi.ADMIN, "GET", addresses, "").json().path("items");

        Answer answer = api.send(
                RealApi.ADMIN,
                "POST",
                services,
                "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\","
                        + "\"healthCheckNodePort\":80,\"ports\":[{\"port\":80}]}}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).startsWith("failed to allocate requested HealthCheck NodePort 80: ");
        assertThat(api.send(RealApi.ADMIN, "GET", services + "/x", "").status()).isEqualTo(404);
        assertThat(api.send(RealApi.ADMIN, "GET", addresses, "").json().path("items"))
                .isEqualTo(taken);
    }

    @TestFactory
    Stream<DynamicTest> refusesPathsAndParametersOfEveryKind() {
        return TriedKind.ALL.stream()
                .flatMap(kind -> Stream.concat(places(kind).stream(), parameters(kind).stream())
                        .map(each -> dynamicTest(kind.kind() + ": " + each.name, () -> check(each))));
    }

    private static List<Case> texts(TriedKind kind) {
        var cases = new ArrayList<Case>();
        cases.add(post(kind, "empty", "", 400, NOT_JSON + "unexpected end of JSON input (<empty>)"));
        cases.add(post(
                kind,
                "words",
                "not json",
                400,
                NOT_JSON + "invalid character 'o' in literal null (expecting 'u') (6e6f74206a736f6e)"));
        cases.add(post(kind, "half", "{\"kind\":", 400, NOT_JSON + "unexpected end of JSON input ({\"kind\":)"));
        cases.add(post(
                kind,
                "trailing",
                kind.body("x") + " x",
                400,
                NOT_JSON + "invalid character 'x' after top-level value (…"));
        cases.add(post(
                kind,
                "two objects",
                kind.body("x") + kind.body("y"),
                400,
                NOT_JSON + "invalid character '{' after top-level value (…"));
        cases.add(post(
                kind,
                "array",
                "[]",
                400,
                NOT_JSON + "json: cannot unmarshal array into Go value of type " + FINDER + " (5b5d)"));
        cases.add(post(kind, "string", "\"x\"", 400, NOT_JSON + "json: cannot unmarshal string into Go value of…"));
        cases.add(post(kind, "number", "5", 400, NOT_JSON + "json: cannot unmarshal number into Go value of…"));
        cases.add(post(kind, "bool", "true", 400, NOT_JSON + "json: cannot unmarshal bool into Go value of…"));
        cases.add(post(kind, "null", "null", 422, ""));
        cases.add(post(kind, "empty object", "{}", 422, ""));
        cases.add(post(kind, "deep", "{\"a\":".repeat(50_000), 400, NOT_JSON + "exceeded max depth (…"));
        cases.add(post(kind, "deep array", "[".repeat(500_000), 400, NOT_JSON + "exceeded max depth (…"));
        cases.add(post(kind, "1e400", "{\"metadata\":{\"name\":\"x\",\"generation\":1e400}}", 400, ""));
        cases.add(post(kind, "huge exponent", "{\"metadata\":{\"name\":\"x\",\"generation\":1e999999999}}", 400, ""));
        cases.add(post(
                kind, "2^64", "{\"metadata\":{\"name\":\"x\",\"generation\":18446744073709551616}}", 400, "%s in…"));
        cases.add(post(
                kind,
                "fraction",
                "{\"metadata\":{\"name\":\"x\",\"generation\":1.5}}",
                400,
                "%s in version \"" + kind.version()
                        + "\" cannot be handled as a %s: json: cannot unmarshal number 1.5 into Go"
                        + " struct field ObjectMeta.metadata.generation of type int64"));
        cases.add(post(kind, "long number", "{\"metadata\":{\"generation\":" + "9".repeat(100_000) + "}}", 400, ""));
        cases.add(post(
                kind,
                "number as name",
                "{\"metadata\":{\"name\":5}}",
                400,
                "%s in version \"" + kind.version()
                        + "\" cannot be handled as a %s: json: cannot unmarshal number into Go"
                        + " struct field ObjectMeta.metadata.name of type string"));
        cases.add(
                post(
                        kind,
                        "list as metadata",
                        "{\"metadata\":[]}",
                        400,
                        "%s in version \"" + kind.version()
                                + "\" cannot be handled as a %s: json: cannot unmarshal array into Go struct field %s.metadata of type…"));
        cases.add(post(
                kind,
                "number as label",
                "{\"metadata\":{\"labels\":{\"a\":1}}}",
                400,
                "%s in version \""
                        + kind.version()
                        + "\" cannot be handled as a %s: json: cannot unmarshal number into Go struct field"
                        + " ObjectMeta.metadata.labels of type string"));
        cases.add(post(kind, "bad name", kind.body("Not_A Name/"), 422, ""));
        if (!kind.isFreelyNamed()) {
            cases.add(post(kind, "NUL in name", kind.body("a\\u0000b"), 422, ""));
        }
        cases.add(post(kind, "dots as name", kind.body(".."), 422, ""));
        cases.add(post(kind, "there already", kind.body("there"), 409, ""));
        return cases;
    }

    private static List<Case> kinds(TriedKind kind) {
        var cases = new ArrayList<Case>();
        String handled = " in version \"%s\" cannot be handled as a " + kind.kind() + ": ";
        cases.add(post(
                kind,
                "another kind",
                kind.body("v1", "Secret", "x"),
                400,
                "Secret" + handled.formatted("v1") + "converting (v1.Secret) to (…"));
        cases.add(
                post(
                        kind,
                        "no such kind",
                        kind.body("v1", "Thing", "x"),
                        400,
                        "Thing" + handled.formatted("v1")
                                + "no kind \"Thing\" is registered for version \"v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""));
        cases.add(post(
                kind,
                "no such version",
                kind.body("v77", kind.kind(), "x"),
                400,
                kind.kind() + handled.formatted("v77") + "no kind \"" + kind.kind()
                        + "\" is registered for version \"v77\" in scheme…"));
        cases.add(post(
                kind,
                "no such group",
                kind.body("a.b/v1", kind.kind(), "x"),
                400,
                kind.kind() + handled.formatted("v1") + "no kind \"" + kind.kind()
                        + "\" is registered for version \"a.b/v1\" in scheme…"));
        cases.add(post(
                kind,
                "strange version",
                kind.body("a/b/c", kind.kind(), "x"),
                400,
                UNRECOGNIZED + "unexpected GroupVersion string: a/b/c (…"));
        cases.add(post(
                kind,
                "number as kind",
                "{\"kind\":5}",
                400,
                NOT_JSON + "json: cannot unmarshal number into Go struct field .kind of type string ({\"kind\":5})"));
        cases.add(put(
                kind,
                "another name",
                kind.body("other"),
                400,
                "the name of the object (other) does not match the name on the URL (there)"));
        cases.add(put(kind, "another kind on update", kind.body("v1", "Secret", "there"), 400, "Secret…"));
        cases.add(put(
                kind,
                "not json on update",
                "x",
                400,
                NOT_JSON + "invalid character 'x' looking for beginning of value (78)"));
        cases.add(put(kind, "not a number as resourceVersion", withMetadata(kind, "\"resourceVersion\":\"x\""), 0, ""));
        cases.add(put(kind, "an old resourceVersion", withMetadata(kind, "\"resourceVersion\":\"1\""), 409, ""));
        cases.add(put(kind, "another uid", withMetadata(kind, "\"uid\":\"1\""), 409, ""));
        if (kind.path().contains("/namespaces/")) {
            cases.add(post(
                    kind,
                    "another namespace",
                    "{\"metadata\":{\"name\":\"x\",\"namespace\":\"other\"}}",
                    400,
                    "the namespace of the provided object does not match the namespace sent on the request"));
        }
        return cases;
    }

    private static String withMetadata(TriedKind kind, String field) {
        return kind.body("there").replace("\"name\":\"there\"", "\"name\":\"there\"," + field);
    }

    private static List<Case> encodings(TriedKind kind) {
        var cases = new ArrayList<Case>();
        cases.add(post(kind, "no known type", "text/plain", kind.body("x").getBytes(UTF_8), 415, ""));
        cases.add(post(kind, "type with junk", ";;;", kind.body("x").getBytes(UTF_8), 0, ""));
        cases.add(post(
                kind,
                "byte order mark",
                JSON,
                ("\uFEFF" + kind.body("x")).getBytes(UTF_8),
                400,
                NOT_JSON + "invalid character 'ï' looking for beginning of value (efbbbf7b…"));
        cases.add(
                post(kind, "UTF-16", JSON, kind.body("x").getBytes(java.nio.charset.StandardCharsets.UTF_16), 400, ""));
        cases.add(post(
                kind,
                "NULs",
                JSON,
                new byte[200],
                400,
                NOT_JSON + "invalid character '\\x00' looking for beginning of value (0000…"));
        if (!kind.isFreelyNamed()) {
            cases.add(post(
                    kind, "bad UTF-8 in the name", JSON, kind.body("\u00ff").getBytes(ISO_8859_1), 422, ""));
            cases.add(post(kind, "half a pair in the name", kind.body("\\ud800"), 422, ""));
        }
        cases.add(
                post(kind, "compressed", JSON, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0}, 400, NOT_JSON + "…"));
        cases.add(post(kind, "no yaml", YAML, "a: [".getBytes(UTF_8), 400, UNRECOGNIZED + "yaml: …"));
        cases.add(
                post(kind, "yaml list", YAML, "- a".getBytes(UTF_8), 400, NOT_JSON + "json: cannot unmarshal array…"));
        cases.add(post(
                kind,
                "yaml of one word",
                YAML,
                "word".getBytes(UTF_8),
                400,
                NOT_JSON + "json: cannot unmarshal string…"));
        cases.add(post(kind, "yaml bomb", YAML, bomb().getBytes(UTF_8), 400, UNRECOGNIZED + "yaml: …"));
        cases.add(post(kind, "deep yaml", YAML, "- ".repeat(200_000).getBytes(UTF_8), 400, UNRECOGNIZED + "…"));
        cases.add(post(kind, "yaml with a class", YAML, "!!some.Class [x]".getBytes(UTF_8), 400, ""));
        cases.add(post(kind, "yaml of nothing", YAML, "---\n".getBytes(UTF_8), 422, ""));
        for (byte[] garbage : List.of(
                "k8s\0".getBytes(UTF_8),
                "nothing like it".getBytes(UTF_8),
                new byte[] {'k', '8', 's', 0, -1, -1, -1, -1, -1, -1, -1},
                new byte[] {'k', '8', 's', 0, 0x12, 0x7f, 1, 2, 3},
                new byte[] {'k', '8', 's', 0, 0x0a, 2, 0x0a, 0})) {
            cases.add(post(
                    kind,
                    "protobuf garbage of " + garbage.length,
                    "application/vnd.kubernetes.protobuf",
                    garbage,
                    0,
                    ""));
        }
        return cases;
    }

    private static String bomb() {
        var text = new StringBuilder("a0: &a0 [x, x, x]\n");
        for (int i = 1; i < 16; i++) {
            text.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        return text.toString();
    }

    private static List<Case> patches(TriedKind kind) {
        var cases = new ArrayList<Case>();
        for (String type : List.of(MERGE, STRATEGIC, PATCH)) {
            cases.add(patch(kind, type + " of nothing", type, "", 400, ""));
            cases.add(patch(kind, type + " that is no json", type, "x", 400, ""));
            cases.add(patch(kind, type + " of a word", type, "\"x\"", 400, ""));
            cases.add(patch(kind, type + " of a number", type, "5", 400, ""));
            cases.add(patch(kind, type + " too deep", type, "{\"a\":".repeat(50_000), 400, ""));
            cases.add(new Case(
                    type + " of what is not there",
                    "PATCH",
                    kind.one("missing"),
                    type,
                    (type.equals(PATCH) ? "[]" : "{}").getBytes(UTF_8),
                    404,
                    ""));
        }
        cases.add(patch(kind, "json patch of an object", PATCH, "{}", 400, ""));
        cases.add(patch(kind, "merge patch of a list", MERGE, "[]", 400, ""));
        cases.add(patch(kind, "json patch of no operation", PATCH, "[{\"op\":\"dance\",\"path\":\"/a\"}]", 0, ""));
        cases.add(patch(kind, "json patch without path", PATCH, "[{\"op\":\"remove\"}]", 0, ""));
        cases.add(patch(
                kind, "json patch of what is not there", PATCH, "[{\"op\":\"remove\",\"path\":\"/x/y\"}]", 422, ""));
        cases.add(patch(
                kind,
                "json patch whose test fails",
                PATCH,
                "[{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"x\"}]",
                422,
                ""));
        cases.add(patch(
                kind, "json patch of everything", PATCH, "[{\"op\":\"replace\",\"path\":\"\",\"value\":5}]", 0, ""));
        cases.add(patch(kind, "patch to another kind", MERGE, "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"}", 400, ""));
        cases.add(patch(kind, "patch of the name", MERGE, "{\"metadata\":{\"name\":\"other\"}}", 400, ""));
        cases.add(patch(kind, "patch of metadata to a number", MERGE, "{\"metadata\":5}", 0, ""));
        cases.add(patch(
                kind,
                "strategic directive unknown",
                STRATEGIC,
                "{\"metadata\":{\"$patch\":\"dance\"}}",
                400,
                "unknown patch type: dance in map: map[$patch:dance]"));
        cases.add(patch(kind, "strategic list where a map is", STRATEGIC, "{\"metadata\":{\"labels\":[1]}}", 0, ""));
        cases.add(patch(
                kind, "strategic retainKeys of a number", STRATEGIC, "{\"metadata\":{\"$retainKeys\":7}}", 0, ""));
        cases.add(patch(kind, "no patch type", JSON, "{}", 415, ""));
        cases.add(patch(kind, "apply without manager", APPLY, kind.body("there"), 422, ""));
        cases.add(new Case(
                "apply of no yaml",
                "PATCH",
                kind.one("there") + "?fieldManager=m",
                APPLY,
                "a: [".getBytes(UTF_8),
                400,
                ""));
        cases.add(new Case(
                "apply of a bomb",
                "PATCH",
                kind.one("there") + "?fieldManager=m",
                APPLY,
                bomb().getBytes(UTF_8),
                400,
                ""));
        cases.add(new Case(
                "apply of nothing", "PATCH", kind.one("there") + "?fieldManager=m", APPLY, new byte[0], 400, ""));
        cases.add(new Case(
                "apply to another name",
                "PATCH",
                kind.one("there") + "?fieldManager=m",
                APPLY,
                kind.body("other").getBytes(UTF_8),
                400,
                ""));
        return cases;
    }

    private static List<Case> places(TriedKind kind) {
        var cases = new ArrayList<Case>();
        String here = kind.one("there");
        cases.add(on("GET", kind.one("missing"), "", 404, ""));
        cases.add(on("DELETE", kind.one("missing"), "", 404, ""));
        cases.add(on("GET", kind.path() + "/..", "", 400, "Name parameter invalid: \"..\": may not be '..'"));
        cases.add(on("GET", kind.path() + "/.", "", 400, "Name parameter invalid: \".\": may not be '.'"));
        cases.add(on("GET", kind.path() + "/a%25b", "", 400, "Name parameter invalid: \"a%b\": may not contain '%'"));
        cases.add(on("DELETE", kind.path() + "/%2e%2e", "", 400, "Name parameter invalid: \"..\": may not be '..'"));
        cases.add(on("GET", here + "/nosuchpart", "", 404, ""));
        cases.add(on("GET", kind.path() + "/there%2fnosuchpart", "", 404, ""));
        cases.add(on("GET", kind.path() + "/..%2f..%2fsecrets", "", 404, ""));
        cases.add(on("GET", "/" + kind.path(), "", 404, ""));
        cases.add(on("GET", kind.path().replace("/v1/", "/v1//"), "", 404, ""));
        cases.add(on("GET", kind.path() + "//there", "", 404, ""));
        cases.add(on("GET", kind.path().replace("/v1/", "/v77/"), "", 404, ""));
        cases.add(on("GET", kind.path() + "s", "", 404, ""));
        cases.add(on("PUT", kind.path(), kind.body("there"), 405, ""));
        cases.add(on("PATCH", kind.path(), "{}", 405, ""));
        cases.add(on("POST", here, kind.body("there"), 405, ""));
        cases.add(on("BREW", here, "", 405, ""));
        cases.add(on("TRACE", kind.path(), "", 405, ""));
        cases.add(on("GET", kind.path() + "/a%00b", "", 404, ""));
        return cases;
    }

    private static List<Case> parameters(TriedKind kind) {
        var cases = new ArrayList<Case>();
        String here = kind.one("there");
        for (String wrong : List.of(
                "limit=x",
                "limit=1.5",
                "limit=99999999999999999999",
                "continue=x",
                "continue=%00",
                "labelSelector=a%20in",
                "labelSelector=a%3D%3D%3Db",
                "labelSelector=%2F",
                "labelSelector=((((",
                "fieldSelector=a",
                "fieldSelector=no.such.field%3Dx",
                "fieldSelector=%3D",
                "resourceVersion=-1",
                "resourceVersionMatch=Exact",
                "resourceVersion=0&resourceVersionMatch=Exact",
                "resourceVersion=5&resourceVersionMatch=Sometimes",
                "sendInitialEvents=true",
                "timeoutSeconds=x",
                "timeout=x",
                "timeout=5",
                "watch=true&resourceVersionMatch=Exact&resourceVersion=1",
                "watch=1&sendInitialEvents=true",
                "watch=1&labelSelector=((",
                "limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ")) {
            cases.add(on("GET", kind.path() + "?" + wrong, "", 0, ""));
        }
        cases.add(on(
                "GET",
                kind.path() + "?watch=1&resourceVersion=x",
                "",
                400,
                "resourceVersion: Invalid value: \"x\": …"));
        cases.add(on("POST", kind.path() + "?dryRun=Some", kind.body("x"), 422, ""));
        cases.add(on("POST", kind.path() + "?dryRun=All&dryRun=x", kind.body("x"), 422, ""));
        cases.add(on("POST", kind.path() + "?fieldValidation=Maybe", kind.body("x"), 422, ""));
        cases.add(on("POST", kind.path() + "?fieldManager=" + "m".repeat(200), kind.body("x"), 422, ""));
        cases.add(on("POST", kind.path() + "?fieldManager=a%0Ab", kind.body("x"), 422, ""));
        cases.add(on(
                "POST",
                kind.path() + "?fieldValidation=Strict",
                "{\"no\":1," + kind.body("x").substring(1),
                400,
                ""));
        cases.add(on(
                "POST",
                kind.path() + "?fieldValidation=Strict",
                "{\"kind\":\"" + kind.kind() + "\"," + kind.body("x").substring(1),
                400,
                ""));
        cases.add(on("PUT", here + "?dryRun=Some", kind.body("there"), 422, ""));
        for (String wrong : List.of(
                "gracePeriodSeconds=x",
                "propagationPolicy=Sometimes",
                "dryRun=Some",
                "gracePeriodSeconds=99999999999999999999")) {
            cases.add(on("DELETE", here + "?" + wrong, "", 0, ""));
        }
        cases.add(on("DELETE", here, "[]", 400, ""));
        cases.add(on("DELETE", here, "x", 400, ""));
        cases.add(on("DELETE", here, "{\"gracePeriodSeconds\":\"x\"}", 400, ""));
        cases.add(on("DELETE", here, "{\"gracePeriodSeconds\":1e99}", 400, ""));
        cases.add(on("DELETE", here, "{\"preconditions\":{\"uid\":\"x\"}}", 409, ""));
        cases.add(on("DELETE", here, "{\"preconditions\":5}", 400, ""));
        cases.add(on("DELETE", here, "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}", 400, ""));
        cases.add(on("DELETE", kind.path() + "?labelSelector=((", "", 400, ""));
        return cases;
    }

    private static void check(Case each) {
        long before = api.store.revision();

        Answer answer = api.send(RealApi.ADMIN, each.method, each.target, each.type, each.body);

        String told = answer.text();
        if (each.status == 0) {
            assertThat(answer.status()).as(told).isBetween(400, 499);
        } else {
            assertThat(answer.status()).as(told).isEqualTo(each.status);
        }
        assertThat(told)
                .doesNotContain(
                        "java.", "dev.longshore", "tools.jackson", "snakeyaml", "Exception", "\tat ", "null pointer");
        assertThat(api.store.revision()).as("nothing is written").isEqualTo(before);
        if (answer.status() == 404 && told.equals("404 page not found\n")) {
            // Where no resource is there is no Status either.
            return;
        }
        JsonNode status = answer.json();
        assertThat(status.path("kind").asString()).isEqualTo("Status");
        assertThat(status.path("status").asString()).isEqualTo("Failure");
        assertThat(status.path("code").asInt()).isEqualTo(answer.status());
        if (each.message.endsWith("…")) {
            assertThat(answer.message()).startsWith(each.message.substring(0, each.message.length() - 1));
        } else if (!each.message.isEmpty()) {
            assertThat(answer.message()).isEqualTo(each.message);
        }
    }
}
