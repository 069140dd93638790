package dev.longshore.journeys.everykind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.journeys.everykind.LoneApi.Answer;
import dev.longshore.model.MergePatch;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// By which fields objects of each kind are selected, in lists, watches and deletions of many.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FieldSelectorsTest {

    private final LoneApi api = new LoneApi();
    private final List<Sample> samples = Sample.all(api.definitions());

    @BeforeAll
    void prepareNamespace() {
        api.post("/api/v1/namespaces", Json.parse("{\"metadata\":{\"name\":\"" + Sample.NAMESPACE + "\"}}"))
                .good();
        api.post(
                        "/api/v1/namespaces/" + Sample.NAMESPACE + "/serviceaccounts",
                        Json.parse("{\"metadata\":{\"name\":\"default\"}}"))
                .good();
    }

    @AfterAll
    void close() {
        api.close();
    }

    Stream<Sample> samples() {
        return samples.stream();
    }

    static Stream<FieldRow> rows() {
        return FieldRow.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void eachKindKnowsItsFieldsAndRefusesEveryOther(Sample sample) {
        var asked = new TreeSet<>(List.of("metadata.name", "metadata.namespace", "metadata.uid", "spec.bogus", "name"));
        FieldRow.ALL.forEach(row -> asked.addAll(row.values().keySet()));
        FieldRow row = FieldRow.of(sample);

        for (String field : asked) {
            String query = "fieldSelector=" + encoded(field + "=no-such-value");
            assertAnswer(field, "list", api.send("GET", sample.collection() + "?" + query, new byte[0]), row);
            assertAnswer(field, "watch", api.open(sample.collection() + "?watch=1&" + query), row);
            if (sample.definition().verbs().contains("deletecollection")) {
                assertAnswer(field, "deletecollection", api.delete(sample.collection() + "?" + query), row);
            }
        }
    }

    private static void assertAnswer(String field, String verb, Answer answer, FieldRow row) {
        if (row.accepts(field)) {
            assertThat(answer.status()).as(verb + " by " + field).isEqualTo(200);
            return;
        }
        assertThat(answer.status()).as(verb + " by " + field).isEqualTo(400);
        JsonNode status = answer.json();
        assertThat(status.path("reason").asString()).isEqualTo("BadRequest");
        assertThat(status.path("message").asString()).isEqualTo(row.refusalOf(field));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatIsSelectedHasTheValue(FieldRow row) {
        Sample sample = create(row);
        try {
            row.values().forEach((field, value) -> {
                String named = ",metadata.name=" + sample.name();
                assertFound(sample, field + "=" + value, true);
                assertFound(sample, field + "==" + value + named, true);
                assertFound(sample, field + "!=" + value, false);
                assertFound(sample, field + "!=no-such-value" + named, true);
                assertFound(sample, field + "=no-such-value" + named, false);
                assertFound(sample, field + "=" + value + ",metadata.name=other", false);
                assertFound(sample, field + "=" + value + ",metadata.name!=other", true);
            });
            String all = String.join(
                    ",",
                    row.values().entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .toList());
            assertFound(sample, all, true);
            assertDeleted(sample, row, all);
        } finally {
            api.delete(sample.path() + "?gracePeriodSeconds=0");
            if (sample.has("finalize")) {
                ObjectNode emptied = (ObjectNode) api.get(sample.path()).good();
                ((ObjectNode) emptied.path("spec")).putArray("finalizers");
                api.put(sample.path() + "/finalize", emptied).good();
            }
        }
    }

    /// In a list, and in what a watch tells first.
    private void assertFound(Sample sample, String selector, boolean isFound) {
        String query = "fieldSelector=" + encoded(selector);
        assertThat(names(api.get(sample.collection() + "?" + query)
                        .good()
                        .path("items")
                        .valueStream()))
                .as("list by " + selector)
                .matches(names -> names.contains(sample.name()) == isFound);
        List<JsonNode> told = api.watch(
                sample.collection() + "?watch=1&sendInitialEvents=true&allowWatchBookmarks=true"
                        + "&resourceVersionMatch=NotOlderThan&" + query,
                "BOOKMARK");
        assertThat(names(told.stream()
                        .filter(event -> event.path("type").asString().equals("ADDED"))
                        .map(event -> event.path("object"))))
                .as("watch by " + selector)
                .matches(names -> names.contains(sample.name()) == isFound);
    }

    private void assertDeleted(Sample sample, FieldRow row, String all) {
        if (!sample.definition().verbs().contains("deletecollection")) {
            return;
        }
        String first = row.values().keySet().iterator().next();
        String target = sample.collection() + "?gracePeriodSeconds=0&fieldSelector=";
        api.delete(target + encoded("metadata.name=" + sample.name() + "," + first + "=no-such-value"))
                .good();
        assertThat(api.get(sample.path()).status()).isEqualTo(200);
        api.delete(target + encoded("metadata.name=" + sample.name() + "," + all))
                .good();
        Answer left = api.get(sample.path());
        boolean isOnItsWay = left.status() == 200 && left.json().at("/metadata").has("deletionTimestamp");
        assertThat(left.status() == 404 || isOnItsWay).isTrue();
    }

    private Sample create(FieldRow row) {
        Sample sample = samples.stream()
                .filter(each -> each.toString().equals(row.kind()))
                .findFirst()
                .orElseThrow();
        JsonNode body = MergePatch.apply(sample.object().tree(), Json.parse(row.more()));
        api.post(sample.collection(), body).good();
        if (!row.status().isEmpty()) {
            api.patch(sample.path() + "/status", "merge-patch+json", Json.parse("{\"status\":" + row.status() + "}"))
                    .good();
        }
        return sample;
    }

    private static List<String> names(Stream<JsonNode> objects) {
        var names = new ArrayList<String>();
        objects.forEach(object -> names.add(object.at("/metadata/name").asString()));
        return names;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
