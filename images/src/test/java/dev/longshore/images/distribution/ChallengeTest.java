package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ChallengeTest {

    @Test
    void oneHeaderMayOfferSeveralWays() {
        assertThat(
                        Challenge.read(
                                List.of(
                                        "Negotiate, Bearer realm=\"https://auth.example/token?a=1,2\",service=registry, Basic realm=x")))
                .containsExactly(
                        new Challenge("negotiate", Map.of()),
                        new Challenge(
                                "bearer", Map.of("realm", "https://auth.example/token?a=1,2", "service", "registry")),
                        new Challenge("basic", Map.of("realm", "x")));
    }

    @Test
    void severalHeadersMayOfferOneEach() {
        assertThat(Challenge.read(List.of("BASIC Realm=\"a \\\"b\\\"\"", "Bearer realm=\"r\"")))
                .containsExactly(
                        new Challenge("basic", Map.of("realm", "a \"b\"")),
                        new Challenge("bearer", Map.of("realm", "r")));
    }

    @Test
    void scopesStayInOneParameter() {
        assertThat(Challenge.read(List.of("Bearer realm=\"r\",scope=\"repository:a:pull repository:b:pull,push\"")))
                .extracting(challenge -> challenge.parameter("scope"))
                .containsExactly("repository:a:pull repository:b:pull,push");
    }

    @Property(tries = 300)
    void nothingThatIsSentMakesItFail(@ForAll String header) {
        assertThat(Challenge.read(List.of(header, "Bearer " + header))).isNotEmpty();
    }
}
