package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.model.UserInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessMetersTest {

    private final AccessMeters meters = new AccessMeters(new ManualTime());

    @Test
    void thereAreNotAsManySeriesAsUsers() {
        for (String name : new String[] {"admin", "ann@example.com", "bob@example.com", "carl", "dora"}) {
            meters.known(UserInfo.of(name), meters.now());
        }

        assertThat(counts("authenticated_user_requests"))
                .containsExactlyInAnyOrder("[admin] 1.0", "[email_id] 2.0", "[other] 2.0");
        assertThat(counts("authentication_attempts")).containsExactly("[success] 5.0");
    }

    @Test
    void whatWasDecidedIsCounted() {
        meters.unknown("failure", meters.now());
        meters.decided("no-opinion", meters.now());

        assertThat(counts("authentication_attempts")).containsExactly("[failure] 1.0");
        assertThat(counts("authorization_attempts_total")).containsExactly("[no-opinion] 1.0");
    }

    private List<String> counts(String name) {
        return meters.families().stream()
                .filter(family -> family.name().equals(name))
                .flatMap(family -> family.samples().stream())
                .map(sample -> sample.values() + " " + sample.value())
                .toList();
    }
}
