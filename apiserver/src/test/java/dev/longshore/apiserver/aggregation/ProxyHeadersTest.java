package dev.longshore.apiserver.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.apiserver.relay.AuditId;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ProxyHeadersTest {

    private static final UserInfo JANE = new UserInfo(
            "jane", "uid-1", List.of("devs", "system:authenticated"), Map.of("example.com/team", List.of("a", "b")));

    @Test
    void tellWhoAsks() {
        Headers told = sent(Headers.of("Accept", "application/json"));

        assertThat(told.all("X-Remote-User")).containsExactly("jane");
        assertThat(told.all("X-Remote-Uid")).containsExactly("uid-1");
        assertThat(told.all("X-Remote-Group")).containsExactly("devs", "system:authenticated");
        assertThat(told.all("X-Remote-Extra-example.com%2Fteam")).containsExactly("a", "b");
        assertThat(told.first("Accept")).contains("application/json");
    }

    @Test
    void leaveCredentialsAndActingAsOthersBehind() {
        Headers told = sent(Headers.of(
                "Authorization", "Bearer secret",
                "Proxy-Authorization", "Basic x",
                "Impersonate-User", "root",
                "impersonate-extra-scopes", "all",
                "Connection", "X-Hop, close",
                "X-Hop", "1",
                "Transfer-Encoding", "chunked",
                "Host", "cluster"));

        assertThat(names(told))
                .doesNotContain(
                        "authorization",
                        "proxy-authorization",
                        "impersonate-user",
                        "impersonate-extra-scopes",
                        "connection",
                        "x-hop",
                        "transfer-encoding",
                        "host");
    }

    @Test
    void tellWhereTheRequestComesFromAndUnderWhatItStandsInTheAuditLog() {
        Headers told = ProxyHeaders.forwarded(
                Request.local(
                                "GET",
                                "/apis/a/v1/b?c=d",
                                Headers.of("Audit-ID", "theirs", "X-Forwarded-For", "10.0.0.1"),
                                new byte[0])
                        .with(AuditId.class, new AuditId("ours")),
                JANE,
                "/apis/a/v1/b",
                "10.1.1.1:443");

        assertThat(told.all("Audit-ID")).containsExactly("ours");
        assertThat(told.all("X-Forwarded-Uri")).containsExactly("/apis/a/v1/b");
        assertThat(told.all("X-Forwarded-Host")).containsExactly("10.1.1.1:443");
        assertThat(told.all("X-Forwarded-For")).containsExactly("10.0.0.1");
    }

    @Test
    void aNameOutsideOfLatinArrivesAsUtf8() {
        Headers told = ProxyHeaders.identified(Headers.EMPTY, UserInfo.of("käthe日"));

        byte[] wire = told.first("X-Remote-User").orElseThrow().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(new String(wire, java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("käthe日");
    }

    /// However somebody spells and repeats it.
    @Property(tries = 300)
    void nothingFromOutsideSpeaksForAnybody(@ForAll("smuggled") List<String> names) {
        Headers headers = Headers.EMPTY;
        for (String name : names) {
            headers = headers.with(name, "root");
        }

        Headers told = sent(headers);

        var suspicious = new ArrayList<String>();
        told.forEach((name, value) -> {
            String read = name.toLowerCase(Locale.ROOT).replace('_', '-');
            if ((read.startsWith("x-remote") || read.startsWith("impersonate")) && value.equals("root")) {
                suspicious.add(name);
            }
        });
        assertThat(suspicious).isEmpty();
        assertThat(told.all("X-Remote-User")).containsExactly("jane");
    }

    @Provide
    Arbitrary<List<String>> smuggled() {
        Arbitrary<String> plain = Arbitraries.of(
                "X-Remote-User",
                "X-Remote-Group",
                "X-Remote-Uid",
                "X-Remote-Extra-Scopes",
                "Impersonate-User",
                "X-Remote-Other");
        Arbitrary<String> spelled =
                plain.flatMap(name -> Arbitraries.integers().between(0, 5).map(how -> switch (how) {
                    case 0 -> name.toUpperCase(Locale.ROOT);
                    case 1 -> name.toLowerCase(Locale.ROOT);
                    case 2 -> name.replace('-', '_');
                    case 3 -> name.replaceFirst("-", "_").toLowerCase(Locale.ROOT);
                    default -> name;
                }));
        return spelled.list().ofMaxSize(8);
    }

    private static Headers sent(Headers headers) {
        return ProxyHeaders.forwarded(
                Request.local("GET", "/apis/a/v1/b", headers, new byte[0]), JANE, "/apis/a/v1/b", "10.1.1.1:443");
    }

    private static List<String> names(Headers headers) {
        var names = new ArrayList<String>();
        headers.forEach((name, value) -> names.add(name.toLowerCase(Locale.ROOT)));
        return names;
    }
}
