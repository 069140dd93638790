package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
    void theProxyHearsItsOwnPassword() {
        var proxies = Proxies.of(Map.of("HTTPS_PROXY", "http://me:secret@p:1"));

        assertThat(proxies.authorization(SECURE)).contains("Basic bWU6c2VjcmV0");
        assertThat(proxies.authorization(PLAIN)).isEmpty();
    }
}
