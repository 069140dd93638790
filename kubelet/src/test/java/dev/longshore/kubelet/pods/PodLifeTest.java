package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Who starts again and when, hooks, and the order of the end.
class PodLifeTest extends WorkersFixture {

    @Test
    void aContainersOwnPolicyGoesOverThePodsAndItsRulesOverThat() {
        Container once = new ContainerBuilder(container("once"))
                .withRestartPolicy("Never")
                .addNewRestartPolicyRule()
                .withAction("Restart")
                .withNewExitCodes()
                .withOperator("In")
                .withValues(42)
                .endExitCodes()
                .endRestartPolicyRule()
                .build();
        cluster.put(pod("web", "Always", once, container("main")).build());
        await().until(() -> runtime.running("once").isPresent());

        runtime.exit("once", 42);
        await().until(() -> runtime.calls.contains("start once/1"));
        runtime.exit("once", 1);

        await().until(() -> container("web", "once").getState().getTerminated() != null);
        time.advance(Duration.ofMinutes(11));
        assertThat(runtime.calls).doesNotContain("start once/2");
        assertThat(cluster.status("web").getPhase()).isEqualTo("Running");
    }

    @Test
    void aRuleMayLetAllContainersBeginAnew() {
        Container source = new ContainerBuilder(container("source"))
                .withRestartPolicy("Never")
                .addNewRestartPolicyRule()
                .withAction("RestartAllContainers")
                .withNewExitCodes()
                .withOperator("In")
                .withValues(88)
                .endExitCodes()
                .endRestartPolicyRule()
                .build();
        cluster.put(pod("web", "Never", source, container("main"))
                .editSpec()
                .withInitContainers(container("first"))
                .endSpec()
                .build());
        await().until(() -> runtime.running("first").isPresent());
        runtime.exit("first", 0);
        await().until(() ->
                runtime.running("main").isPresent() && runtime.running("source").isPresent());

        runtime.exit("source", 88);

        await().until(() -> runtime.calls.contains("start first/1"));
        assertThat(runtime.running("main")).isEmpty();
        assertThat(cluster.patches)
                .anySatisfy(status -> assertThat(status.getConditions())
                        .anyMatch(condition -> is(condition, "AllContainersRestarting", "True")));
        runtime.exit("first", 0);
        await().until(() -> runtime.calls.contains("start main/1") && runtime.calls.contains("start source/1"));
        await().until(() -> isTrue("web", "Ready"));
        ContainerStatus main = container("web", "main");
        assertThat(main.getRestartCount()).isEqualTo(1);
        assertThat(main.getLastState().getTerminated().getReason()).isEqualTo("RestartingAllContainers");
        assertThat(cluster.status("web").getConditions())
                .anyMatch(condition -> is(condition, "AllContainersRestarting", "False"));
        assertThat(runtime.calls).doesNotContain("run sandbox web/1");
    }

