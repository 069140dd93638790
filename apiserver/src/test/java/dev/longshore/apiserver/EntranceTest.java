package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.model.Authorizer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EntranceTest {

    private static int status(Entrance entrance, String path, String... headers) {
        try (var desk = new Desk(entrance, attributes -> new Authorizer.Decision.Allow(""))) {
            return desk.handle(Desk.request("GET", path, Headers.of(headers), ""))
                    .status();
        }
    }

    @Test
    void strangersComeInWhereTheyMay() {
        var nobody = new Entrance(Optional.empty(), List.of(), List.of());
        var health = new Entrance(Optional.of(Set.of("/livez", "/readyz")), List.of(), List.of());

        assertThat(status(Entrance.OPEN, "/api/v1/widgets")).isEqualTo(200);
        assertThat(status(nobody, "/livez")).isEqualTo(401);
        assertThat(status(health, "/livez")).isEqualTo(200);
        assertThat(status(health, "/api/v1/widgets")).isEqualTo(401);
        assertThat(status(health, "/livez/ping")).isEqualTo(401);
        assertThat(status(nobody, "/api/v1/widgets", "Authorization", "Bearer good"))
                .isEqualTo(200);
        assertThat(status(health, "/livez", "Authorization", "Bearer bad")).isEqualTo(401);
    }

    @Test
    void whatIsNoBearerTokenIsNothing() {
        var nobody = new Entrance(Optional.empty(), List.of(), List.of());

        assertThat(status(Entrance.OPEN, "/api/v1/widgets", "Authorization", "Basic Z29vZDo="))
                .isEqualTo(200);
        assertThat(status(Entrance.OPEN, "/api/v1/widgets", "Authorization", "Bearer "))
                .isEqualTo(200);
        assertThat(status(nobody, "/api/v1/widgets", "Authorization", " bearer good  x"))
                .isEqualTo(200);
        assertThat(status(nobody, "/api/v1/widgets", "Authorization", "Bearer")).isEqualTo(401);
    }

    @Test
    void whoAskedIsKnownAndNobodyBehindSeesByWhat() {
        var entrance = new Entrance(Optional.of(Set.of()), List.of("X-Our-User"), List.of("X-Our-Extra-"));
        Request request = Desk.request(
                "GET",
                "/",
                Headers.of(
                        "Authorization",
                        "Bearer good",
                        "x-remote-user",
                        "root",
                        "X-Remote-Group",
                        "a",
                        "X-Remote-Group",
                        "b",
                        "X-Remote-Extra-Team",
                        "red",
                        "x-our-user",
                        "root",
                        "X-OUR-EXTRA-A",
                        "b",
                        "Accept",
                        "x"),
                "");

        assertThat(entrance.stripped(request.headers()).toString()).isEqualTo("[Accept]");
    }
}
