package dev.longshore.server;

import static dev.longshore.server.CustomApi.DEFINITIONS;
import static dev.longshore.server.CustomApi.definition;
import static dev.longshore.server.CustomApi.only;
import static dev.longshore.server.CustomApi.path;
import static dev.longshore.server.CustomApi.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Custom resources from their definition to its end, as clients see them.
class CustomResourcesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String JSON = "Content-Type";
    private static final CustomApi CUSTOM = new CustomApi();
    private final WholeApi api = CUSTOM.api;

    @AfterAll
    static void end() {
        CUSTOM.close();
    }

    private RealApi.Answer patch(String target, String type, String body) {
        return api.send("PATCH", target, body, JSON, "application/" + type);
    }

    @Test
    void isServedFromTheMomentItIsEstablished() {
        CUSTOM.define(definition("bolts", "Bolt", only("spec: {type: object, properties: {size: {type: integer}}}")));

        assertThat(CUSTOM.create("bolts", "Bolt", "one", "spec: {size: 3}", "").status())
                .isEqualTo(201);
        RealApi.Answer read = api.get(path("v1", "bolts") + "/one");
        assertThat(read.json().path("spec").path("size").asInt()).isEqualTo(3);
        assertThat(read.json().path("metadata").path("generation").asInt()).isEqualTo(1);
        assertThat(api.get("/apis/example.com/v1/bolts").json().path("kind").asString())
                .isEqualTo("BoltList");
        assertThat(api.get(path("v1", "bolts") + "/none").message()).isEqualTo("bolts.example.com \"none\" not found");
        assertThat(api.get("/apis/example.com/v1").text()).contains("\"bolts\"", "\"singularName\":\"bolt\"");
        assertThat(api.get("/apis", "Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                        .text())
                .contains("\"responseKind\":{\"group\":\"\",\"version\":\"\",\"kind\":\"Bolt\"}");
    }

    @Test
    void isToldInBothVersionsOfOpenApi() {
        CUSTOM.define(definition(
                "told",
                "Told",
                only("spec: {type: object, description: what is wanted, properties: {size:"
                        + " {x-kubernetes-int-or-string: true}, free: {type: object,"
                        + " x-kubernetes-preserve-unknown-fields: true}}}")));

        JsonNode three = api.get("/openapi/v3/apis/example.com/v1")
                .json()
                .path("components")
                .path("schemas")
                .path("com.example.v1.Told");
        assertThat(three.path("properties").path("spec").path("description").asString())
                .isEqualTo("what is wanted");
        assertThat(three.path("properties")
                        .path("metadata")
                        .path("allOf")
                        .path(0)
                        .path("$ref")
                        .asString())
                .isEqualTo("#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
        assertThat(three.path("properties")
                        .path("spec")
                        .path("properties")
                        .path("size")
                        .path("anyOf")
                        .size())
                .isEqualTo(2);
        JsonNode two = api.get("/openapi/v2").json().path("definitions").path("com.example.v1.Told");
        assertThat(two.path("x-kubernetes-group-version-kind")
                        .path(0)
                        .path("kind")
                        .asString())
                .isEqualTo("Told");
        assertThat(two.path("properties")
                        .path("spec")
                        .path("properties")
                        .path("free")
                        .has("type"))
                .isFalse();
    }

    @Test
    void refusesWhatTheSchemaRefuses() {
        CUSTOM.define(definition("strict", "Strict", only("""
                        spec:
                          type: object
                          required: [name]
                          properties:
                            name: {type: string, pattern: '^a+$', maxLength: 5}
                            size: {type: integer, minimum: 1}
                            color: {type: string, enum: [red, green]}
                            tags: {type: array, x-kubernetes-list-type: set, items: {type: string}}""")));

        RealApi.Answer refused =
                CUSTOM.create("strict", "Strict", "bad", "spec: {name: b, size: 0, color: blue, tags: [x, x]}", "");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.message())
                .startsWith("Strict.example.com \"bad\" is invalid: [")
                .contains(
                        "spec.name: Invalid value: \"b\": spec.name in body should match '^a+$'",
                        "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
                        "spec.color: Unsupported value: \"blue\": supported values: \"red\", \"green\"",
                        "spec.tags[1]: Duplicate value: \"x\"");
        assertThat(CUSTOM.create("strict", "Strict", "bad", "spec: {size: two}", "")
                        .message())
                .contains(
                        "spec.name: Required value",
                        "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\"");
    }

    @Test
    void dropsOrRefusesUnknownFieldsAsAsked() {
        CUSTOM.define(definition("pruned", "Pruned", only("""
                        spec:
                          type: object
                          properties:
                            known: {type: string}
                            free: {type: object, x-kubernetes-preserve-unknown-fields: true}""")));
        String spec = "{spec: {known: a, other: b, free: {x: {y: 1}}}, more: 1}";

        RealApi.Answer warned = CUSTOM.create("pruned", "Pruned", "warned", spec, "");
        assertThat(warned.json().path("spec").toString()).isEqualTo("{\"free\":{\"x\":{\"y\":1}},\"known\":\"a\"}");
        assertThat(warned.json().has("more")).isFalse();
        assertThat(warned.headers().all("Warning"))
                .containsExactly("299 - \"unknown field \\\"more\\\"\"", "299 - \"unknown field \\\"spec.other\\\"\"");
        RealApi.Answer strict = CUSTOM.create("pruned", "Pruned", "strict", spec, "?fieldValidation=Strict");
        assertThat(strict.status()).isEqualTo(400);
        assertThat(strict.message())
                .isEqualTo("Pruned in version \"v1\" cannot be handled as a Pruned: strict decoding error: unknown"
                        + " field \"more\", unknown field \"spec.other\"");
        String twice = "{'apiVersion':'example.com/v1','kind':'Pruned','metadata':{'name':'twice','odd':1},"
                + "'spec':{'free':{'a':1,'a':2}}}";
        assertThat(api.send("POST", path("v1", "pruned") + "?fieldValidation=Strict", twice)
                        .message())
                .endsWith("strict decoding error: duplicate field \"spec.free.a\", unknown field \"metadata.odd\"");
    }

    @Test
    void fillsInDefaultsWhenWrittenAndWhenReadUnderALaterSchema() {
        CUSTOM.define(definition(
                "filled",
                "Filled",
                only("spec: {type: object, default: {}, properties: {size: {type: integer, default: 4}}}")));
        assertThat(CUSTOM.create("filled", "Filled", "one", "{}", "")
                        .json()
                        .path("spec")
                        .toString())
                .isEqualTo("{\"size\":4}");

        CUSTOM.change(
                "filled.example.com",
                "{spec: {versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object,"
                        + " properties: {spec: {type: object, properties: {color: {type: string, default: red}}}}}}}]}}",
                () -> api.get(path("v1", "filled") + "/one").text().contains("red"));

        assertThat(api.get(path("v1", "filled") + "/one").json().path("spec").toString())
                .isEqualTo("{\"color\":\"red\"}");
        assertThat(api.get(path("v1", "filled"))
                        .json()
                        .path("items")
                        .path(0)
                        .path("spec")
                        .toString())
                .isEqualTo("{\"color\":\"red\"}");
    }

    @Test
    void keepsStatusAndSpecApart() {
        CUSTOM.define(definition("parted", "Parted", """
                - name: v1
                  served: true
                  storage: true
                  subresources:
                    status: {}
                    scale: {specReplicasPath: .spec.n, statusReplicasPath: .status.n, labelSelectorPath: .status.s}
                  schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """));
        CUSTOM.create("parted", "Parted", "one", "{spec: {n: 2}, status: {n: 9}}", "");
        String one = path("v1", "parted") + "/one";

        assertThat(api.get(one).json().has("status")).isFalse();
        RealApi.Answer status = patch(
                one + "/status",
                "merge-patch+json",
                "{'metadata':{'labels':{'a':'b'}},'spec':{'n':7},'status':{'n':1,'s':'app=x'}}");
        assertThat(status.json().path("spec").path("n").asInt()).isEqualTo(2);
        assertThat(status.json().path("metadata").has("labels")).isFalse();
        assertThat(status.json().path("metadata").path("generation").asInt()).isEqualTo(1);
        RealApi.Answer scaled = patch(one + "/scale", "merge-patch+json", "{'spec':{'replicas':5}}");
        assertThat(scaled.json().path("status").toString()).isEqualTo("{\"replicas\":1,\"selector\":\"app=x\"}");
        assertThat(api.get(one).json().path("spec").path("n").asInt()).isEqualTo(5);
        assertThat(api.get(one).json().path("metadata").path("generation").asInt())
                .isEqualTo(2);
        assertThat(patch(one, "strategic-merge-patch+json", "{}").status()).isEqualTo(415);
        assertThat(patch(one + "/scale", "strategic-merge-patch+json", "{}").status())
                .isEqualTo(415);
    }

    @Test
    void isServedInSeveralVersionsAndWarnsOfOldOnes() {
        String old = "- {name: v1alpha1, served: true, storage: false, deprecated: true, schema: {openAPIV3Schema:"
                + " {type: object, properties: {spec: {type: object, properties: {a: {type: string}}}}}}}\n";
        CUSTOM.define(definition(
                "versed",
                "Versed",
                old + version("v1", true, "spec: {type: object, properties: {a: {type: string}, b: {type: string}}}")));
        CUSTOM.create("versed", "Versed", "one", "spec: {a: x, b: y}", "");

        RealApi.Answer read = api.get(path("v1alpha1", "versed") + "/one");
        assertThat(read.json().path("apiVersion").asString()).isEqualTo("example.com/v1alpha1");
        assertThat(read.json().path("spec").toString()).isEqualTo("{\"a\":\"x\"}");
        assertThat(read.headers().all("Warning"))
                .containsExactly("299 - \"example.com/v1alpha1 Versed is deprecated; use example.com/v1 Versed\"");
        assertThat(api.get(path("v1", "versed") + "/one")
                        .json()
                        .path("spec")
                        .path("b")
                        .asString())
                .isEqualTo("y");
        assertThat(api.get("/apis/example.com")
                        .json()
                        .path("preferredVersion")
                        .path("version")
                        .asString())
                .isEqualTo("v1");
    }

    @Test
    void showsItsColumnsAndSelectsByItsFields() {
        CUSTOM.define(definition("shown", "Shown", """
                - name: v1
                  served: true
                  storage: true
                  selectableFields: [{jsonPath: .spec.color}]
                  additionalPrinterColumns:
                  - {name: Color, type: string, jsonPath: .spec.color}
                  - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type==\\"Ready\\")].status'}
                  - {name: Size, type: integer, jsonPath: .spec.size, priority: 1}
                  schema:
                    openAPIV3Schema:
                      type: object
                      x-kubernetes-preserve-unknown-fields: true
                      properties:
                        spec:
                          type: object
                          x-kubernetes-preserve-unknown-fields: true
                          properties: {color: {type: string}}
                """));
        CUSTOM.create(
                "shown",
                "Shown",
                "one",
                "{spec: {color: red, size: 3}, status: {conditions: [{type: A, status: x}, {type: Ready, status:"
                        + " 'True'}]}}",
                "");
        CUSTOM.create("shown", "Shown", "two", "{spec: {color: blue}}", "");

        JsonNode table = api.get(path("v1", "shown"), "Accept", "application/json;as=Table;g=meta.k8s.io;v=v1")
                .json();
        assertThat(table.path("columnDefinitions")
                        .valueStream()
                        .map(each -> each.path("name").asString()))
                .containsExactly("Name", "Color", "Ready", "Size");
        assertThat(table.path("rows").path(0).path("cells").toString()).isEqualTo("[\"one\",\"red\",\"True\",3]");
        assertThat(table.path("rows").path(1).path("cells").toString()).isEqualTo("[\"two\",\"blue\",null,null]");
        assertThat(api.get(path("v1", "shown") + "?fieldSelector=spec.color%3Dblue")
                        .json()
                        .path("items")
                        .valueStream()
                        .map(each -> each.path("metadata").path("name").asString()))
                .containsExactly("two");
        assertThat(api.get(path("v1", "shown") + "?fieldSelector=spec.size%3D3").message())
                .endsWith("field label not supported: spec.size");
    }

    @Test
    void givesNoNameToTwoDefinitionsOfAGroup() {
        CUSTOM.define(definition("firsts", "First", only("spec: {type: object}"))
                .replace("kind: First", "kind: First, shortNames: [ff]"));
        RealApi.Answer second = api.send(
                "POST",
                DEFINITIONS,
                definition("seconds", "Second", only("spec: {type: object}"))
                        .replace("kind: Second", "kind: Second, shortNames: [ff]"),
                JSON,
                "application/yaml");
        assertThat(second.status()).isEqualTo(201);

        CUSTOM.awaitCondition("seconds.example.com", "NamesAccepted", "False");
        JsonNode conflict = CUSTOM.condition("seconds.example.com", "NamesAccepted");
        assertThat(conflict.path("reason").asString()).isEqualTo("ShortNamesConflict");
        assertThat(conflict.path("message").asString()).isEqualTo("\"ff\" is already in use");
        assertThat(api.get(path("v1", "seconds")).status()).isEqualTo(404);

        api.send("DELETE", DEFINITIONS + "/firsts.example.com", "");
        CUSTOM.awaitCondition("seconds.example.com", "Established", "True");
    }

    @Test
    void goesOnlyAfterItsResources() {
        CUSTOM.define(definition("doomed", "Doomed", only("spec: {type: object}")));
        CUSTOM.create("doomed", "Doomed", "free", "{}", "");
        CUSTOM.create("doomed", "Doomed", "kept", "metadata: {name: kept, finalizers: [example.com/hold]}", "");

        RealApi.Answer deleted = api.send("DELETE", DEFINITIONS + "/doomed.example.com", "");
        assertThat(deleted.json().path("metadata").path("finalizers").toString())
                .isEqualTo("[\"customresourcecleanup.apiextensions.k8s.io\"]");
        CUSTOM.awaitCondition("doomed.example.com", "Terminating", "True");
        await().atMost(PATIENCE)
                .until(() -> api.get(path("v1", "doomed")).json().path("items").size() == 1);
        await().atMost(PATIENCE)
                .until(() -> CUSTOM.create("doomed", "Doomed", "late", "{}", "").status() == 403);
        assertThat(CUSTOM.create("doomed", "Doomed", "late", "{}", "").message())
                .isEqualTo("doomed.example.com \"late\" is forbidden: create not allowed while custom resource"
                        + " definition is terminating");

        patch(path("v1", "doomed") + "/kept", "merge-patch+json", "{'metadata':{'finalizers':null}}");
        await().atMost(PATIENCE)
                .until(() -> api.get(DEFINITIONS + "/doomed.example.com").status() == 404);
        await().atMost(PATIENCE).until(() -> api.get(path("v1", "doomed")).status() == 404);
    }

    @Test
    void tellsOfFormatsThatSayNothing() {
        RealApi.Answer made = api.send(
                "POST",
                DEFINITIONS + "?dryRun=All",
                definition("odds", "Odd", only("spec: {type: string, format: strange}")),
                JSON,
                "application/yaml");

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.headers().all("Warning")).containsExactly("299 - \"unrecognized format \\\"strange\\\"\"");
    }

    @Test
    void elementsOfAListAreTheSameUnderADefaultThatTheirKeyHas() {
        CUSTOM.define(definition("gates", "Gate", only("""
                spec:
                  type: object
                  properties:
                    ports:
                      type: array
                      x-kubernetes-list-type: map
                      x-kubernetes-list-map-keys: [port, via]
                      items:
                        type: object
                        required: [port]
                        properties:
                          port: {type: integer}
                          via: {type: string, default: road}
                          note: {type: string}
                """)));
        apply("first", "[{port: 1, note: a}, {port: 2, via: road, note: b}]");
        RealApi.Answer second = apply("second", "[{port: 1, via: road, note: a}, {port: 1, via: rail, note: c}]");

        assertThat(second.status()).as(second.text()).isEqualTo(200);
        assertThat(second.json().path("spec").path("ports"))
                .extracting(port -> port.path("port").asInt() + port.path("via").asString())
                .containsExactlyInAnyOrder("1road", "2road", "1rail");
    }

    private RealApi.Answer apply(String manager, String ports) {
        String gate = "{apiVersion: example.com/v1, kind: Gate, metadata: {name: g}, spec: {ports: " + ports + "}}";
        return patch(path("v1", "gates") + "/g?fieldManager=" + manager, "apply-patch+yaml", gate);
    }
}