    @Test
    void backOffDoublesUpToFiveMinutesAndIsForgottenAfterTenQuietOnes() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> runtime.running("main").isPresent());
        runtime.exit("main", 1);
        await().until(() -> runtime.calls.contains("start main/1"));

        int attempt = 1;
        for (int seconds : new int[] {10, 20, 40, 80, 160, 300, 300}) {
            String next = "start main/" + (attempt + 1);
            runtime.exit("main", 1);
            String words =
                    "back-off %s restarting failed container=main".formatted(Words.span(Duration.ofSeconds(seconds)));
            await().until(() -> waitingMessage("web", "main").startsWith(words));
            time.advance(Duration.ofSeconds(seconds - 1));
            assertThat(runtime.calls).doesNotContain(next);
            await().until(() -> {
                time.advance(Duration.ofSeconds(1));
                return runtime.calls.contains(next);
            });
            attempt++;
        }

        time.advance(Duration.ofMinutes(11));
        runtime.exit("main", 1);
        await().until(() -> runtime.calls.contains("start main/9"));
    }

    @Test
    void aPostStartHookThatFailsEndsTheContainerWhichIsNotSaidToRunBefore() {
        runtime.execExitCodes.put("hello", 3);
        Container hooked = new ContainerBuilder(container("main"))
                .withNewLifecycle()
                .withNewPostStart()
                .withNewExec()
                .withCommand("hello")
                .endExec()
                .endPostStart()
                .endLifecycle()
                .build();
        cluster.put(pod("web", "Always", hooked).build());

        await().until(() -> "CrashLoopBackOff".equals(waiting("web")));
        assertThat(cluster.patches)
                .noneMatch(status -> status.getContainerStatuses().stream()
                        .anyMatch(told -> told.getState().getRunning() != null));
        assertThat(cluster.patches).anySatisfy(status -> {
            var waiting = status.getContainerStatuses().getFirst().getState().getWaiting();
            assertThat(waiting).isNotNull();
            assertThat(waiting.getReason()).isEqualTo("PostStartHookError");
            assertThat(waiting.getMessage())
                    .startsWith("Exec lifecycle hook ([hello]) for Container \"main\" in Pod \"web_default(uid-web)\" "
                            + "failed - error: command 'hello' exited with 3: ");
        });
        await().untilAsserted(() -> assertThat(cluster.events)
                .extracting(Event::getReason, Event::getMessage)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("FailedPostStartHook", "PostStartHook failed"),
                        org.assertj.core.groups.Tuple.tuple("Killing", "FailedPostStartHook")));

        time.advance(Duration.ofSeconds(11));
        await().until(() -> runtime.calls.contains("start main/1"));
        await().until(() ->
                reasons().filter(reason -> reason.equals("PostStartHookError")).count() > 1);
        assertThat(reasons().dropWhile(reason -> !reason.equals("CrashLoopBackOff")))
                .as("what is told from the first back-off on")
                .containsOnly("CrashLoopBackOff", "PostStartHookError");
    }

    /// Why the only container was said to wait, each time that something was said.
    private Stream<String> reasons() {
        return cluster.patches.stream()
                .map(status ->
                        status.getContainerStatuses().getFirst().getState().getWaiting())
                .map(waiting -> waiting == null ? "" : waiting.getReason());
    }

    @Test
    void hooksRunSideBySideButSidecarsEndLastAndInReverse() {
        Container side = new ContainerBuilder(container("side"))
                .withRestartPolicy("Always")
                .withNewLifecycle()
                .withNewPreStop()
                .withNewExec()
                .withCommand("side-bye")
                .endExec()
                .endPreStop()
                .endLifecycle()
                .build();
        Container other = new ContainerBuilder(container("other"))
                .withRestartPolicy("Always")
                .build();
        runtime.stubborn.add("main");
        cluster.put(pod("web", "Always", container("main"))
                .editSpec()
                .withInitContainers(side, other)
                .endSpec()
                .build());
        await().until(() -> isTrue("web", "Ready"));

        cluster.terminate("web", 20);
        await().until(() -> runtime.calls.contains("stop main within 20s") && runtime.calls.contains("exec side-bye"));
        assertThat(runtime.calls).noneMatch(call -> call.startsWith("stop side") || call.startsWith("stop other"));
        time.advance(Duration.ofSeconds(5));
        runtime.exit("main", 0);

        await().until(() -> cluster.deleted.contains("web"));
        assertThat(runtime.calls).containsSubsequence("stop other within 15s", "stop side within 15s");
    }

    @Test
    void aContainerThatIsEndedBecauseOfItsProbeStartsAgainThoughItEndsWell() {
        runtime.execExitCodes.put("check me", 1);
        Container probed = new ContainerBuilder(container("main"))
                .addNewEnv()
                .withName("WHOM")
                .withValue("me")
                .endEnv()
                .withNewLivenessProbe()
                .withNewExec()
                .withCommand("check", "$(WHOM)")
                .endExec()
                .withPeriodSeconds(1)
                .withFailureThreshold(1)
                .endLivenessProbe()
                .build();
        cluster.put(pod("web", "OnFailure", probed).build());

        await().until(() -> runtime.calls.contains("start main/1"));
        await().untilAsserted(() -> assertThat(cluster.events)
                .extracting(Event::getMessage)
                .contains("Container main failed liveness probe, will be restarted"));
    }

    @Test
    void anAddedContainerSeesTheProcessesOfItsTarget() {
        cluster.put(pod("web", "Always", container("main"))
                .editSpec()
                .addNewEphemeralContainer()
                .withName("debug")
                .withImage("img")
                .withTargetContainerName("main")
                .endEphemeralContainer()
                .endSpec()
                .build());

        await().until(() -> runtime.running("debug").isPresent());
        String main = runtime.running("main").orElseThrow().id();
        assertThat(runtime.running("debug")
                        .orElseThrow()
                        .spec()
                        .options()
                        .namespaces()
                        .pidOf())
                .contains(main);
    }

    private ContainerStatus container(String pod, String name) {
        return cluster.status(pod).getContainerStatuses().stream()
                .filter(status -> status.getName().equals(name))
                .findFirst()
                .orElseGet(() -> new ContainerStatus());
    }

    private String waitingMessage(String pod, String name) {
        var state = container(pod, name).getState();
        return state == null || state.getWaiting() == null || state.getWaiting().getMessage() == null
                ? ""
                : state.getWaiting().getMessage();
    }

    private static boolean is(PodCondition condition, String type, String status) {
        return condition.getType().equals(type) && condition.getStatus().equals(status);
    }
}
