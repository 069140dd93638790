package dev.longshore.journeys.everykind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.journeys.everykind.LoneApi.Answer;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The same cases for every built-in kind in every version that can be written.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryKindTest {

    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private static final String METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

    private final LoneApi api = new LoneApi();
    private final List<Sample> samples = Sample.all(api.definitions());
    private final List<Sample> written = new ArrayList<>();

    @BeforeAll
    void prepareNamespace() {
        api.post("/api/v1/namespaces", Json.parse("{\"metadata\":{\"name\":\"" + Sample.NAMESPACE + "\"}}"))
                .good();
        api.post(
                        "/api/v1/namespaces/" + Sample.NAMESPACE + "/serviceaccounts",
                        Json.parse("{\"metadata\":{\"name\":\"default\"}}"))
                .good();
    }

    @AfterEach
    void removeWhatIsLeft() {
        written.forEach(this::remove);
        written.clear();
    }

    @AfterAll
    void close() {
        api.close();
    }

    Stream<Sample> samples() {
        return samples.stream();
    }

    @Test
    void everyKindThatCanBeWrittenHasASample() {
        var writable = new TreeSet<String>();
        api.definitions().stream()
                .filter(definition -> definition.verbs().contains("update"))
                .forEach(definition -> writable.add(definition.kind().toString()));
        var sampled = new TreeSet<String>();
        samples.forEach(sample -> sampled.add(sample.definition().kind().toString()));

        assertThat(sampled).isEqualTo(writable);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void whatIsCreatedIsReadBack(Sample sample) {
        JsonNode created = create(sample);

        assertContains(created, sample.object().tree(), "");
        assertThat(created.at("/metadata/uid").asString()).isNotEmpty();
        assertThat(created.at("/metadata/creationTimestamp").asString()).isNotEmpty();
        assertThat(created.at("/metadata/resourceVersion").asString()).isNotEmpty();
        assertThat(api.get(sample.path()).good()).isEqualTo(created);
        JsonNode list = api.get(sample.collection()).good();
        assertThat(list.path("kind").asString())
                .isEqualTo(sample.definition().kind().kind() + "List");
        assertThat(list.path("items").valueStream().toList()).contains(created);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void defaultsAreAddedOnce(Sample sample) {
        JsonNode created = create(sample);

        JsonNode again = api.put(sample.path(), created).good();

        assertThat(again).isEqualTo(created);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyWriteHasAnOwner(Sample sample) {
        JsonNode created = create(sample);
        if (isOwnedByNobody(sample)) {
            assertThat(created.at("/metadata/managedFields").isMissingNode()).isTrue();
            return;
        }

        assertThat(created.at("/metadata/managedFields").isEmpty())
                .as("owners of %s", created)
                .isFalse();
        JsonNode entry = created.at("/metadata/managedFields/0");
        assertThat(entry.path("operation").asString()).isEqualTo("Update");
        assertThat(entry.path("apiVersion").asString())
                .isEqualTo(sample.definition().kind().apiVersion());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aDryRunAnswersLikeTheWriteAndStoresNothing(Sample sample) {
        JsonNode pretended = api.post(
                        sample.collection() + "?dryRun=All", sample.object().tree())
                .good();
        assertThat(api.get(sample.path()).status()).isEqualTo(404);

        JsonNode answer = post(sample);
        assertThat(withoutPassing(pretended)).isEqualTo(withoutPassing(answer));
        JsonNode created = settled(sample, answer);
        ObjectNode labelled = (ObjectNode) created.deepCopy();
        ((ObjectNode) labelled.path("metadata")).putObject("labels").put("dry", "run");
        assertThat(api.put(sample.path() + "?dryRun=All", labelled)
                        .good()
                        .at("/metadata/labels/dry")
                        .asString())
                .isEqualTo("run");
        api.delete(sample.path() + "?dryRun=All").good();
        assertThat(api.get(sample.path()).good()).isEqualTo(created);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void itsTableHasACellForEachColumn(Sample sample) {
        create(sample);

        JsonNode table = api.get(sample.collection(), "Accept", TABLE).good();

        int columns = table.path("columnDefinitions").size();
        assertThat(columns).isGreaterThanOrEqualTo(2);
        assertThat(table.path("rows").valueStream())
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.path("cells").size()).isEqualTo(columns))
                .anySatisfy(row ->
                        assertThat(row.at("/object/metadata/name").asString()).isEqualTo(sample.name()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void itsMetadataCanBeHadAlone(Sample sample) {
        JsonNode created = create(sample);

        JsonNode partial = api.get(sample.path(), "Accept", METADATA).good();

        assertThat(partial.path("kind").asString()).isEqualTo("PartialObjectMetadata");
        assertThat(partial.path("metadata")).isEqualTo(created.path("metadata"));
        assertThat(partial.propertyNames()).containsOnly("kind", "apiVersion", "metadata");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void protobufAndYamlSayTheSame(Sample sample) {
        JsonNode created = create(sample);

        String yaml = api.get(sample.path(), "Accept", "application/yaml").text();
        assertThat(Yaml.parse(yaml)).isEqualTo(created);
        Answer wire = api.get(sample.path(), "Accept", PROTOBUF);
        assertThat(wire.headers().first("Content-Type")).contains(PROTOBUF);
        Answer back = api.send("PUT", sample.path(), wire.body(), "Content-Type", PROTOBUF);
        assertThat(back.good()).isEqualTo(created);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyFieldIsExplained(Sample sample) {
        String version = sample.definition().kind().apiVersion();
        JsonNode document = api.get("/openapi/v3/" + (version.contains("/") ? "apis/" : "api/") + version)
                .good();
        JsonNode schemas = document.at("/components/schemas");

        JsonNode own = schemas.path(sample.definition().schema());

        assertThat(own.path("x-kubernetes-group-version-kind").valueStream())
                .anySatisfy(kind -> assertThat(kind.path("kind").asString())
                        .isEqualTo(sample.definition().kind().kind()));
        assertExplained(create(sample), own, schemas, "");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void applyIsIdempotentAndOwnsWhatWasSent(Sample sample) {
        written.add(sample);
        String target = sample.path() + "?fieldManager=tester";
        JsonNode created = settled(
                sample,
                api.patch(target, "apply-patch+yaml", sample.object().tree()).good());
        JsonNode again =
                api.patch(target, "apply-patch+yaml", sample.object().tree()).good();

        assertThat(again).isEqualTo(created);
        assertContains(created, sample.object().tree(), "");
        if (!isOwnedByNobody(sample)) {
            JsonNode entry = created.at("/metadata/managedFields/0");
            assertThat(entry.path("manager").asString()).isEqualTo("tester");
            assertThat(entry.path("operation").asString()).isEqualTo("Apply");
        }
    }

    /// What a certificate is asked for is settled when it is made, and the sample has nothing else.
    private static boolean isOwnedByNobody(Sample sample) {
        return sample.definition().kind().kind().equals("CertificateSigningRequest");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyPatchFormatChangesOneLabel(Sample sample) {
        create(sample);

        JsonNode merge = Json.parse("{\"metadata\":{\"labels\":{\"way\":\"merge\"}}}");
        JsonNode strategic = Json.parse("{\"metadata\":{\"labels\":{\"way\":\"strategic\"}}}");
        JsonNode json = Json.parse("[{\"op\":\"replace\",\"path\":\"/metadata/labels/way\",\"value\":\"json\"}]");
        String way = "/metadata/labels/way";

        assertThat(api.patch(sample.path(), "merge-patch+json", merge)
                        .good()
                        .at(way)
                        .asString())
                .isEqualTo("merge");
        assertThat(api.patch(sample.path(), "strategic-merge-patch+json", strategic)
                        .good()
                        .at(way)
                        .asString())
                .isEqualTo("strategic");
        assertThat(api.patch(sample.path(), "json-patch+json", json)
                        .good()
                        .at(way)
                        .asString())
                .isEqualTo("json");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void unknownAndDoubleFieldsAreNamed(Sample sample) {
        ObjectNode odd = sample.object().copy().tree();
        odd.put("oddity", 1);
        String twice = new String(Json.bytes(odd), StandardCharsets.UTF_8)
                .replaceFirst(
                        "\"oddity\":1",
                        "\"oddity\":1,\"kind\":\"" + sample.object().text("kind") + "\"");
        byte[] body = twice.getBytes(StandardCharsets.UTF_8);
        String dry = sample.collection() + "?dryRun=All&fieldValidation=";

        Answer strict = api.send("POST", dry + "Strict", body);
        assertThat(strict.status()).isEqualTo(400);
        assertThat(strict.json().path("message").asString())
                .contains("strict decoding error: ")
                .contains("unknown field \"oddity\"")
                .contains("duplicate field \"kind\"");
        Answer warned = api.send("POST", dry + "Warn", body);
        warned.good();
        assertThat(warned.headers().all("Warning"))
                .anySatisfy(warning -> assertThat(warning).contains("unknown field \\\"oddity\\\""));
        Answer ignored = api.send("POST", dry + "Ignore", body);
        ignored.good();
        assertThat(ignored.headers().all("Warning"))
                .noneSatisfy(warning -> assertThat(warning).contains("oddity"));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void statusIsWrittenApart(Sample sample) {
        JsonNode created = create(sample);
        if (!sample.has("status")) {
            return;
        }
        ObjectNode spec = (ObjectNode) created.deepCopy();
        spec.remove("spec");
        if (sample.definition().kind().kind().equals("StorageVersionMigration")) {
            // Without it the status of a migration is refused.
            spec.putObject("status").put("resourceVersion", "1");
        }

        JsonNode answer = api.put(sample.path() + "/status", spec).good();

        assertThat(answer.path("spec")).isEqualTo(created.path("spec"));
        assertThat(api.get(sample.path() + "/status").good().path("spec")).isEqualTo(created.path("spec"));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aStaleWriteIsRefused(Sample sample) {
        JsonNode created = create(sample);
        api.patch(sample.path(), "merge-patch+json", Json.parse("{\"metadata\":{\"labels\":{\"newer\":\"yes\"}}}"))
                .good();

        Answer answer = api.put(sample.path(), created);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().path("reason").asString()).isEqualTo("Conflict");
        assertThat(answer.json().path("message").asString())
                .endsWith("the object has been modified; please apply your changes to the latest version and try"
                        + " again");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aWriteThatIsBasedOnNothingIsTakenOrRefused(Sample sample) {
        ObjectNode blind = (ObjectNode) create(sample).deepCopy();
        ((ObjectNode) blind.path("metadata")).remove("resourceVersion");

        Answer answer = api.put(sample.path() + "?dryRun=All", blind);

        ResourceDefinition definition = sample.definition();
        if (definition.strategy().allowsUnconditionalUpdate()) {
            answer.good();
            return;
        }
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/details/kind").asString())
                .isEqualTo(definition.names().plural());
        assertThat(answer.json().path("message").asString())
                .endsWith("metadata.resourceVersion: Invalid value: 0: must be specified for an update");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aPutMakesWhatIsNotThereIfItsKindAllowsIt(Sample sample) {
        Answer answer = api.put(sample.path() + "?dryRun=All", sample.object().tree());

        boolean isMade = sample.definition().strategy().allowsCreateOnUpdate();
        assertThat(answer.status()).isEqualTo(isMade ? 201 : 404);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aWatchTellsItsLife(Sample sample) {
        String since = api.get(sample.collection())
                .good()
                .at("/metadata/resourceVersion")
                .asString();
        create(sample);
        remove(sample);

        List<JsonNode> events = api.watch(
                sample.collection() + "?watch=1&resourceVersion=" + since + "&fieldSelector=metadata.name="
                        + sample.name(),
                "DELETED");

        assertThat(events.getFirst().path("type").asString()).isEqualTo("ADDED");
        assertThat(events.getLast().at("/object/metadata/name").asString()).isEqualTo(sample.name());
        assertThat(events)
                .extracting(
                        event -> event.at("/object/metadata/resourceVersion").asLong())
                .isSorted();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aCollectionIsDeletedByLabel(Sample sample) {
        if (!sample.definition().verbs().contains("deletecollection")) {
            return;
        }
        ObjectNode labelled = sample.object().copy().tree();
        new Resource(labelled).object("metadata");
        ObjectNode metadata = (ObjectNode) labelled.path("metadata");
        ((ObjectNode) (metadata.has("labels") ? metadata.path("labels") : metadata.putObject("labels")))
                .put("collected", "yes");
        written.add(sample);
        api.post(sample.collection(), labelled).good();

        api.delete(sample.collection() + "?labelSelector=collected%3Dno").good();
        assertThat(api.get(sample.path()).status()).isEqualTo(200);
        api.delete(sample.collection() + "?labelSelector=collected%3Dyes").good();

        Answer left = api.get(sample.path());
        boolean isOnItsWay = left.status() == 200 && left.json().at("/metadata").has("deletionTimestamp");
        assertThat(left.status() == 404 || isOnItsWay).isTrue();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyVersionShowsTheSameObject(Sample sample) {
        JsonNode created = create(sample);

        for (ResourceDefinition other : api.definitions()) {
            if (other.resource().equals(sample.definition().resource())) {
                var there = new Sample(other, sample.object());
                JsonNode shown = api.get(there.path()).good();
                assertThat(shown.path("apiVersion").asString())
                        .isEqualTo(other.kind().apiVersion());
                assertThat(shown.at("/metadata/uid")).isEqualTo(created.at("/metadata/uid"));
                JsonNode back = api.put(there.path(), shown).good();
                assertThat(back).isEqualTo(shown);
            }
        }
        assertThat(api.get(sample.path()).good()).isEqualTo(created);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void scaleReadsWhatTheKindSays(Sample sample) {
        JsonNode created = create(sample);
        if (sample.definition().subresource("scale").orElse(null) instanceof Subresource.Scale) {
            JsonNode scale = api.get(sample.path() + "/scale").good();
            assertThat(scale.path("kind").asString()).isEqualTo("Scale");
            assertThat(scale.at("/spec/replicas").asInt(0))
                    .isEqualTo(created.at("/spec/replicas").asInt(0));
            ((ObjectNode) scale.path("spec")).put("replicas", 7);
            api.put(sample.path() + "/scale", scale).good();
            assertThat(api.get(sample.path()).good().at("/spec/replicas").asInt())
                    .isEqualTo(7);
        }
    }

    private JsonNode create(Sample sample) {
        return settled(sample, post(sample));
    }

    private JsonNode post(Sample sample) {
        written.add(sample);
        return api.post(sample.collection(), sample.object().tree()).good();
    }

    /// The server itself says of a new FlowSchema whether its level exists; of others it says nothing.
    private JsonNode settled(Sample sample, JsonNode created) {
        Predicate<JsonNode> isJudged =
                switch (sample.definition().kind().kind()) {
                    case "FlowSchema" ->
                        schema -> schema.at("/status/conditions").isArray();
                    case "CustomResourceDefinition" -> EveryKindTest::isEstablished;
                    default -> object -> true;
                };
        return isJudged.test(created)
                ? created
                : await().atMost(Duration.ofSeconds(30))
                        .until(() -> api.get(sample.path()).good(), isJudged);
    }

    private static boolean isEstablished(JsonNode definition) {
        return definition
                .at("/status/conditions")
                .valueStream()
                .anyMatch(condition -> condition.path("type").asString().equals("Established")
                        && condition.path("status").asString().equals("True"));
    }

    /// Deletes what was created, whatever keeps it.
    private void remove(Sample sample) {
        Answer deleted = api.delete(sample.path() + "?gracePeriodSeconds=0");
        if (deleted.status() == 404) {
            return;
        }
        Answer left = api.get(sample.path());
        if (left.status() == 200 && sample.has("finalize")) {
            ObjectNode emptied = (ObjectNode) left.json();
            ((ObjectNode) emptied.path("spec")).putArray("finalizers");
            api.put(sample.path() + "/finalize", emptied).good();
        } else if (left.status() == 200) {
            api.patch(sample.path(), "merge-patch+json", Json.parse("{\"metadata\":{\"finalizers\":null}}"));
        }
        assertThat(api.get(sample.path()).status()).isEqualTo(404);
    }

    /// Without what differs between two writes of the same object: identities, what was drawn by lot, and
    /// addresses and ports, which only real writes take.
    private static JsonNode withoutPassing(JsonNode object) {
        String uid = object.at("/metadata/uid").asString();
        String text = new String(Json.bytes(object), StandardCharsets.UTF_8)
                .replace(uid, "UID")
                .replaceAll("kube-api-access-\\w+", "kube-api-access");
        var copy = Resource.parse(text.getBytes(StandardCharsets.UTF_8));
        copy.metadata().remove(List.of("resourceVersion", "creationTimestamp", "managedFields"));
        copy.find("spec").ifPresent(spec -> ((ObjectNode) spec).remove(List.of("clusterIP", "clusterIPs")));
        copy.at("spec", "ports").forEach(port -> ((ObjectNode) port).remove("nodePort"));
        return copy.tree();
    }

    /// `whole` says all that `part` says; lists keep their length.
    private static void assertContains(JsonNode whole, JsonNode part, String path) {
        if (part.isObject()) {
            part.properties()
                    .forEach(entry ->
                            assertContains(whole.path(entry.getKey()), entry.getValue(), path + "." + entry.getKey()));
        } else if (part.isArray()) {
            assertThat(whole.size()).as(path).isGreaterThanOrEqualTo(part.size());
            for (int i = 0; i < part.size(); i++) {
                assertContains(whole.path(i), part.get(i), path + "[" + i + "]");
            }
        } else {
            assertThat(whole.asString()).as(path).isEqualTo(part.asString());
        }
    }

    private static void assertExplained(JsonNode value, JsonNode declared, JsonNode schemas, String path) {
        JsonNode schema = resolve(declared, schemas);
        if (value.isObject() && schema.has("properties")) {
            value.properties().forEach(entry -> {
                String at = path + "." + entry.getKey();
                assertThat(schema.path("properties").has(entry.getKey())).as(at).isTrue();
                assertExplained(entry.getValue(), schema.path("properties").path(entry.getKey()), schemas, at);
            });
        } else if (value.isArray()) {
            value.forEach(element -> assertExplained(element, schema.path("items"), schemas, path + "[]"));
        }
    }

    private static JsonNode resolve(JsonNode schema, JsonNode schemas) {
        String reference = schema.has("$ref")
                ? schema.path("$ref").asString()
                : schema.at("/allOf/0/$ref").asString("");
        return reference.isEmpty() ? schema : schemas.path(reference.substring(reference.lastIndexOf('/') + 1));
    }
}
