package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentTest {

    private static final String WIDGETS = "/api/v1/namespaces/a/widgets";
    private static final String ONE = WIDGETS + "/one";
    private static final String ACCEPTED = "application/json, application/yaml, application/shouting";

    private final Desk desk = new Desk();

    @BeforeEach
    void make() {
        desk.post(WIDGETS, "{'metadata':{'name':'one'},'spec':{'size':2}}");
    }

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void theFirstAcceptedFormThatThereIsIsTaken() {
        assertThat(typeFor("text/csv, application/shouting, application/json")).isEqualTo("application/shouting");
        assertThat(typeFor("application/json;q=0.1, application/yaml")).isEqualTo("application/yaml");
        assertThat(typeFor("*/*, application/shouting")).isEqualTo("application/shouting");
        assertThat(typeFor("application/*")).isEqualTo("application/json");
        assertThat(typeFor("*")).isEqualTo("application/json");
        assertThat(typeFor("")).isEqualTo("application/json");
        assertThat(typeFor("application/yaml;stream=watch, application/json")).isEqualTo("application/json");
        assertThat(typeFor("application/json;sv=v2, application/yaml")).isEqualTo("application/yaml");
        assertThat(typeFor("application/json;as=Table;v=v2;g=meta.k8s.io, application/yaml"))
                .isEqualTo("application/yaml");
        assertThat(typeFor("application/shouting;as=Table;v=v1;g=meta.k8s.io, application/yaml"))
                .isEqualTo("application/yaml");
    }

    @Test
    void jsonIsEscapedAsGoDoesItWhereverItIsAnswered() {
        String text = "<a&b>\u2028";
        String gadgets = "/apis/example.com/v1/gadgets";
        desk.post(WIDGETS, "{'metadata':{'name':'odd'},'spec':{'color':'" + text + "'}}");
        desk.post(gadgets, "{'metadata':{'name':'odd'},'spec':{'old':'" + text + "'}}");

        String selected = "?fieldSelector=spec.color%3D%3Ca%26b%3E%E2%80%A8";
        for (String answer : List.of(
                desk.get(WIDGETS + "/odd").text(),
                desk.get(WIDGETS).text(),
                desk.get(WIDGETS + "/odd?pretty=true").text(),
                desk.get(WIDGETS + selected).text(),
                desk.get("/apis/example.com/v2/gadgets/odd").text(),
                desk.get("/apis/example.com/v2/gadgets").text(),
                desk.patch(WIDGETS + "/odd", "merge-patch+json", "{'spec':{'size':3}}")
                        .text())) {
            assertThat(answer).contains("\\u003ca\\u0026b\\u003e\\u2028").doesNotContain("<", ">", "&", "\u2028");
        }
        String status = desk.get(WIDGETS + "/%3C%26%3E").text();
        assertThat(status).contains("\\u003c\\u0026\\u003e").doesNotContain("<", ">", "&");
        String yaml = desk.get(WIDGETS + "/odd", "Accept", "application/yaml").text();
        assertThat(yaml).contains("<a&b>");
    }

    @Test
    void whatCannotBeHadIsRefusedWithAListOfWhatCan() {
        var refused = desk.get(ONE, "Accept", "application/cbor");

        assertThat(refused.status()).isEqualTo(406);
        assertThat(refused.json().path("reason").asString()).isEqualTo("NotAcceptable");
        assertThat(refused.json().path("message").asString())
                .isEqualTo("only the following media types are accepted: " + ACCEPTED);
        assertThat(desk.get(WIDGETS + "?watch=1", "Accept", "application/yaml").text())
                .contains("only the following media types are accepted: application/json;stream=watch, "
                        + "application/shouting;stream=watch");
    }

    @Test
    void aBodyInAnUnknownFormIsRefusedWithAListOfWhatIsKnown() {
        for (String type : List.of("application/cbor", "text/yaml", "application/x-www-form-urlencoded")) {
            var refused = desk.send("POST", WIDGETS, Headers.of("Content-Type", type), "{}");

            assertThat(refused.status()).isEqualTo(415);
            assertThat(refused.json().path("message").asString())
                    .isEqualTo("the body of the request was in an unknown format - accepted media types include: "
                            + ACCEPTED);
        }
        assertThat(desk.send("DELETE", ONE, Headers.of("Content-Type", "text/plain"), "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void refusalsHaveTheFormThatTheClientAccepts() {
        var yaml = desk.get(WIDGETS + "/none", "Accept", "application/yaml");
        assertThat(yaml.status()).isEqualTo(404);
        assertThat(yaml.headers().first("Content-Type")).contains("application/yaml");
        assertThat(yaml.text()).contains("reason: NotFound");

        var table = desk.get(WIDGETS + "/none", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        assertThat(table.status()).isEqualTo(404);
        assertThat(table.json().path("reason").asString()).isEqualTo("NotFound");
    }

    @Test
    void listsAndWatchesComeInTheFormOfACodec() throws IOException, InterruptedException {
        assertThat(desk.get(WIDGETS, "Accept", "application/shouting").text()).startsWith("{\"resourceVersion\":");

        Request watch = Desk.request("GET", WIDGETS + "?watch=1", Headers.of("Accept", "application/shouting"), "");
        var stream = (Response.Stream) desk.server().handle(watch.with(UserInfo.class, Desk.ADMIN));

        assertThat(stream.headers().first("Content-Type")).contains("application/shouting;stream=watch");
        var out = new OneEvent();
        assertThatThrownBy(() -> stream.body().writeTo(out)).isInstanceOf(EOFException.class);
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("ADDED {").endsWith("}!");
    }

    @Test
    void whoLooksAtItGetsItIndented() {
        String indented = "{\n  \"kind\": \"Widget\",\n  \"apiVersion\": \"v1\",\n";

        assertThat(desk.get(ONE + "?pretty=true").text())
                .startsWith(indented)
                .contains("\n  \"spec\": {\n    \"size\": 2\n");
        assertThat(desk.get(ONE, "User-Agent", "curl/8.5.0").text()).startsWith(indented);
        assertThat(desk.get(ONE, "Accept", "application/json;pretty=1").text()).startsWith(indented);
        assertThat(desk.get(ONE + "?pretty=0", "User-Agent", "curl/8.5.0").text())
                .startsWith("{\"kind\"")
                .endsWith("}\n");
        assertThat(desk.get(ONE).text()).startsWith("{\"kind\"").endsWith("}\n");
    }

    @Test
    void tablesSayWhatOfTheObjectsTheyCarry() {
        String table = "application/json;as=Table;v=v1beta1;g=meta.k8s.io";

        var shown = desk.get(ONE, "Accept", table).json();
        assertThat(shown.path("apiVersion").asString()).isEqualTo("meta.k8s.io/v1beta1");
        assertThat(shown.at("/rows/0/object/apiVersion").asString()).isEqualTo("meta.k8s.io/v1beta1");

        var refused = desk.get(ONE + "?includeObject=All", "Accept", table);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("message").asString())
                .isEqualTo("Unable to convert to Table as requested: includeObject: Invalid value: \"All\": must be "
                        + "'Metadata', 'Object', 'None', or empty");
    }

    @Test
    void metadataOfAListIsNoMetadataOfAnObject() {
        String one = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
        String many = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

        assertThat(desk.get(ONE, "Accept", one).status()).isEqualTo(200);
        assertThat(desk.get(WIDGETS, "Accept", many).status()).isEqualTo(200);
        assertThat(desk.get(WIDGETS, "Accept", one).json().path("message").asString())
                .isEqualTo(
                        "you requested PartialObjectMetadata, but the requested object is a list (*core.WidgetList)");
        assertThat(desk.get(ONE, "Accept", many).status()).isEqualTo(406);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST   | /api/v1/namespaces/a/widgets           | application/cbor",
                "PUT    | /api/v1/namespaces/a/widgets/one       | text/csv",
                "PATCH  | /api/v1/namespaces/a/widgets/one       | application/json;as=Nothing;v=v1;g=meta.k8s.io",
                "DELETE | /api/v1/namespaces/a/widgets/one       | application/cbor",
                "DELETE | /api/v1/namespaces/a/widgets           | application/cbor",
                "DELETE | /api/v1/namespaces/a/widgets           | application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
                "POST   | /api/v1/namespaces/a/widgets           | application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
                "PUT    | /api/v1/namespaces/a/widgets/one       | application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
                "PATCH  | /api/v1/namespaces/a/widgets/one       | application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
                "DELETE | /api/v1/namespaces/a/widgets/one       | application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
                "POST   | /api/v1/namespaces/a/widgets/one/poke  | application/cbor",
                "PATCH  | /api/v1/namespaces/a/widgets/one/status | application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
                "PATCH  | /api/v1/namespaces/a/widgets/one/scale | application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
            })
    void aWriteWhoseAnswerCannotBeHadIsRefusedBeforeItChangesAnything(String method, String path, String accept) {
        String before = desk.get(WIDGETS).text();
        String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
        String name = path.equals(WIDGETS) ? "two" : "one";
        String body = method.equals("DELETE")
                ? ""
                : "{\"metadata\":{\"name\":\"" + name
                        + "\"},\"spec\":{\"size\":5,\"replicas\":5},\"status\":{\"ready\":5}}";

        var refused = desk.send(method, path, Headers.of("Content-Type", type, "Accept", accept), body);

        assertThat(refused.status()).isEqualTo(406);
        assertThat(desk.get(WIDGETS).text()).isEqualTo(before);
        var taken = desk.send(method, path, Headers.of("Content-Type", type), body);
        assertThat(taken.status()).isLessThan(300);
        assertThat(desk.get(WIDGETS).text()).isNotEqualTo(before);
    }

    @Test
    void aScaleHasATableToo() {
        var table = desk.get(ONE + "/scale", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                .json();

        assertThat(table.path("kind").asString()).isEqualTo("Table");
        assertThat(table.at("/rows/0/cells/0").asString()).isEqualTo("one");
    }

    @Test
    void everyAnswerHasAnAuditId() {
        assertThat(desk.get(ONE).headers().first("Audit-ID"))
                .hasValueSatisfying(id -> assertThat(id).hasSize(36));
        assertThat(desk.get(WIDGETS + "/none", "Audit-ID", "mine").headers().all("Audit-ID"))
                .containsExactly("mine");
    }

    private String typeFor(String accept) {
        return desk.get(ONE, "Accept", accept).headers().first("Content-Type").orElseThrow();
    }

    /// Breaks off after the first event.
    private static final class OneEvent extends ByteArrayOutputStream {
        @Override
        public void flush() throws IOException {
            if (size() > 0) {
                throw new EOFException("enough");
            }
        }
    }
}
