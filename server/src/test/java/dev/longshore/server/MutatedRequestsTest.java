package dev.longshore.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.server.RealApi.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Valid requests with something changed at random: they may succeed or be refused, but never break the server,
/// and what is refused changes nothing.
class MutatedRequestsTest {

    private static final List<String> TYPES = List.of(
            "application/json",
            "application/yaml",
            "application/vnd.kubernetes.protobuf",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/json-patch+json",
            "application/apply-patch+yaml",
            "text/plain",
            "");

    private static final List<String> HOSTILE = List.of(
            "null",
            "true",
            "-1",
            "1.5",
            "1e400",
            "18446744073709551616",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"..\"",
            "\"%2e\"",
            "[]",
            "[null]",
            "[[]]",
            "{}",
            "{\"\":null}",
            "{\"a\":{\"b\":[{}]}}",
            "\"9999999999999999999Ei\"",
            "\"*/5 * * * *\"",
            "\"2026-99-99T00:00:00Z\"",
            "{\"$patch\":\"delete\"}",
            "{\"$patch\":\"replace\"}",
            "{\"$retainKeys\":[\"x\"]}",
            "{\"$patch\":\"dance\"}",
            "{\"$setElementOrder/ports\":5}",
            "{\"$deleteFromPrimitiveList/finalizers\":7}");

    private static final List<String> PARAMETERS = List.of(
            "dryRun=All",
            "dryRun=x",
            "fieldManager=m",
            "fieldManager=",
            "force=true",
            "fieldValidation=Strict",
            "fieldValidation=Ignore",
            "pretty=true",
            "limit=1",
            "limit=-1",
            "continue=abc",
            "labelSelector=a%20in%20(b,c)",
            "labelSelector=%21%21a",
            "labelSelector=a%3Db%2C",
            "fieldSelector=metadata.name%3Dx",
            "fieldSelector=metadata.name%21%3Dx%2Cspec.x%3D1",
            "resourceVersion=0",
            "resourceVersion=1",
            "resourceVersionMatch=Exact",
            "resourceVersionMatch=NotOlderThan",
            "gracePeriodSeconds=-1",
            "propagationPolicy=Foreground",
            "timeout=30s",
            "timeout=x",
            "%",
            "%zz=%zz",
            "a;b",
            "=&=&&");

    private static final List<String> ACCEPTS = List.of(
            "",
            "*/*",
            "application/json;as=Table;g=meta.k8s.io;v=v1",
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
            "application/yaml",
            "application/vnd.kubernetes.protobuf",
            "text/html",
            ";;q=x,,",
            "application/json;as=Nothing");

