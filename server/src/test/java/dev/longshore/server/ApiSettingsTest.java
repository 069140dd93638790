package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.kinds.admission.AdmissionChoice;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ApiSettingsTest {

    private static final String EVENTS = "/api/v1/namespaces/default/events";
    private static final String EVENT = "{'metadata':{'name':'seen'},'involvedObject':{'namespace':'default'}}";

    @Test
    void anEventGoesWhenItsTimeIsOverUnlessItsTimeIsNever() {
        try (var soon = keepingEvents(Duration.ofMillis(100));
                var never = keepingEvents(Duration.ZERO)) {
            assertThat(never.send("POST", EVENTS, EVENT).status()).isEqualTo(201);
            assertThat(soon.send("POST", EVENTS, EVENT).status()).isEqualTo(201);

            await().until(() -> soon.get(EVENTS + "/seen").status() == 404);
            assertThat(never.get(EVENTS + "/seen").status()).isEqualTo(200);
        }
    }

    private static WholeApi keepingEvents(Duration life) {
        return new WholeApi(new ApiSettings(
                RuntimeConfig.DEFAULT,
                ApiSettings.DEFAULT.seats(),
                AdmissionChoice.DEFAULT,
                life,
                Duration.ZERO,
                Duration.ZERO));
    }
}
