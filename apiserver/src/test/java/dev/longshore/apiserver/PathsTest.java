package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PathsTest {

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void theIndexTellsEveryPath() {
        var paths = desk.get("/").json().path("paths");

        assertThat(paths.valueStream().map(path -> path.asString()))
                .contains("/api/v1", "/apis/example.com/v2", "/readyz/etcd", "/metrics/slis", "/openapi/v3", "/version")
                .doesNotContain("/livez/shutdown")
                .isSorted();
    }

    @Test
    void theVersionIsToldInEveryForm() {
        var version = desk.get("/version").json();

        assertThat(version.path("major").asString()).isEqualTo("1");
        assertThat(version.path("minor").asString()).isEqualTo("36");
        assertThat(version.path("emulationMinor").asString()).isEqualTo("36");
        assertThat(version.path("minCompatibilityMinor").asString()).isEqualTo("35");
        assertThat(desk.get("/version/").json()).isEqualTo(version);
    }

    @Test
    void pathsThatLeadNowhereAreRefusedInPlainText() {
        for (String path : new String[] {
            "/none",
            "/healthz/none",
            "/healthz/",
            "/apis/none.example.com",
            "/apis/none.example.com/v1/things",
            "/apis/example.com/v9/gadgets",
            "/apis/example.com/v9",
            "/api/v2",
            "/logs/",
            "/openid/v1/jwks",
            "/debug/pprof/"
        }) {
            var answer = desk.get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.text()).as(path).isEqualTo("404 page not found\n");
            assertThat(answer.headers().first("Content-Type")).contains("text/plain; charset=utf-8");
        }
    }

    @Test
    void resourcesThatAVersionLacksAreRefusedAsStatus() {
        for (String path :
                new String[] {"/api/v1/none", "/api/v1/namespaces/a/none/b", "/api/v1/namespaces/a/widgets/b/none"}) {
            var answer = desk.get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.text()).as(path).isEqualTo("""
                    {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                    "message":"the server could not find the requested resource","reason":"NotFound",\
                    "details":{},"code":404}
                    """);
        }
    }

    @Test
    void aSlashAtTheEndChangesNothing() {
        assertThat(desk.get("/api/v1/widgets/").json().path("kind").asString()).isEqualTo("WidgetList");
        assertThat(desk.get("/apis/").json().path("kind").asString()).isEqualTo("APIGroupList");
        assertThat(desk.get("/apis/example.com/v1/").status()).isEqualTo(200);
    }

    @Test
    void otherMethodsAreNotAllowed() {
        for (String request : new String[] {
            "HEAD /api/v1/widgets",
            "OPTIONS /api/v1/widgets",
            "TRACE /api/v1/widgets",
            "PUT /api/v1/namespaces/a/widgets",
            "POST /api/v1/namespaces/a/widgets/b",
            "DELETE /api/v1/namespaces/a/widgets/b/scale",
            "HEAD /apis",
            "POST /api/v1",
            "DELETE /version",
            "DELETE /apis/example.com/v1/echoes"
        }) {
            String[] words = request.split(" ");
            var answer = desk.send(words[0], words[1], Headers.EMPTY, "");
            assertThat(answer.status()).as(request).isEqualTo(405);
            assertThat(answer.text())
                    .as(request)
                    .contains("\"message\":\"the server does not allow this method on the requested resource\"")
                    .contains("\"reason\":\"MethodNotAllowed\",\"details\":{},\"code\":405");
        }
    }

    @Test
    void headIsAnsweredWhereNoObjectsAre() {
        for (String path : new String[] {"/readyz", "/metrics", "/openapi/v3", "/"}) {
            assertThat(desk.send("HEAD", path, Headers.EMPTY, "").status())
                    .as(path)
                    .isEqualTo(200);
        }
    }
}
