package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WrittenVersionsTest {

    private final Map<Class<? extends HasMetadata>, Long> heard =
            new HashMap<>(Map.of(Pod.class, 10L, DaemonSet.class, 10L));
    private final WrittenVersions written = new WrittenVersions(heard::get);

    @Test
    void whoHasWrittenNothingSeesAll() {
        assertThat(written.untilSeen("default/web")).isEmpty();
    }

    @Test
    void everyTypeMustHaveComeAsFarAsItWasWritten() {
        DaemonSet set = set("uid-1", "12");
        written.wrote(set, pod("11"));
        written.wrote(set, pod("13"));
        written.wrote(set, pod("12"));
        written.wrote(set, set);

        heard.put(Pod.class, 13L);
        assertThat(written.untilSeen("default/web")).isPresent();
        heard.put(Pod.class, 12L);
        heard.put(DaemonSet.class, 12L);
        assertThat(written.untilSeen("default/web")).isPresent();
        heard.put(Pod.class, 13L);
        assertThat(written.untilSeen("default/web")).isEmpty();
    }

    @Test
    void whatWasSeenOnceIsForgotten() {
        written.wrote(set("uid-1", "1"), pod("10"));
        assertThat(written.untilSeen("default/web")).isEmpty();

        heard.put(Pod.class, 5L);

        assertThat(written.untilSeen("default/web")).isEmpty();
    }

    @Test
    void whoHasNotSeenItLooksAgainLaterAndLaterButSoon() {
        written.wrote(set("uid-1", "1"), pod("99"));

        var waits = Stream.generate(
                        () -> written.untilSeen("default/web").orElseThrow().toMillis())
                .limit(8);

        assertThat(waits).containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 320L);
    }

    @Test
    void anotherOfTheSameNameBeginsAnew() {
        written.wrote(set("uid-1", "1"), pod("99"));
        written.wrote(set("uid-2", "1"), pod("10"));

        assertThat(written.untilSeen("default/web")).isEmpty();
    }

    @Test
    void othersDoNotWait() {
        written.wrote(set("uid-1", "1"), pod("99"));

        assertThat(written.untilSeen("other/web")).isEmpty();
        written.forget("default/web");
        assertThat(written.untilSeen("default/web")).isEmpty();
    }

    private static DaemonSet set(String uid, String version) {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .withUid(uid)
                .withResourceVersion(version)
                .endMetadata()
                .build();
    }

    private static Pod pod(String version) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web-x")
                .withResourceVersion(version)
                .endMetadata()
                .build();
    }
}
