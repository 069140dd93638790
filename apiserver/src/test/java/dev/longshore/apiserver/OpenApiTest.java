package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenApiTest {

    private static final String OLD_PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    private static final String PROTOBUF = "application/com.github.proto-openapi.spec.v3@v1.0+protobuf";

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void theIndexLeadsToOneDocumentForEachGroupVersionAndGroup() {
        var index = desk.get("/openapi/v3").json().path("paths");

        assertThat(index.propertyNames())
                .contains("api", "api/v1", "apis", "apis/example.com", "apis/example.com/v2", "version");
        assertThat(document("apis/example.com").path("paths").propertyNames()).containsExactly("/apis/example.com/");
        assertThat(desk.get("/openapi/v3/apis/none/v1").status()).isEqualTo(404);
    }

    @Test
    void definitionsTellKindsAndMerging() {
        var widget = document("api/v1").at("/components/schemas/test.Widget");

        assertThat(widget.at("/properties/spec/properties/parts/x-kubernetes-patch-merge-key")
                        .asString())
                .isEqualTo("name");
        assertThat(widget.at("/x-kubernetes-group-version-kind/0/kind").asString())
                .isEqualTo("Widget");
    }

    @Test
    void everyPathOfAResourceIsTold() {
        var paths = document("api/v1").path("paths");

        assertThat(paths.propertyNames())
                .contains(
                        "/api/v1/",
                        "/api/v1/namespaces/{namespace}/widgets",
                        "/api/v1/namespaces/{namespace}/widgets/{name}",
                        "/api/v1/namespaces/{namespace}/widgets/{name}/scale",
                        "/api/v1/namespaces/{namespace}/widgets/{name}/talk",
                        "/api/v1/watch/namespaces/{namespace}/widgets/{name}",
                        "/api/v1/widgets");
        var patch = paths.path("/api/v1/namespaces/{namespace}/widgets/{name}").path("patch");
        assertThat(patch.path("parameters").toString()).contains("fieldValidation", "force");
        assertThat(patch.path("operationId").asString()).isEqualTo("patchCoreV1NamespacedWidget");
        assertThat(paths.path("/api/v1/namespaces/{namespace}/widgets/{name}/talk")
                        .path("parameters")
                        .toString())
                .contains("loud");
    }

    @Test
    void underItsHashADocumentIsKeptForGood() {
        String url = url("api/v1");
        var kept = desk.get(url);

        assertThat(kept.headers().first("Cache-Control")).contains("public, immutable");
        assertThat(kept.headers().first("Expires")).isPresent();
        String tag = kept.headers().first("ETag").orElseThrow();
        assertThat(desk.get(url, "If-None-Match", tag).status()).isEqualTo(304);
        assertThat(desk.get("/openapi/v3/api/v1").headers().first("Cache-Control"))
                .contains("no-cache, private");
        var old = desk.get("/openapi/v3/api/v1?hash=OLD");
        assertThat(old.status()).isEqualTo(301);
        assertThat(old.headers().first("Location")).contains(url);
    }

    @Test
    void clientsThatCanReadThemGetCompressedBytes() throws IOException {
        var plain = desk.get("/openapi/v2");
        var packed = desk.get("/openapi/v2", "Accept-Encoding", "gzip");

        assertThat(packed.headers().first("Content-Encoding")).contains("gzip");
        try (var in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(Json.parse(in.readAllBytes())).isEqualTo(plain.json());
        }
    }

    @Test
    void bothVersionsExistAsProtobuf() {
        var two = desk.get("/openapi/v2", "Accept", OLD_PROTOBUF);
        var three = desk.get("/openapi/v3/api/v1", "Accept", PROTOBUF);

        assertThat(two.headers().first("Content-Type"))
                .contains("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
        assertThat(two.text())
                .startsWith("\n\u00032.0")
                .contains("#/definitions/test.Widget", "/api/v1/widgets", "x-kubernetes-action", "BearerToken");
        assertThat(three.headers().first("Content-Type"))
                .contains("application/com.github.proto-openapi.spec.v3.v1.0+protobuf");
        assertThat(three.text())
                .startsWith("\n\u00053.0.0")
                .contains("#/components/schemas/test.Widget", "/api/v1/widgets", "x-kubernetes-action");
    }

    @Test
    void otherFormsAreRefusedWithoutABody() {
        for (String path : new String[] {"/openapi/v2", "/openapi/v3/api/v1"}) {
            var refused = desk.get(path, "Accept", "text/html");
            assertThat(refused.status()).isEqualTo(406);
            assertThat(refused.body()).isEmpty();
        }
    }

    private String url(String part) {
        return desk.get("/openapi/v3")
                .json()
                .path("paths")
                .path(part)
                .path("serverRelativeURL")
                .asString();
    }

    private tools.jackson.databind.JsonNode document(String part) {
        return desk.get(url(part)).json();
    }
}
