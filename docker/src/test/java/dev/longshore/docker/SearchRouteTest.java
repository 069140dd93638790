package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SearchRouteTest {

    private static final String FOUND = """
            {"results":[
              {"name":"busybox","description":"Busybox base image.","star_count":3000,"is_official":true},
              {"name":"someone/busybox","description":"","star_count":2,"is_official":false}]}
            """;

    private final List<String> asked = new ArrayList<>();
    private HttpServer hub;

    @BeforeEach
    void serve() throws Exception {
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/v1/search", exchange -> {
            asked.add(exchange.getRequestURI().getRawQuery());
            byte[] body = FOUND.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        hub.start();
    }

    @AfterEach
    void stop() {
        hub.stop(0);
    }

    private JsonNode search(String query) throws Exception {
        var routes = new Routes();
        new SearchRoute(URI.create("http://127.0.0.1:" + hub.getAddress().getPort())).addTo(routes);
        var request = Request.local("GET", "/images/search?" + query, Headers.EMPTY, new byte[0]);
        Response answer =
                routes.find("GET", "/images/search").orElseThrow().answer().to(request, "");
        return Json.parse(((Response.Full) answer).body());
    }

    @Test
    void asksTheHubAndFiltersWhatItSays() throws Exception {
        assertThat(search("term=busy%20box&limit=5")).hasSize(2);
        assertThat(asked).containsExactly("q=busy+box&n=5");

        assertThat(search("term=busybox&filters=%7B%22is-official%22%3A%5B%22true%22%5D%7D"))
                .singleElement()
                .satisfies(image -> assertThat(image.path("name").asString()).isEqualTo("busybox"));
        assertThat(search("term=busybox&filters=%7B%22stars%22%3A%5B%223%22%5D%7D"))
                .hasSize(1);
    }

    @Test
    void refusesLimitsThatTheHubDoesNotTake() {
        assertThatThrownBy(() -> search("term=x&limit=101")).hasMessage("limit 101 is outside the range of [1, 100]");
    }

    @Test
    void saysWhenTheHubCannotBeReached() {
        hub.stop(0);

        assertThatThrownBy(() -> search("term=x"))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("error searching for image: Get \"http://127.0.0.1:");
    }
}
