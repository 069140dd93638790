package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatusDocumentTest {

    @Test
    void saysHowTheClusterAndItsGroupsAreAndSinceWhen() {
        var group = new FakeGroup("workers", 1, 4, Sample.node("t", 2000, 8192)).with(1);
        var registry = new GroupRegistry(AutoscalerOptions.DEFAULT);
        var node = Sample.node("workers-1", 2000, 8192);
        var document = new StatusDocument();
        registry.update(List.of(group.view()), Sample.cluster(List.of(node), List.of()));
        document.text(registry, List.of(), Sample.NOW);

        registry.grew(group.view(), 1, Sample.NOW);
        group.increaseSize(1);
        registry.update(List.of(group.view()), Sample.at(Sample.NOW.plusSeconds(10), List.of(node), List.of()));

        assertThat(document.text(registry, List.of(new Removal(node, List.of())), Sample.NOW.plusSeconds(10)))
                .isEqualTo("""
                        time: 2026-01-01 12:00:10.000000000 +0000 UTC
                        autoscalerStatus: Running
                        clusterWide:
                          health:
                            status: Healthy
                            nodeCounts:
                              registered:
                                total: 1
                                ready: 1
                                notStarted: 0
                              longUnregistered: 0
                              unregistered: 1
                            lastProbeTime: "2026-01-01T12:00:10Z"
                            lastTransitionTime: "2026-01-01T12:00:00Z"
                          scaleUp:
                            status: InProgress
                            lastProbeTime: "2026-01-01T12:00:10Z"
                            lastTransitionTime: "2026-01-01T12:00:10Z"
                          scaleDown:
                            status: CandidatesPresent
                            candidates: 1
                            lastProbeTime: "2026-01-01T12:00:10Z"
                            lastTransitionTime: "2026-01-01T12:00:10Z"
                        nodeGroups:
                        - name: workers
                          health:
                            status: Healthy
                            nodeCounts:
                              registered:
                                total: 1
                                ready: 1
                                notStarted: 0
                              longUnregistered: 0
                              unregistered: 1
                            cloudProviderTarget: 2
                            minSize: 1
                            maxSize: 4
                            lastProbeTime: "2026-01-01T12:00:10Z"
                            lastTransitionTime: "2026-01-01T12:00:00Z"
                          scaleUp:
                            status: InProgress
                            lastProbeTime: "2026-01-01T12:00:10Z"
                            lastTransitionTime: "2026-01-01T12:00:10Z"
                          scaleDown:
                            status: CandidatesPresent
                            candidates: 1
                            lastProbeTime: "2026-01-01T12:00:10Z"
                            lastTransitionTime: "2026-01-01T12:00:10Z"
                        """);
    }

    @Test
    void saysThatAGroupIsLeftAloneAndWhy() {
        var group = new FakeGroup("workers", 0, 4, Sample.node("t", 2000, 8192));
        var registry = new GroupRegistry(AutoscalerOptions.DEFAULT);
        registry.failedToGrow(group.view(), new Instance.Failure("cloudProviderError", "no"), Sample.NOW);
        registry.update(List.of(group.view()), Sample.cluster(List.of(), List.of()));

        assertThat(new StatusDocument().text(registry, List.of(), Sample.NOW)).contains("""
                  scaleUp:
                    status: Backoff
                    backoffInfo:
                      errorCode: cloudProviderError
                      errorMessage: "no"
                """);
    }
}