    private static final List<String> OBJECTS = List.of(
            "/api/v1/namespaces/default/configmaps "
                    + "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\",\"labels\":{\"a\":\"b\"},"
                    + "\"finalizers\":[],\"annotations\":{\"c\":\"d\"}},\"data\":{\"k\":\"v\"},\"binaryData\":{\"b\":\"AA==\"}}",
            "/api/v1/namespaces/default/pods "
                    + "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"containers\":[{\"name\":"
                    + "\"c\",\"image\":\"i\",\"ports\":[{\"containerPort\":80}],\"env\":[{\"name\":\"A\",\"value\":\"b\"}],"
                    + "\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"1Gi\"}},\"volumeMounts\":[{\"name\":\"v\","
                    + "\"mountPath\":\"/v\"}]}],\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}],\"tolerations\":[{\"operator\":"
                    + "\"Exists\"}]}}",
            "/api/v1/namespaces/default/services "
                    + "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"selector\":{\"a\":"
                    + "\"b\"},\"ports\":[{\"port\":80,\"targetPort\":\"web\"}]}}",
            "/apis/apps/v1/namespaces/default/deployments "
                    + "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"replicas\":1,"
                    + "\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"strategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":"
                    + "{\"maxSurge\":\"25%\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":"
                    + "[{\"name\":\"c\",\"image\":\"i\"}]}}}}",
            "/apis/batch/v1/namespaces/default/cronjobs "
                    + "{\"apiVersion\":\"batch/v1\",\"kind\":\"CronJob\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"schedule\":"
                    + "\"* * * * *\",\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":{\"restartPolicy\":\"Never\","
                    + "\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}}}",
            "/apis/networking.k8s.io/v1/namespaces/default/ingresses "
                    + "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"Ingress\",\"metadata\":{\"name\":\"x\"},\"spec\":"
                    + "{\"rules\":[{\"host\":\"a.b\",\"http\":{\"paths\":[{\"path\":\"/\",\"pathType\":\"Prefix\",\"backend\":"
                    + "{\"service\":{\"name\":\"s\",\"port\":{\"number\":80}}}}]}}]}}",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles "
                    + "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\",\"metadata\":{\"name\":\"x\"},"
                    + "\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\"]}]}");

    private static RealApi api;

    @BeforeContainer
    static void open() {
        api = new RealApi();
        // With the first request the server makes objects of its own.
        api.send(RealApi.ADMIN, "GET", "/version", "");
        // Pods need one.
        api.send(
                RealApi.ADMIN,
                "POST",
                "/api/v1/namespaces/default/serviceaccounts",
                "{\"metadata\":{\"name\":\"default\"}}");
    }

    @AfterContainer
    static void close() {
        api.close();
    }

    @Property(tries = 1500, afterFailure = AfterFailureMode.RANDOM_SEED, shrinking = ShrinkingMode.OFF)
    void neverBreakTheServerNorChangeAnythingWhenRefused(@ForAll long seed) {
        var random = new Random(seed);
        Request request = request(random);
        long before = api.store.revision();

        Answer answer = api.send(RealApi.ADMIN, request);

        String told = answer.text();
        String asked = request.method() + " " + request.rawTarget() + " "
                + request.headers().first("Content-Type");
        assertThat(answer.status()).as(seed + ": " + asked + " " + told).isLessThan(500);
        if (answer.status() >= 400) {
            // A service takes its address before it is known that its name is taken, and gives it back.
            // A collection is deleted one by one, until one cannot be.
            boolean isLate = request.path().contains("/services") && answer.status() == 409
                    || request.method().equals("DELETE") && !request.path().endsWith("/x");
            assertThat(isLate || api.store.revision() == before)
                    .as(seed + ": " + asked + " " + told)
                    .isTrue();
            assertThat(told).doesNotContain("dev.longshore", "tools.jackson", "Exception", "\tat ");
            boolean isProtobuf =
                    answer.headers().first("Content-Type").orElse("").contains("protobuf");
            boolean isYaml = answer.headers().first("Content-Type").orElse("").contains("yaml");
            boolean isNowhere = told.startsWith("404 page not found");
            if (!isProtobuf && !isYaml && !isNowhere) {
                assertThat(answer.json().path("kind").asString()).as(asked).isEqualTo("Status");
                assertThat(answer.json().path("code").asInt()).as(asked).isEqualTo(answer.status());
            }
        }
    }

    private static Request request(Random random) {
        String[] valid = pick(random, OBJECTS).split(" ", 2);
        String method = pick(random, List.of("POST", "PUT", "PATCH", "PATCH", "PATCH", "GET", "DELETE"));
        String path = valid[0] + (method.equals("POST") ? "" : random.nextInt(10) == 0 ? "" : "/x");
        if (random.nextInt(12) == 0) {
            path = mutated(path, random);
        }
        if (random.nextInt(8) == 0 && !method.equals("POST")) {
            path += pick(
                    random, List.of("/status", "/scale", "/eviction", "/binding", "/ephemeralcontainers", "/resize"));
        }
        var query = new ArrayList<String>();
        while (random.nextInt(3) == 0) {
            query.add(pick(random, PARAMETERS));
        }
        String target = query.isEmpty() ? path : path + "?" + String.join("&", query);
        Headers headers = Headers.EMPTY;
        String type = type(method, random);
        if (!type.isEmpty()) {
            headers = headers.with("Content-Type", type);
        }
        String accept = random.nextInt(4) == 0 ? pick(random, ACCEPTS) : "";
        if (!accept.isEmpty()) {
            headers = headers.with("Accept", accept);
        }
        byte[] body = method.equals("GET") || method.equals("DELETE") && random.nextBoolean()
                ? new byte[0]
                : body(valid[1], type, random);
        return Request.local(method, target, headers, body);
    }

    private static String type(String method, Random random) {
        if (random.nextInt(10) == 0) {
            return pick(random, TYPES);
        }
        return method.equals("PATCH") ? TYPES.get(3 + random.nextInt(4)) : "application/json";
    }

    private static byte[] body(String valid, String type, Random random) {
        JsonNode tree = Json.parse(valid);
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            change(tree, random);
        }
        if (type.equals("application/json-patch+json") && random.nextInt(5) != 0) {
            tree = operations(tree, random);
        }
        byte[] bytes = tree.toString().getBytes(UTF_8);
        if (random.nextInt(6) == 0 && bytes.length > 0) {
            for (int i = 0; i <= random.nextInt(3); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
        }
        if (random.nextInt(15) == 0) {
            bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
        return bytes;
    }

    private static JsonNode operations(JsonNode tree, Random random) {
        ArrayNode list = Json.array();
        do {
            ObjectNode operation = list.addObject();
            operation.put("op", pick(random, List.of("add", "remove", "replace", "move", "copy", "test", "dance")));
            operation.put("path", pick(random, PATHS));
            if (random.nextBoolean()) {
                operation.put("from", pick(random, PATHS));
            }
            operation.set("value", random.nextBoolean() ? tree : Json.parse(pick(random, HOSTILE)));
        } while (random.nextBoolean());
        return list;
    }

    private static final List<String> PATHS = List.of(
            "",
            "/",
            "/metadata",
            "/metadata/name",
            "/metadata/labels/a",
            "/metadata/finalizers/-",
            "/spec",
            "/data/k",
            "/spec/containers/0",
            "/spec/containers/99999999999",
            "/spec/containers/-1",
            "/rules/0",
            "/~2",
            "/a/~0/b",
            "x");

    /// Replaces, removes, renames or doubles something somewhere in the tree.
    private static void change(JsonNode tree, Random random) {
        JsonNode node = tree;
        while (!node.isEmpty() && random.nextInt(5) != 0) {
            List<JsonNode> inner =
                    node.valueStream().filter(JsonNode::isContainer).toList();
            if (inner.isEmpty()) {
                break;
            }
            node = pick(random, inner);
        }
        JsonNode value = Json.parse(pick(random, HOSTILE));
        switch (node) {
            case ObjectNode object -> {
                var names = List.copyOf(object.propertyNames());
                String name =
                        names.isEmpty() || random.nextInt(6) == 0 ? "field" + random.nextInt(9) : pick(random, names);
                if (random.nextInt(4) == 0) {
                    object.remove(name);
                } else {
                    object.set(name, value);
                }
            }
            case ArrayNode list -> {
                if (list.isEmpty() || random.nextBoolean()) {
                    list.add(
                            random.nextBoolean() && !list.isEmpty()
                                    ? list.get(0).deepCopy()
                                    : value);
                } else {
                    list.set(random.nextInt(list.size()), value);
                }
            }
            case JsonNode _ -> {}
        }
    }

    private static String mutated(String text, Random random) {
        var changed = new StringBuilder(text);
        int at = 1 + random.nextInt(text.length() - 1);
        String put = pick(random, List.of("/", "%", "%2f", "%00", "..", "%ff", "+", "x", "", "//", "%2e%2e%2f"));
        changed.replace(at, Math.min(text.length(), at + random.nextInt(2)), put);
        return new String(changed.toString().getBytes(UTF_8), ISO_8859_1);
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
