package dev.longshore.server;

import static dev.longshore.server.CustomApi.definition;
import static dev.longshore.server.CustomApi.path;
import static dev.longshore.server.CustomApi.version;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Versions of a kind that only a webhook can make of each other.
class CustomConversionTest {

    private static final CustomApi CUSTOM = new CustomApi();
    private final WholeApi api = CUSTOM.api;

    @AfterAll
    static void end() {
        CUSTOM.close();
    }

    /// `host` and `port` apart in version 1, together in version 2.
    private static void together(ObjectNode object, String wanted) {
        var spec = (ObjectNode) object.path("spec");
        if (wanted.endsWith("v2")) {
            spec.put(
                    "address",
                    spec.path("host").asString() + ":" + spec.path("port").asString());
            spec.remove(java.util.List.of("host", "port"));
        } else {
            String[] parts = spec.path("address").asString().split(":");
            spec.put("host", parts[0]).put("port", parts[1]);
            spec.remove("address");
        }
    }

    private static void define(String plural, String kind, String conversion) {
        String old =
                version("v1", true, "spec: {type: object, properties: {host: {type: string}, port: {type: string}}}");
        String fresh = version("v2", false, "spec: {type: object, properties: {address: {type: string}}}");
        CUSTOM.define(definition(plural, kind, old + fresh)
                .replace("  scope:", "  conversion: " + conversion + "\n  scope:"));
    }

    @Test
    void areReadWrittenListedAndWatchedInEither() throws IOException {
        try (var hook = new ConversionHook(CustomConversionTest::together)) {
            define("hosts", "Host", hook.conversion());
            CUSTOM.create("hosts", "Host", "one", "spec: {host: a, port: '80'}", "");
            assertThat(hook.asked).hasValue(0);

            assertThat(api.get(path("v2", "hosts") + "/one").json().path("spec").toString())
                    .isEqualTo("{\"address\":\"a:80\"}");
            String two = "{'apiVersion':'example.com/v2','kind':'Host','metadata':{'name':'two'},"
                    + "'spec':{'address':'b:443'}}";
            assertThat(api.send("POST", path("v2", "hosts"), two)
                            .json()
                            .path("spec")
                            .toString())
                    .isEqualTo("{\"address\":\"b:443\"}");
            assertThat(api.get(path("v1", "hosts") + "/two").json().path("spec").toString())
                    .isEqualTo("{\"host\":\"b\",\"port\":\"443\"}");
            assertThat(api.get(path("v2", "hosts"))
                            .json()
                            .path("items")
                            .valueStream()
                            .map(each -> each.path("spec").path("address").asString()))
                    .containsExactly("a:80", "b:443");
            RealApi.Answer patched = api.send(
                    "PATCH",
                    path("v2", "hosts") + "/one",
                    "{'spec':{'address':'c:1'}}",
                    "Content-Type",
                    "application/merge-patch+json");
            assertThat(patched.status()).as(patched.text()).isEqualTo(200);
            assertThat(api.get(path("v1", "hosts") + "/one")
                            .json()
                            .path("spec")
                            .path("host")
                            .asString())
                    .isEqualTo("c");
        }
    }

    @Test
    void ofOneListAreConvertedTogether() throws IOException {
        try (var hook = new ConversionHook(CustomConversionTest::together)) {
            define("many", "Many", hook.conversion());
            for (int i = 0; i < 5; i++) {
                CUSTOM.create("many", "Many", "m" + i, "spec: {host: h" + i + ", port: '80'}", "");
            }

            var items = api.get(path("v2", "many")).json().path("items").valueStream();
            assertThat(items.map(each -> each.path("spec").path("address").asString()))
                    .containsExactly("h0:80", "h1:80", "h2:80", "h3:80", "h4:80");
            assertThat(hook.asked).hasValue(1);

            RealApi.Answer deleted = api.send("DELETE", path("v2", "many"), "");
            assertThat(deleted.json().path("items")).hasSize(5);
            assertThat(hook.asked.get())
                    .as("one for the list, one for each that is deleted")
                    .isLessThanOrEqualTo(7);
        }
    }

    @Test
    void ofOneListAreConvertedTogetherAlsoIfAFieldSelectsThem() throws IOException {
        try (var hook = new ConversionHook(CustomConversionTest::together)) {
            String old = version(
                    "v1", true, "spec: {type: object, properties: {host: {type: string}, port: {type: string}}}");
            String fresh = version("v2", false, "spec: {type: object, properties: {address: {type: string}}}");
            CUSTOM.define(definition("few", "Few", old + fresh + "  selectableFields: [{jsonPath: .spec.address}]\n")
                    .replace("  scope:", "  conversion: " + hook.conversion() + "\n  scope:"));
            for (int i = 0; i < 6; i++) {
                CUSTOM.create("few", "Few", "m" + i, "spec: {host: h" + i % 2 + ", port: '80'}", "");
            }

            JsonNode all = api.get(path("v2", "few") + "?fieldSelector=spec.address%3Dh1:80")
                    .json();
            assertThat(names(all)).containsExactly("m1", "m3", "m5");
            assertThat(hook.asked).hasValue(1);

            JsonNode page = api.get(path("v2", "few") + "?limit=2&fieldSelector=spec.address%3Dh1:80")
                    .json();
            JsonNode rest = api.get(path("v2", "few") + "?limit=2&fieldSelector=spec.address%3Dh1:80&continue="
                            + page.at("/metadata/continue").asString())
                    .json();
            assertThat(names(page)).containsExactly("m1", "m3");
            assertThat(names(rest)).containsExactly("m5");
        }
    }

    private static List<String> names(JsonNode list) {
        return list.path("items")
                .valueStream()
                .map(each -> each.at("/metadata/name").asString())
                .toList();
    }

    @Test
    void mayNotBecomeAnotherObject() throws IOException {
        BiConsumer<ObjectNode, String> liar =
                (object, wanted) -> ((ObjectNode) object.path("metadata")).put("name", "other");
        try (var hook = new ConversionHook(liar)) {
            define("lies", "Lie", hook.conversion());
            CUSTOM.create("lies", "Lie", "one", "spec: {}", "");

            RealApi.Answer refused = api.get(path("v2", "lies") + "/one");
            assertThat(refused.status()).isEqualTo(500);
            assertThat(refused.message())
                    .contains("returned invalid converted object at index 0: metadata.name cannot be changed");
        }
    }

    @Test
    void areNotGuessedWhenTheWebhookIsNotThere() {
        define(
                "gone",
                "Gone",
                "{strategy: Webhook, webhook: {conversionReviewVersions: [v1], clientConfig: {url:"
                        + " \"https://127.0.0.1:1/convert\"}}}");
        CUSTOM.create("gone", "Gone", "one", "spec: {}", "");

        assertThat(api.get(path("v1", "gone") + "/one").status()).isEqualTo(200);
        RealApi.Answer other = api.get(path("v2", "gone") + "/one");
        assertThat(other.status()).isEqualTo(500);
        assertThat(other.message())
                .isEqualTo(
                        "conversion webhook for example.com/v1, Kind=Gone failed: Post"
                                + " \"https://127.0.0.1:1/convert?timeout=30s\": dial tcp 127.0.0.1:1: connect: connection refused");
    }
}
