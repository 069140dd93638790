package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.kinds.authentication.ProxyAuthenticator;
import dev.longshore.kinds.authentication.ProxyHeaders;
import dev.longshore.kinds.authentication.VouchedChain;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Authenticator.Credentials;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.UserInfo;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProxyAuthenticatorTest {

    private static final Map<String, List<String>> HEADERS = Map.of(
            "x-remote-user", List.of("alice", "bob"),
            "x-remote-uid", List.of("7"),
            "x-remote-group", List.of("dev", "", "ops"),
            "x-remote-extra-example.org%2fteam", List.of("red", "blue"),
            "x-other", List.of("root"));

    private final ManualTime time = new ManualTime();
    private final ClientAuthority proxies = new ClientAuthority("proxies", time.now());
    private final ClientAuthority clients = new ClientAuthority("clients", time.now());

    private Verdict verdict(List<String> names, List<X509Certificate> chain, Map<String, List<String>> headers) {
        Authenticator authenticator = new ProxyAuthenticator(
                new VouchedChain(() -> List.of(proxies.certificate), time),
                new ProxyHeaders(
                        names,
                        List.of("X-First", "X-Remote-User"),
                        List.of("X-Remote-Uid"),
                        List.of("X-Remote-Group"),
                        List.of("X-Remote-Extra-")));
        return authenticator.authenticate(new Credentials(Optional.empty(), chain, headers));
    }

    @Test
    void aKnownProxySaysWhoAsks() {
        assertThat(verdict(List.of("proxy"), proxies.client("CN=proxy"), HEADERS))
                .isEqualTo(new Verdict.Known(new UserInfo(
                        "alice", "7", List.of("dev", "ops"), Map.of("example.org/team", List.of("red", "blue")))));
        assertThat(verdict(List.of(), proxies.client("CN=any"), HEADERS)).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void nobodyElseDoes() {
        assertThat(verdict(List.of("proxy"), List.of(), HEADERS)).isEqualTo(new Verdict.NotMine());
        assertThat(verdict(List.of("proxy"), clients.client("CN=proxy"), HEADERS))
                .isInstanceOf(Verdict.Rejected.class);
        assertThat(verdict(List.of("proxy"), proxies.client("CN=other"), HEADERS))
                .isEqualTo(new Verdict.Rejected("x509: subject with cn=other is not in the allowed list"));
        assertThat(verdict(List.of("proxy"), proxies.server("CN=proxy"), HEADERS))
                .isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void aProxyThatNamesNobodyIsNobody() {
        assertThat(verdict(List.of(), proxies.client("CN=proxy"), Map.of("x-remote-group", List.of("system:masters"))))
                .isEqualTo(new Verdict.NotMine());
    }
}
