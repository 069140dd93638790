package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NodeLimitsTest extends WorkersFixture {
    @Test
    void changesLimitsInPlace() {
        var small = new ContainerBuilder(container("main"))
                .withNewResources()
                .addToLimits("cpu", new Quantity("1"))
                .endResources()
                .build();
        cluster.put(pod("web", "Always", small).build());
        await().until(() -> isTrue("web", "Ready"));

        cluster.put(new PodBuilder(cluster.pods.get("web"))
                .editSpec()
                .editContainer(0)
                .editResources()
                .addToLimits("cpu", new Quantity("2"))
                .endResources()
                .endContainer()
                .endSpec()
                .build());

        await().until(() -> runtime.calls.contains("update main"));
        await().until(() -> new Quantity("2")
                .equals(cluster.status("web")
                        .getContainerStatuses()
                        .getFirst()
                        .getResources()
                        .getLimits()
                        .get("cpu")));
        assertThat(runtime.calls).doesNotContain("start main/1");
    }

    @Test
    void refusesAPodForWhichThereIsNoRoom() {
        var big = new ContainerBuilder(container("main"))
                .withNewResources()
                .addToRequests("cpu", new Quantity("8"))
                .endResources()
                .build();

        cluster.put(pod("big", "Always", big).build());

        await().until(() -> "Failed".equals(cluster.status("big").getPhase()));
        assertThat(cluster.status("big").getReason()).isEqualTo("OutOfcpu");
        assertThat(runtime.calls).isEmpty();
    }

    @Test
    void failsAPodThatOutlivesItsDeadline() {
        cluster.put(pod("job", "Never", container("main"))
                .editSpec()
                .withActiveDeadlineSeconds(60L)
                .endSpec()
                .build());
        await().until(() -> runtime.running("main").isPresent());
        await().until(() -> isTrue("job", "Ready"));

        time.advance(Duration.ofSeconds(61));

        await().until(() -> "Failed".equals(cluster.status("job").getPhase()));
        assertThat(cluster.status("job").getReason()).isEqualTo("DeadlineExceeded");
        assertThat(runtime.running("main")).isEmpty();
    }
}
