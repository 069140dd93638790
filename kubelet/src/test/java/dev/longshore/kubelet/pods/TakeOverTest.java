package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.runtime.ContainerStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// What a kubelet makes of what the one before it left, however it ended.
class TakeOverTest extends WorkersFixture {

    @Test
    void aContainerThatWasMadeButNotStartedIsMadeAgainAndCountsOnce() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> runtime.running("main").isPresent());
        workers.close();
        ContainerStatus made = runtime.running("main").orElseThrow();
        runtime.containers.put(made.id(), unstarted(made));
        // Nor was anybody told of it.
        cluster.put(pod("web", "Always", container("main")).build());

        workers = workers();
        workers.start();

        await().until(() -> runtime.running("main").isPresent());
        ContainerStatus again = runtime.running("main").orElseThrow();
        assertThat(again.id()).isNotEqualTo(made.id());
        assertThat(again.spec().attempt()).isZero();
        assertThat(runtime.containers).containsOnlyKeys(again.id());
        await().until(() -> isTrue("web", "Ready"));
        assertThat(cluster.status("web").getContainerStatuses().getFirst().getRestartCount())
                .isZero();
    }

    @Test
    void afterTheHostWasDownPodsBeginAgainAndItCountsAsARestart() throws Exception {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));
        workers.close();
        ContainerStatus before = runtime.running("main").orElseThrow();
        runtime.sandboxes().stop(before.sandboxId());
        runtime.containers.put(before.id(), lost(before));

        workers = workers();
        workers.start();

        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return runtime.running("main").isPresent();
        });
        await().until(() -> isTrue("web", "Ready"));
        var status = cluster.status("web").getContainerStatuses().getFirst();
        assertThat(status.getRestartCount()).isEqualTo(1);
        assertThat(status.getLastState().getTerminated().getExitCode()).isEqualTo(255);
        assertThat(status.getLastState().getTerminated().getReason()).isEqualTo("Unknown");
        assertThat(runtime.running("main").orElseThrow().sandboxId()).isNotEqualTo(before.sandboxId());
    }

    @Test
    void aPodWhoseRuntimeCallHangsHoldsUpNoOther() {
        runtime.hung.add("stuck");
        cluster.put(pod("stuck", "Always", container("one")).build());
        cluster.put(pod("fine", "Always", container("two")).build());

        await().until(() -> isTrue("fine", "Ready"));

        assertThat(runtime.running("one")).isEmpty();
    }

    // As the runtime tells of containers from before a boot.
    private static ContainerStatus lost(ContainerStatus running) {
        return new ContainerStatus(
                running.id(),
                running.sandboxId(),
                running.spec(),
                ContainerStatus.State.EXITED,
                running.createdAt(),
                running.startedAt(),
                Optional.of(running.createdAt()),
                OptionalInt.empty(),
                OptionalInt.of(255),
                "Unknown",
                "",
                running.logFile());
    }

    private static ContainerStatus unstarted(ContainerStatus running) {
        return new ContainerStatus(
                running.id(),
                running.sandboxId(),
                running.spec(),
                ContainerStatus.State.CREATED,
                running.createdAt(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                "",
                "",
                running.logFile());
    }
}
