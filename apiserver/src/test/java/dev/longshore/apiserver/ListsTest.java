package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import java.io.ByteArrayInputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ListsTest {

    private static final String ALL = "/api/v1/widgets";

    private final Desk desk = new Desk();

    @BeforeEach
    void makeWidgets() {
        make("a", "one", "red");
        make("a", "two", "blue");
        make("b", "one", "blue");
    }

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void aListShowsOneNamespaceOrAll() {
        assertThat(desk.get("/api/v1/namespaces/a/widgets").json().path("items"))
                .hasSize(2);
        var all = desk.get(ALL).json();
        assertThat(all.path("items")).hasSize(3);
        assertThat(all.path("kind").asString()).isEqualTo("WidgetList");
        assertThat(all.at("/metadata/resourceVersion").asString()).isEqualTo("4");
        assertThat(all.at("/items/0/metadata/resourceVersion").asString()).isEqualTo("2");
    }

    @Test
    void selectorsPick() {
        assertThat(desk.get(ALL + "?fieldSelector=spec.color%3Dblue").json().path("items"))
                .hasSize(2);
        assertThat(desk.get(ALL + "?labelSelector=color+in+(red)").json().path("items"))
                .hasSize(1);
        assertThat(desk.get("/api/v1/namespaces/a/widgets?fieldSelector=metadata.name=two")
                        .json()
                        .path("items"))
                .hasSize(1);
        assertThat(desk.get(ALL + "?fieldSelector=spec.size=1")
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo("field label not supported: spec.size");
    }

    @Test
    void aLongListComesInPiecesOfOneRevision() {
        var first = desk.get(ALL + "?limit=2").json();
        make("a", "three", "red");
        String token = first.at("/metadata/continue").asString();
        var rest = desk.get(ALL + "?limit=2&continue=" + token).json();

        assertThat(first.path("items")).hasSize(2);
        assertThat(first.at("/metadata/remainingItemCount").asInt()).isEqualTo(1);
        assertThat(rest.path("items")).hasSize(1);
        assertThat(rest.at("/metadata/resourceVersion")).isEqualTo(first.at("/metadata/resourceVersion"));
        assertThat(rest.path("metadata").has("continue")).isFalse();
        assertThat(desk.get(ALL + "?continue=nonsense").status()).isEqualTo(400);
    }

    @Test
    void piecesWithSelectorsAreFull() {
        var first = desk.get(ALL + "?limit=1&labelSelector=color=blue").json();
        var rest = desk.get(ALL + "?limit=1&labelSelector=color=blue&continue="
                        + first.at("/metadata/continue").asString())
                .json();

        assertThat(first.at("/items/0/metadata/name").asString()).isEqualTo("two");
        assertThat(rest.at("/items/0/metadata/namespace").asString()).isEqualTo("b");
    }

    @Test
    void thePastCanBeReadUntilItIsForgotten() {
        String then = ALL + "?resourceVersion=3&resourceVersionMatch=Exact";
        assertThat(desk.get(then).json().path("items")).hasSize(2);
        assertThat(desk.get(ALL + "?resourceVersion=3").json().path("items")).hasSize(3);

        desk.store.compact(4);

        var gone = desk.get(then);
        assertThat(gone.status()).isEqualTo(410);
        assertThat(gone.json().path("reason").asString()).isEqualTo("Expired");
    }

    @Test
    void theFutureCannotBeRead() {
        assertThat(desk.get(ALL + "?resourceVersion=99").status()).isEqualTo(504);
        assertThat(desk.get(ALL + "?resourceVersionMatch=Exact").status()).isEqualTo(422);
    }

    @Test
    void aTableShowsRows() {
        var table = desk.get(
                        "/api/v1/namespaces/a/widgets",
                        "Accept",
                        "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
                .json();

        assertThat(table.path("kind").asString()).isEqualTo("Table");
        assertThat(table.at("/columnDefinitions/1/name").asString()).isEqualTo("Size");
        assertThat(table.at("/rows/0/cells").toString()).isEqualTo("[\"one\",1]");
        assertThat(table.at("/rows/0/object/kind").asString()).isEqualTo("PartialObjectMetadata");
        assertThat(table.at("/rows/0/object").has("spec")).isFalse();
        assertThat(one("Table", "?includeObject=Object")
                        .at("/rows/0/object/spec/color")
                        .asString())
                .isEqualTo("red");
        assertThat(one("Table", "?includeObject=None").at("/rows/0/object").isNull())
                .isTrue();
    }

    @Test
    void metadataAloneCanBeHad() {
        var list = desk.get(ALL, "Accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")
                .json();

        assertThat(list.path("kind").asString()).isEqualTo("PartialObjectMetadataList");
        assertThat(list.at("/items/0").has("spec")).isFalse();
        assertThat(one("PartialObjectMetadata", "").path("kind").asString()).isEqualTo("PartialObjectMetadata");
    }

    @Test
    void largeListsTravelCompressed() throws java.io.IOException {
        for (int i = 0; i < 40; i++) {
            desk.post(
                    "/api/v1/namespaces/a/widgets",
                    "{'metadata':{'name':'w" + i + "','annotations':{'x':'" + "y".repeat(4000) + "'}}}");
        }

        var answer = desk.send("GET", ALL, Headers.of("Accept-Encoding", "gzip"), "");

        assertThat(answer.headers().first("Content-Encoding")).contains("gzip");
        byte[] whole = new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes();
        assertThat(dev.longshore.base.Json.parse(whole).path("items")).hasSize(43);
    }

    private JsonNode one(String as, String query) {
        return desk.get(
                        "/api/v1/namespaces/a/widgets/one" + query,
                        "Accept",
                        "application/json;as=" + as + ";v=v1;g=meta.k8s.io")
                .json();
    }

    private void make(String namespace, String name, String color) {
        desk.post(
                "/api/v1/namespaces/" + namespace + "/widgets",
                "{'metadata':{'name':'%s','labels':{'color':'%s'}},'spec':{'color':'%s'}}"
                        .formatted(name, color, color));
    }
}
