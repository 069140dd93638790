package dev.longshore.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RouterTest {

    private final Router router = Router.builder()
            .get("/v2/{rest...}", naming("registry", "rest"))
            .get("/containers/{id}/json", naming("inspect", "id"))
            .get("/containers/json", request -> Response.text(200, "list"))
            .delete("/containers/{id}", naming("remove", "id"))
            .on("*", "/any/{name}", naming("any", "name"))
            .build();

    @Test
    void prefersLiteralsToNames() throws Exception {
        assertThat(ask("GET", "/containers/json")).isEqualTo("200 list");
        assertThat(ask("GET", "/containers/abc/json?size=1")).isEqualTo("200 inspect abc");
    }

    @Test
    void givesTheRestOfThePath() throws Exception {
        assertThat(ask("GET", "/v2/library/alpine/manifests/3")).isEqualTo("200 registry library/alpine/manifests/3");
        assertThat(ask("GET", "/v2/")).isEqualTo("200 registry ");
        assertThat(ask("GET", "/v2")).isEqualTo("200 registry ");
    }

    @Test
    void decodesWithinSegments() throws Exception {
        assertThat(ask("GET", "/containers/a%2Fb%20c/json")).isEqualTo("200 inspect a/b c");
    }

    @Test
    void tellsUnknownPathsFromWrongMethods() throws Exception {
        assertThat(ask("GET", "/nowhere")).startsWith("404");
        assertThat(ask("GET", "/containers//json")).startsWith("404");
        Response wrong = router.handle(Request.local("PUT", "/containers/abc", Headers.EMPTY, new byte[0]));
        assertThat(wrong.status()).isEqualTo(405);
        assertThat(wrong.headers().first("Allow")).contains("DELETE");
    }

    @Test
    void answersHeadAsGetAndAnyMethodForTheStar() throws Exception {
        assertThat(ask("HEAD", "/containers/json")).isEqualTo("200 list");
        assertThat(ask("PROPFIND", "/any/thing")).isEqualTo("200 any thing");
    }

    @Test
    void refusesPatternsThatGoOnBehindTheRest() {
        assertThatThrownBy(() -> Router.builder().get("/a/{rest...}/b", naming("", "rest")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Handler naming(String route, String value) {
        return request ->
                Response.text(200, route + " " + Router.PathValues.of(request).value(value));
    }

    private String ask(String method, String target) throws Exception {
        var answer = (Response.Full) router.handle(Request.local(method, target, Headers.EMPTY, new byte[0]));
        return answer.status() + " " + new String(answer.body(), UTF_8);
    }
}
