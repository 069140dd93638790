package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DiscoveryTest {

    private static final String AGGREGATED =
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;q=0.9";

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void theOldFormTellsStepByStep() {
        assertThat(desk.get("/api").json().path("versions").toString()).isEqualTo("[\"v1\"]");
        var groups = desk.get("/apis").json().path("groups");
        assertThat(groups).hasSize(1);
        assertThat(groups.at("/0/preferredVersion/version").asString()).isEqualTo("v2");
        assertThat(desk.get("/apis/example.com").json().path("versions")).hasSize(2);
        var resources = desk.get("/api/v1").json().path("resources");
        assertThat(resources.at("/0/name").asString()).isEqualTo("widgets");
        assertThat(resources.at("/0/shortNames/0").asString()).isEqualTo("wd");
        assertThat(resources.at("/2/name").asString()).isEqualTo("widgets/scale");
        assertThat(resources.at("/2/group").asString()).isEqualTo("autoscaling");
        assertThat(desk.get("/apis/none.example.com").status()).isEqualTo(404);
        assertThat(desk.get("/apis/example.com/v9").status()).isEqualTo(404);
    }

    @Test
    void theNewFormTellsAllAtOnceAndOnlyOnce() {
        var apis = desk.get("/apis", "Accept", AGGREGATED);

        assertThat(apis.json().path("apiVersion").asString()).isEqualTo("apidiscovery.k8s.io/v2");
        assertThat(apis.headers().first("Content-Type"))
                .contains("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        assertThat(apis.json().at("/items/0/metadata/name").asString()).isEqualTo("example.com");
        assertThat(apis.json()
                        .at("/items/0/versions/1/resources/0/responseKind/kind")
                        .asString())
                .isEqualTo("Gadget");
        String tag = apis.headers().first("ETag").orElseThrow();
        assertThat(desk.get("/apis", "Accept", AGGREGATED, "If-None-Match", tag).status())
                .isEqualTo(304);
        var core = desk.get("/api", "Accept", AGGREGATED).json();
        assertThat(core.at("/items/0/versions/0/resources/0/subresources/0/subresource")
                        .asString())
                .isEqualTo("status");
        assertThat(core.at("/items/0/versions/0/resources/0/scope").asString()).isEqualTo("Namespaced");
    }

    @Test
    void schemasAreDescribedGroupByGroup() {
        var index = desk.get("/openapi/v3").json().path("paths");
        String url = index.path("api/v1").path("serverRelativeURL").asString();
        assertThat(url).startsWith("/openapi/v3/api/v1?hash=");

        var document = desk.get(url).json();

        var widget = document.at("/components/schemas/test.Widget");
        assertThat(widget.at("/properties/spec/properties/parts/x-kubernetes-patch-merge-key")
                        .asString())
                .isEqualTo("name");
        assertThat(widget.at("/x-kubernetes-group-version-kind/0/kind").asString())
                .isEqualTo("Widget");
        var patch = document.path("paths")
                .path("/api/v1/namespaces/{namespace}/widgets/{name}")
                .path("patch");
        assertThat(patch.path("parameters").toString()).contains("fieldValidation");
        assertThat(desk.get("/openapi/v3/apis/none/v1").status()).isEqualTo(404);
    }

    @Test
    void theWholeDescriptionIsJsonOnly() {
        assertThat(desk.get("/openapi/v2")
                        .json()
                        .at("/definitions/test.Widget/properties/spec/type")
                        .asString())
                .isEqualTo("object");
        assertThat(desk.get("/openapi/v2", "Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")
                        .status())
                .isEqualTo(406);
    }

    @Test
    void healthAndVersionAndMetricsAnswer() {
        assertThat(desk.get("/version").json().path("minor").asString()).isEqualTo("36");
        assertThat(desk.get("/readyz?verbose").text()).contains("[+]store ok").endsWith("readyz check passed\n");
        assertThat(desk.get("/livez/ping").status()).isEqualTo(200);
        assertThat(desk.get("/livez/none").status()).isEqualTo(404);
        assertThat(desk.get("/metrics").text())
                .contains("apiserver_request_total{verb=\"\",group=\"\",resource=\"\",subresource=\"\",code=\"200\"} 3")
                .contains("apiserver_current_inflight_requests 1");
        assertThat(desk.get("/openid/v1/jwks").status()).isEqualTo(404);
    }
}
