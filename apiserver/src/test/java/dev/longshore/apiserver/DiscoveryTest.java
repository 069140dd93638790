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
        assertThat(resources.valueStream().map(each -> each.path("name").asString()))
                .containsExactly("widgets", "widgets/poke", "widgets/scale", "widgets/status", "widgets/talk");
        assertThat(resources.at("/0/storageVersionHash").asString()).isEqualTo("/wyQ7lsBVOo=");
        assertThat(resources.at("/2/group").asString()).isEqualTo("autoscaling");
        assertThat(resources.at("/2/version").asString()).isEqualTo("v1");
        assertThat(desk.get("/api/v1").json().has("apiVersion")).isFalse();
        assertThat(desk.get("/apis/example.com/v1").json().path("apiVersion").asString())
                .isEqualTo("v1");
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
                        .at("/items/0/versions/1/resources/1/responseKind/kind")
                        .asString())
                .isEqualTo("Gadget");
        String tag = apis.headers().first("ETag").orElseThrow();
        assertThat(desk.get("/apis", "Accept", AGGREGATED, "If-None-Match", tag).status())
                .isEqualTo(304);
        var core = desk.get("/api", "Accept", AGGREGATED).json();
        var scale = core.at("/items/0/versions/0/resources/0/subresources/1");
        assertThat(scale.toString()).isEqualTo("""
                {"subresource":"scale","responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"},\
                "verbs":["get","patch","update"]}""");
        assertThat(core.at("/items/0/versions/0/resources/0/scope").asString()).isEqualTo("Namespaced");
    }
}
