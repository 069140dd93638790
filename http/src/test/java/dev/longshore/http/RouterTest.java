package dev.longshore.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RouterTest {

    private final Router router = Router.builder()
            .route("GET", "/things", (request, parameters) -> Response.text(200, "all"))
            .route("GET", "/things/{id}", (request, parameters) -> Response.text(200, "one " + parameters.get("id")))
            .route("PUT", "/files/{path...}", (request, parameters) -> Response.text(200, parameters.get("path")))
            .build();

    @Test
    void namesInThePatternStandForElements() throws Exception {
        assertThat(body("GET", "/things")).isEqualTo("all");
        assertThat(body("GET", "/things/7")).isEqualTo("one 7");
        assertThat(body("PUT", "/files/a/b/c")).isEqualTo("a/b/c");
    }

    @Test
    void unknownPathsAre404AndUnknownMethods405() throws Exception {
        assertThat(router.handle(request("GET", "/nothing")).status()).isEqualTo(404);
        assertThat(router.handle(request("DELETE", "/things/7")).status()).isEqualTo(405);
    }

    private String body(String method, String path) throws IOException, InterruptedException {
        return new String(((Response.Full) router.handle(request(method, path))).body());
    }

    private static Request request(String method, String path) {
        return Request.local(method, path, Headers.EMPTY, new byte[0]);
    }
}
