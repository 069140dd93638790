package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.kubelet.measures.Family;
import dev.longshore.runtime.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PodWorkersTest extends WorkersFixture {
    @Test
    void runsAPodAndTellsThatItIsReady() {
        cluster.put(pod("web", "Always", container("main")).build());

        await().until(() -> isTrue("web", "Ready"));
        var status = cluster.status("web");
        assertThat(status.getPhase()).isEqualTo("Running");
        assertThat(status.getPodIP()).startsWith("10.0.0.");
        assertThat(status.getHostIP()).isEqualTo("192.0.2.1");
        assertThat(status.getQosClass()).isEqualTo("BestEffort");
        assertThat(status.getStartTime()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(status.getConditions())
                .extracting(PodCondition::getType)
                .contains("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");
        var told = status.getContainerStatuses().getFirst();
        assertThat(told.getContainerID()).startsWith("longshore://c");
        assertThat(told.getImageID()).startsWith("img@sha256:");
        assertThat(told.getState().getRunning()).isNotNull();
        assertThat(told.getRestartCount()).isZero();
        await().untilAsserted(() ->
                assertThat(cluster.reasons()).containsSubsequence("Pulling", "Pulled", "Created", "Started"));
    }

    @Test
    void saysNothingWhenNothingIsNew() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));
        int said = cluster.patches.size();

        time.advance(Duration.ofMinutes(5));
        cluster.put(new PodBuilder(cluster.pods.get("web"))
                .editMetadata()
                .addToLabels("more", "labels")
                .endMetadata()
                .build());

        await().until(() ->
                workers.pod("default", "web").orElseThrow().pod().getMetadata().getLabels() != null);
        assertThat(cluster.patches).hasSize(said);
    }

    @Test
    void saysAgainWhatOthersHaveWrittenOver() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));
        String since = cluster.status("web").getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .orElseThrow()
                .getLastTransitionTime();
        time.advance(Duration.ofSeconds(30));

        cluster.put(new PodBuilder(cluster.pods.get("web"))
                .editStatus()
                .editMatchingCondition(condition -> condition.getType().equals("Ready"))
                .withStatus("False")
                .endCondition()
                .endStatus()
                .build());

        await().until(() -> isTrue("web", "Ready"));
        assertThat(cluster.status("web").getConditions())
                .filteredOn(condition -> condition.getType().equals("Ready"))
                .allSatisfy(condition ->
                        assertThat(condition.getLastTransitionTime()).isEqualTo(since));
    }

    @Test
    void aContainerThatIsStartedAgainAtOnceWasUnreadyMeanwhile() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));
        time.advance(Duration.ofSeconds(15));
        int before = cluster.patches.size();

        runtime.exit("main", 1);

        await().until(() -> isTrue("web", "Ready")
                && cluster.status("web").getContainerStatuses().getFirst().getRestartCount() == 1);
        assertThat(cluster.patches.subList(before, cluster.patches.size()))
                .anySatisfy(status -> assertThat(status.getConditions())
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("False")));
        assertThat(cluster.status("web").getConditions())
                .filteredOn(condition -> condition.getType().equals("Ready"))
                .allSatisfy(condition ->
                        assertThat(condition.getLastTransitionTime()).isEqualTo(Stamps.seconds(time.now())));
    }

    @Test
    void runsInitContainersOneAfterTheOtherAndSidecarsBesideTheRest() {
        cluster.put(pod("web", "Always", container("main"))
                .editSpec()
                .withInitContainers(
                        container("first"),
                        new ContainerBuilder(container("side"))
                                .withRestartPolicy("Always")
                                .build(),
                        container("second"))
                .endSpec()
                .build());

        await().until(() -> runtime.running("first").isPresent());
        assertThat(cluster.status("web").getPhase()).isIn(null, "Pending");
        runtime.exit("first", 0);
        await().until(() -> runtime.running("second").isPresent());
        assertThat(runtime.running("side")).isPresent();
        assertThat(runtime.running("main")).isEmpty();
        runtime.exit("second", 0);

        await().until(() -> isTrue("web", "Ready"));
        assertThat(runtime.calls)
                .containsSubsequence("start first/0", "start side/0", "start second/0", "start main/0");
    }

    @Test
    void holdsAContainerThatKeepsFailing() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> runtime.running("main").isPresent());

        runtime.exit("main", 1);
        await().until(() -> runtime.calls.contains("start main/1"));
        runtime.exit("main", 1);

        await().until(() -> "CrashLoopBackOff".equals(waiting("web")));
        var told = cluster.status("web").getContainerStatuses().getFirst();
        assertThat(told.getState().getWaiting().getMessage())
                .startsWith("back-off 10s restarting failed container=main pod=web_default(");
        assertThat(told.getLastState().getTerminated().getExitCode()).isEqualTo(1);
        assertThat(told.getLastState().getTerminated().getReason()).isEqualTo("Error");
        assertThat(told.getRestartCount()).isEqualTo(1);
        time.advance(Duration.ofSeconds(9));
        assertThat(runtime.calls).doesNotContain("start main/2");
        passUntil(() -> runtime.calls.contains("start main/2"));
    }

    @Test
    void succeedsWhenAllIsDone() {
        cluster.put(pod("job", "Never", container("main")).build());
        await().until(() -> runtime.running("main").isPresent());

        runtime.exit("main", 0);

        await().until(() -> "Succeeded".equals(cluster.status("job").getPhase()));
        var told = cluster.status("job").getContainerStatuses().getFirst();
        assertThat(told.getState().getTerminated().getReason()).isEqualTo("Completed");
        assertThat(runtime.calls).contains("stop sandbox").doesNotContain("start main/1");
    }

    @Test
    void failsWhenAnInitContainerFailsForGood() {
        cluster.put(pod("job", "Never", container("main"))
                .editSpec()
                .withInitContainers(container("first"))
                .endSpec()
                .build());
        await().until(() -> runtime.running("first").isPresent());

        runtime.exit("first", 3);

        await().until(() -> "Failed".equals(cluster.status("job").getPhase()));
        assertThat(runtime.calls).doesNotContain("start main/0");
    }

    @Test
    void endsAPodInOrderAndDeletesItLast() {
        cluster.put(pod("web", "Always", container("main"))
                .editSpec()
                .withInitContainers(new ContainerBuilder(container("side"))
                        .withRestartPolicy("Always")
                        .build())
                .endSpec()
                .build());
        await().until(() -> isTrue("web", "Ready"));

        cluster.terminate("web", 30);

        await().until(() -> cluster.deleted.contains("web"));
        assertThat(runtime.calls)
                .containsSubsequence("stop main within 30s", "stop side within 30s", "stop sandbox", "remove sandbox");
        assertThat(cluster.patches
                        .getLast()
                        .getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getTerminated())
                .isNotNull();
        assertThat(runtime.containers).isEmpty();
        await().until(() -> workers.pods().isEmpty());
    }

    @Test
    void cutsTheGraceShortWhenAskedTo() {
        runtime.stubborn.add("main");
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> runtime.running("main").isPresent());
        cluster.terminate("web", 300);
        await().until(() -> runtime.calls.contains("stop main within 300s"));

        cluster.terminate("web", 5);
        await().until(() -> runtime.calls.contains("stop main within 5s"));

        passUntil(() -> cluster.deleted.contains("web"));
    }

    @Test
    void saysWhyAnImageCannotBeHad() {
        runtime.brokenImages.put("img", "registry says no");
        cluster.put(pod("web", "Always", container("main")).build());

        await().until(() -> "ErrImagePull".equals(waiting("web")));
        passUntil(() -> "ImagePullBackOff".equals(waiting("web")));
        assertThat(cluster.status("web")
                        .getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getWaiting()
                        .getMessage())
                .isEqualTo("Back-off pulling image \"img\": ErrImagePull: registry says no");

        runtime.brokenImages.clear();
        passUntil(() -> isTrue("web", "Ready"));
    }

    @Test
    void saysWhichConfigurationIsMissing() {
        var needy = new ContainerBuilder(container("main"))
                .addNewEnv()
                .withName("X")
                .withNewValueFrom()
                .withNewConfigMapKeyRef("key", "settings", false)
                .endValueFrom()
                .endEnv()
                .build();

        cluster.put(pod("web", "Always", needy).build());

        await().until(() -> "CreateContainerConfigError".equals(waiting("web")));
        assertThat(cluster.status("web")
                        .getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getWaiting()
                        .getMessage())
                .isEqualTo("configmap \"settings\" not found");
    }

    @Test
    void takesOverWhatRunsAndRestartsNothing() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));
        workers.close();
        List<String> before = List.copyOf(runtime.calls);
        int said = cluster.patches.size();

        workers = workers();
        workers.start();

        await().until(() -> cluster.patches.size() > said);
        assertThat(runtime.calls).isEqualTo(before);
        assertThat(isTrue("web", "Ready")).isTrue();
    }

    @Test
    void takesOverManyPodsOfWhichItHearsTwiceAtTheSameTime() {
        List<String> names = IntStream.range(0, 60).mapToObj(i -> "web-" + i).toList();
        names.forEach(name -> cluster.put(pod(name, "Always", container("main")).build()));
        await().until(() -> names.stream().allMatch(name -> isTrue(name, "Ready")));
        workers.close();
        List<String> before = List.copyOf(runtime.calls);

        workers = workers();
        workers.start();

        await().until(() -> workers.pods().size() == names.size());
        time.advance(Duration.ofMinutes(2));
        assertThat(runtime.calls).isEqualTo(before);
        assertThat(runtime.sandboxes).hasSize(names.size());
    }

    @Test
    void noticesAfterwardsWhatEndedWhileItWasAway() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));
        workers.close();
        runtime.exit("main", 7);

        workers = workers();
        workers.start();

        await().until(() -> runtime.calls.contains("start main/1"));
        await().untilAsserted(() -> assertThat(cluster.status("web")
                        .getContainerStatuses()
                        .getFirst()
                        .getLastState()
                        .getTerminated()
                        .getExitCode())
                .isEqualTo(7));
    }

    @Test
    void removesWhatBelongsToNoPod() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));
        workers.close();
        cluster.pods.clear();

        workers = workers();
        workers.start();

        await().until(() -> runtime.sandboxes.isEmpty() && runtime.containers.isEmpty());
    }

    @Test
    void startsAnewInANewSandboxWhenTheOldOneIsLost() {
        cluster.put(pod("web", "Always", container("main"))
                .editSpec()
                .withInitContainers(container("first"))
                .endSpec()
                .build());
        await().until(() -> runtime.running("first").isPresent());
        runtime.exit("first", 0);
        await().until(() -> isTrue("web", "Ready"));
        workers.close();
        runtime.sandboxes.clear();
        runtime.containers.clear();

        workers = workers();
        workers.start();

        await().until(() -> runtime.calls.contains("start first/1"));
        runtime.exit("first", 0);
        await().until(() -> runtime.calls.contains("start main/1"));
    }

    @Test
    void restartsAContainerWhoseLivenessProbeFails() {
        runtime.execExitCodes.put("check", 1);
        var probed = new ContainerBuilder(container("main"))
                .withNewLivenessProbe()
                .withNewExec()
                .addToCommand("check")
                .endExec()
                .withPeriodSeconds(1)
                .withFailureThreshold(2)
                .withTerminationGracePeriodSeconds(3L)
                .endLivenessProbe()
                .build();
        cluster.put(pod("web", "Always", probed).build());
        await().until(() -> runtime.calls.contains("exec check"));

        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return runtime.calls.contains("start main/1");
        });

        assertThat(runtime.calls).contains("stop main within 3s");
        await().untilAsserted(() -> assertThat(cluster.events)
                .extracting(io.fabric8.kubernetes.api.model.Event::getMessage)
                .contains("Container main failed liveness probe, will be restarted"));
    }

    @Test
    void isReadyOnlyWhileItsReadinessProbeSaysSo() {
        runtime.execExitCodes.put("check", 1);
        var probed = new ContainerBuilder(container("main"))
                .withNewReadinessProbe()
                .withNewExec()
                .addToCommand("check")
                .endExec()
                .withPeriodSeconds(1)
                .withFailureThreshold(1)
                .endReadinessProbe()
                .build();
        cluster.put(pod("web", "Always", probed).build());
        await().until(() -> "Running".equals(cluster.status("web").getPhase()));
        assertThat(isTrue("web", "Ready")).isFalse();

        runtime.execExitCodes.put("check", 0);
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return isTrue("web", "Ready");
        });

        runtime.execExitCodes.put("check", 1);
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return !isTrue("web", "Ready");
        });
        assertThat(runtime.calls).doesNotContain("start main/1");
        assertThat(measured(true))
                .containsPattern("prober_probe_total main default web uid-web Readiness failed [1-9]")
                .containsPattern("prober_probe_total main default web uid-web Readiness successful [1-9]");
    }

    @Test
    void countsHowPodsStart() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));

        await().untilAsserted(() -> assertThat(measured(false))
                .contains("kubelet_pod_start_duration_seconds_count 1\n")
                .contains("kubelet_started_containers_total container 1\n")
                .containsPattern("kubelet_pod_worker_duration_seconds_count create 1\n"));
    }

    /// A line for each number: the name, the labels' values and it.
    private String measured(boolean ofProbes) {
        var lines = new StringBuilder();
        var page = new Family.Page() {
            @Override
            public void family(String name, String type, String help) {
                // Names stand in every line.
            }

            @Override
            public void sample(String name, BigDecimal value, String... labels) {
                lines.append(name).append(' ');
                for (int i = 1; i < labels.length; i += 2) {
                    lines.append(labels[i]).append(' ');
                }
                lines.append(value.toPlainString()).append('\n');
            }
        };
        if (ofProbes) {
            workers.measures().writeProbes(page);
        } else {
            workers.measures().write(page);
        }
        return lines.toString();
    }

    @Test
    void stopsEverythingWithoutTellingTheCluster() throws InterruptedException {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));

        boolean done = workers.stopAll(Duration.ofSeconds(1));

        assertThat(done).isTrue();
        assertThat(runtime.containers).isEmpty();
        assertThat(runtime.sandboxes).isEmpty();
        assertThat(cluster.pods).containsKey("web");
        assertThat(isTrue("web", "Ready")).isTrue();
    }

    @Test
    void runsAHookBeforeTheStopSignal() {
        var hooked = new ContainerBuilder(container("main"))
                .withNewLifecycle()
                .withNewPreStop()
                .withNewExec()
                .addToCommand("bye")
                .endExec()
                .endPreStop()
                .endLifecycle()
                .build();
        cluster.put(pod("web", "Always", hooked).build());
        await().until(() -> isTrue("web", "Ready"));

        cluster.terminate("web", 10);

        await().until(() -> cluster.deleted.contains("web"));
        assertThat(runtime.calls).containsSubsequence("exec bye", "stop main within 10s");
    }

    @Test
    void triesAgainWhenASandboxCannotBeMade() {
        runtime.sandboxFailure = java.util.Optional.of("no address left");
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> cluster.reasons().contains("FailedCreatePodSandBox"));

        runtime.sandboxFailure = java.util.Optional.empty();

        passUntil(() -> isTrue("web", "Ready"));
        assertThat(runtime.containers.values())
                .extracting(ContainerStatus::state)
                .containsExactly(ContainerStatus.State.RUNNING);
    }
}
