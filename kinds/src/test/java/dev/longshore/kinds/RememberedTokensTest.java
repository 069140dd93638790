package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.kinds.authentication.RememberedTokens;
import dev.longshore.model.Authenticator.Credentials;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.UserInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RememberedTokensTest {

    private final ManualTime time = new ManualTime();
    private final AtomicInteger asked = new AtomicInteger();
    private Verdict verdict = new Verdict.Known(UserInfo.of("ann"));
    private final RememberedTokens tokens = new RememberedTokens(
            credentials -> {
                asked.incrementAndGet();
                return verdict;
            },
            time);

    private Verdict ask(String token, String... audiences) {
        return tokens.authenticate(Credentials.ofToken(token, List.of(audiences)));
    }

    @Test
    void whoIsKnownIsNotAskedAboutForTenSeconds() {
        Verdict first = ask("t");
        verdict = new Verdict.Rejected("it is taken back");
        time.advance(Duration.ofSeconds(9));

        assertThat(ask("t")).isEqualTo(first);
        time.advance(Duration.ofSeconds(2));
        assertThat(ask("t")).isEqualTo(verdict);
        assertThat(asked).hasValue(2);
        assertThat(tokens.metrics().stream().map(MetricFamily::name))
                .containsExactly(
                        "authentication_token_cache_fetch_total",
                        "authentication_token_cache_request_duration_seconds",
                        "authentication_token_cache_request_total");
    }

    @Test
    void otherTokensAndAudiencesAreOtherQuestions() {
        ask("t");
        ask("u");
        ask("t", "somebody");
        ask("t", "somebody else");

        assertThat(asked).hasValue(4);
    }

    @Test
    void whatIsRefusedIsAskedAboutAgain() {
        verdict = new Verdict.Rejected("not yet");
        ask("t");
        verdict = new Verdict.Known(UserInfo.of("ann"));

        assertThat(ask("t")).isEqualTo(verdict);
    }
}
