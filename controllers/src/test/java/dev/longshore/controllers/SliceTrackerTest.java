package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the keepers of slices remember between two looks.
class SliceTrackerTest {

    private static final String WEB = "default/web";

    private final SliceTracker tracker = new SliceTracker();

    @Test
    void anInformerThatDoesNotShowWhatWasWrittenIsStale() {
        tracker.wrote(WEB, slice("a", 2));

        assertThat(tracker.areStale(WEB, List.of())).isTrue();
        assertThat(tracker.areStale(WEB, List.of(slice("a", 1)))).isTrue();
        assertThat(tracker.areStale(WEB, List.of(slice("a", 2)))).isFalse();
        tracker.deleted(WEB, slice("a", 2));
        assertThat(tracker.areStale(WEB, List.of(slice("a", 2)))).isTrue();
        assertThat(tracker.areStale(WEB, List.of())).isFalse();
    }

    @Test
    void onlyWhatOthersDidIsNews() {
        assertThat(tracker.isNews(WEB, slice("a", 1))).isTrue();
        tracker.wrote(WEB, slice("a", 1));

        assertThat(tracker.isNews(WEB, slice("a", 1))).isFalse();
        assertThat(tracker.isNews(WEB, slice("a", 2))).isTrue();
        assertThat(tracker.isLost(WEB, slice("a", 1))).isTrue();
        tracker.deleted(WEB, slice("b", 1));
        assertThat(tracker.isLost(WEB, slice("b", 1))).isFalse();
        assertThat(tracker.isLost(WEB, slice("foreign", 1))).isFalse();
    }

    @Test
    void theTriggerIsTheEarliestChangeSinceTheLastLook() {
        Service service = new ServiceBuilder(Samples.service())
                .editMetadata()
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
        Pod early = Samples.ready("a", "10.0.0.1");
        var times = new TriggerTimes();

        assertThat(times.look(service, List.of())).contains(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(times.look(service, List.of(early))).contains(Instant.parse("2026-01-01T00:00:10Z"));
        assertThat(times.look(service, List.of(early))).isEmpty();
    }

    private static EndpointSlice slice(String uid, long generation) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withUid(uid)
                .withGeneration(generation)
                .endMetadata()
                .build();
    }
}
