package dev.longshore.guests.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/// Testcontainers, which Java teams test with; without Ryuk, whose image comes from Docker Hub. Where the engine is and
/// what it asks of its user's home it is told by system properties, before it is used for the first time.
@ExtendWith(RunningEngine.class)
class TestcontainersTest {

    @Test
    void aContainerServesItsPort(RunningEngine.Engine engine, @TempDir Path home) throws Exception {
        System.setProperty("DOCKER_HOST", engine.host());
        System.setProperty("user.home", home.toString());
        try (var web = new GenericContainer<>(DockerImageName.parse(Clients.BASE))
                .withCommand("sh", "-c", "mkdir /srv && echo hello > /srv/index.html && httpd -f -p 8080 -h /srv")
                .withExposedPorts(8080)
                .waitingFor(Wait.forHttp("/").forStatusCode(200))) {
            web.start();

            URI page = URI.create("http://" + web.getHost() + ":" + web.getMappedPort(8080) + "/");
            try (var client = HttpClient.newHttpClient()) {
                assertThat(client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                                .body())
                        .isEqualTo("hello\n");
            }
            assertThat(web.execInContainer("cat", "/srv/index.html").getStdout())
                    .isEqualTo("hello\n");
        }
    }
}
