package dev.longshore.apiserver.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ViewTest {

    private final Aggregator.View view = new Aggregator.View(
            new Registrations(List.of(
                    RegistrationsTest.foreign("metrics.example.com", "v2", 100, 100),
                    RegistrationsTest.foreign("apps", "v9", 100, 100),
                    RegistrationsTest.foreign("apiregistration.k8s.io", "v9", 100, 100),
                    RegistrationsTest.local("metrics.example.com", "v3", 100, 100))),
            Map.of(),
            Map.of(
                    "v2.metrics.example.com",
                    new Description("/openapi/v3/apis/metrics.example.com/v2?hash=1", java.util.Optional.empty(), "")),
            Set.of("v1.apps"));

    @Test
    void ofAGroupThatSomebodyServesOurOtherVersionsAreHidden() {
        assertThat(view.isHidden("metrics.example.com", "v1")).isTrue();
        assertThat(view.isHidden("other.example.com", "v1")).isFalse();
    }

    @Test
    void whatBelongsToEveryKubernetesOrIsRegisteredIsNeverHidden() {
        assertThat(view.isHidden("apps", "v1")).isFalse();
        assertThat(view.isHidden("apiregistration.k8s.io", "v1")).isFalse();
        assertThat(view.isHidden("metrics.example.com", "v3")).isFalse();
    }

    @Test
    void onlyTheDocumentOfTheOwnVersionIsSomebodyElses() {
        assertThat(view.describing("/openapi/v3/apis/metrics.example.com/v2")).isPresent();
        assertThat(view.describing("/openapi/v3/apis/metrics.example.com/v3")).isEmpty();
        assertThat(view.describing("/openapi/v3/apis/apps/v9")).isEmpty();
        assertThat(view.describing("/openapi/v3/api/v1")).isEmpty();
    }
}
