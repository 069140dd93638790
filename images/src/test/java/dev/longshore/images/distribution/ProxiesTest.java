package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Time;
import dev.longshore.images.LocalImages;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {

    private static final URI PLAIN = URI.create("http://plain.example");
    private static final URI SECURE = URI.create("https://secure.example");

    @Test
    void theSchemeOfTheAddressDecides() {
        var proxies = Proxies.of(Map.of("HTTP_PROXY", "http://one:3128", "HTTPS_PROXY", "two:3129"));

        assertThat(proxies.forAddress(PLAIN)).contains(URI.create("http://one:3128"));
        assertThat(proxies.forAddress(SECURE)).contains(URI.create("http://two:3129"));
        assertThat(Proxies.NONE.forAddress(SECURE)).isEmpty();
    }

    @Test
    void smallLettersCountFirst() {
        var proxies = Proxies.of(Map.of("https_proxy", "http://small:1", "HTTPS_PROXY", "http://large:1"));

        assertThat(proxies.forAddress(SECURE)).contains(URI.create("http://small:1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://registry.example      | registry.example        | true
            https://a.registry.example    | registry.example        | true
            https://a.registry.example    | .registry.example       | true
            https://registry.example      | .registry.example       | false
            https://a.registry.example    | *.registry.example      | true
            https://otherregistry.example | registry.example        | false
            https://REGISTRY.example      | x, registry.example     | true
            https://registry.example:5000 | registry.example:5000   | true
            https://registry.example      | registry.example:5000   | false
            https://registry.example      | registry.example:443    | true
            https://10.1.2.3              | 10.0.0.0/8              | true
            https://11.1.2.3              | 10.0.0.0/8              | false
            https://10.1.2.3:5000         | 10.1.2.3                | true
            https://[fd00::1]:5000        | fd00::/8                | true
            https://registry.example      | *                       | true
            https://registry.example      | 10.0.0.0/99,,/,[,:1,/8  | false
            https://localhost:5000        | none                    | true
            http://127.3.2.1:5000         | none                    | true
            http://[::1]:5000             | none                    | true
            """)
    void someHostsAreReachedDirectly(URI address, String noProxy, boolean isDirect) {
        var proxies = Proxies.of(Map.of("HTTP_PROXY", "http://p:1", "HTTPS_PROXY", "http://p:1", "NO_PROXY", noProxy));

        assertThat(proxies.forAddress(address).isEmpty()).isEqualTo(isDirect);
    }

    @Test
    void whatIsNoProxyIsSaid() {
        assertThatThrownBy(() -> Proxies.of(Map.of("HTTPS_PROXY", "socks5://p:1")))
                .hasMessage("https_proxy must be http://[USER:PASSWORD@]HOST:PORT");
    }

    @Test
    void requestsGoThroughTheProxyWithItsPassword(@TempDir Path root) throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(server, heard));
            var settings = ClientSettings.DEFAULT
                    .withFirstPause(Duration.ofMillis(1))
                    .withInsecure(Set.of("registry.example:5000"))
                    .withProxies(
                            Proxies.of(Map.of("HTTP_PROXY", "http://me:secret@127.0.0.1:" + server.getLocalPort())));
            var images = LocalImages.open(root, "amd64", Time.system());
            try (var client = new DistributionClient(images, settings, CredentialSource.NONE)) {
                client.check("registry.example:5000", Credentials.NONE);
            }
        }

        assertThat(heard)
                .contains("GET http://registry.example:5000/v2/ HTTP/1.1", "Proxy-Authorization: Basic bWU6c2VjcmV0");
    }

    /// A proxy that answers itself.
    private static void answer(ServerSocket server, Queue<String> heard) {
        while (!server.isClosed()) {
            try (var connection = server.accept()) {
                var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
                for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    heard.add(line);
                }
                connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
                                .getBytes(StandardCharsets.UTF_8));
            } catch (IOException over) {
                heard.add("over");
            }
        }
    }

    @Test
    void theProxyHearsItsOwnPassword() {
        var proxies = Proxies.of(Map.of("HTTPS_PROXY", "http://me:secret@p:1"));

        assertThat(proxies.authorization(SECURE)).contains("Basic bWU6c2VjcmV0");
        assertThat(proxies.authorization(PLAIN)).isEmpty();
    }
}
