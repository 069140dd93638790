package dev.longshore.metrics.custom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Response;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpPodsTest {

    private static final byte[] BLOCK = "#".repeat(1 << 16).getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final HttpPods pods = new HttpPods(Time.system());
    private HttpServer server;
    private int port;

    @BeforeEach
    void listen() throws IOException {
        server = new HttpServer("pod", request -> switch (request.path()) {
            case "/metrics" -> Response.text(200, "up 1\n");
            case "/moved" -> new Response.Full(302, Headers.of("Location", "/metrics"), new byte[0]);
            case "/endless" ->
                new Response.Stream(200, Headers.EMPTY, out -> {
                    while (true) {
                        out.write(BLOCK);
                    }
                });
            default -> Response.text(404, "nothing");
        });
        port = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Pod pod(String path) {
        return new PodBuilder()
                .withNewMetadata()
                .withAnnotations(Map.of(
                        "prometheus.io/scrape",
                        "true",
                        "prometheus.io/port",
                        String.valueOf(port),
                        "prometheus.io/path",
                        path))
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withPodIP("127.0.0.1")
                .endStatus()
                .build();
    }

    @Test
    void whatAPodTellsIsRead() throws IOException {
        assertThat(pods.hasMetrics(pod("/metrics"))).isTrue();
        assertThat(pods.read(pod("/metrics"))).isEqualTo("up 1\n");
    }

    @Test
    void refusalsAndRedirectsAreNoMetrics() {
        assertThatThrownBy(() -> pods.read(pod("/absent"))).hasMessage("it answers 404");
        assertThatThrownBy(() -> pods.read(pod("/moved"))).hasMessage("it answers 302");
    }

    @Test
    void aPodThatTellsWithoutEndIsCutOff() {
        assertThatThrownBy(() -> pods.read(pod("/endless")))
                .isInstanceOf(IOException.class)
                .hasMessage("it tells more than 8388608 bytes");
    }
}
