package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DaemonPlanTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
    private static final String OLD = "old";
    private static final String NEW = "new";

    @Test
    void putsOnePodOnEachNode() {
        DaemonPlan plan = plan(set().build(), nodes(3), on("n0", NEW, true));

        assertThat(plan.create()).containsExactly("n1", "n2");
        assertThat(plan.delete()).isEmpty();
        DaemonSetStatus status = status(set().build(), nodes(3), on("n0", NEW, true));
        assertThat(status.getDesiredNumberScheduled()).isEqualTo(3);
        assertThat(status.getNumberReady()).isEqualTo(1);
        assertThat(status.getNumberUnavailable()).isEqualTo(2);
    }

    @Test
    void waitsUntilADeletedPodIsGone() {
        assertThat(plan(set().build(), nodes(1), deleted(on("n0", NEW, true))).create())
                .isEmpty();
    }

    @Test
    void aPodCanBeScheduledOnItsNodeOnly() {
        Pod pod = DaemonPods.podFor(set().build(), "n1", NEW);

        assertThat(DaemonPods.node(pod)).contains("n1");
        assertThat(pod.getSpec().getNodeName()).isNull();
        assertThat(pod.getMetadata().getLabels()).containsEntry("controller-revision-hash", NEW);
        assertThat(pod.getSpec().getTolerations())
                .extracting(toleration -> toleration.getKey() + ":" + toleration.getEffect())
                .contains("node.kubernetes.io/not-ready:NoExecute", "node.kubernetes.io/unschedulable:NoSchedule");
    }

    @Test
    void leavesOutNodesThatTheSelectorOrATaintRulesOut() {
        DaemonSet set = set().editSpec()
                .editTemplate()
                .editSpec()
                .addToNodeSelector("disk", "ssd")
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
        Node fit = labelled(node("fit"));
        Node reserved = tainted(labelled(node("reserved")), "team", "NoSchedule");
        Node silent = tainted(labelled(node("silent")), "node.kubernetes.io/unreachable", "NoExecute");
        Pod misplaced = on("plain", NEW, true);
        Pod tolerated = on("reserved", NEW, true);

        List<Node> nodes = List.of(fit, reserved, silent, node("plain"));
        DaemonPlan plan = plan(set, nodes, misplaced, tolerated);

        assertThat(plan.create()).containsExactly("fit", "silent");
        assertThat(plan.delete()).containsExactly(misplaced);
        assertThat(status(set, nodes, misplaced, tolerated).getNumberMisscheduled())
                .isEqualTo(2);
    }

    @Test
    void replacesFailedPodsAndRemovesDoubles() {
        Pod failed = new PodBuilder(on("n0", NEW, false))
                .editStatus()
                .withPhase("Failed")
                .endStatus()
                .build();
        Pod older = on("n1", NEW, true);
        Pod younger = new PodBuilder(on("n1", NEW, true))
                .editMetadata()
                .withName("younger")
                .withCreationTimestamp("2026-01-01T00:30:00Z")
                .endMetadata()
                .build();

        DaemonPlan plan = plan(set().build(), nodes(2), failed, younger, older);

        assertThat(plan.delete()).containsExactlyInAnyOrder(failed, younger);
        assertThat(plan.notes())
                .containsExactly(Note.warning(
                        "FailedDaemonPod", "Found failed daemon pod default/on-n0 on node n0, will try to kill it"));
    }

    @Test
    void updatesAsManyAtOnceAsMayBeMissing() {
        Pod[] pods = {on("n0", OLD, true), on("n1", OLD, true), on("n2", OLD, true), on("n3", OLD, true)};

        assertThat(plan(set().build(), nodes(4), pods).delete()).containsExactly(pods[0]);
        assertThat(plan(rolling(0, 2), nodes(4), pods).delete()).containsExactly(pods[0], pods[1]);
        pods[0] = on("n0", NEW, false);
        assertThat(plan(rolling(0, 2), nodes(4), pods).delete()).containsExactly(pods[1]);
        assertThat(plan(set().build(), nodes(4), pods).delete()).isEmpty();
    }

    @Test
    void brokenPodsAreUpdatedAtOnce() {
        Pod broken = on("n0", OLD, false);

        assertThat(plan(set().build(), nodes(2), broken, on("n1", OLD, true)).delete())
                .containsExactly(broken);
    }

    @Test
    void aSurgeStartsTheNewPodBeforeTheOldOneGoes() {
        DaemonSet set = rolling(1, 0);
        Pod first = on("n0", OLD, true);
        Pod second = on("n1", OLD, true);

        DaemonPlan begun = plan(set, nodes(2), first, second);
        assertThat(begun.create()).containsExactly("n0");
        assertThat(begun.delete()).isEmpty();

        DaemonPlan waits = plan(set, nodes(2), first, fresh("n0", false), second);
        assertThat(waits.create()).isEmpty();
        assertThat(waits.delete()).isEmpty();

        DaemonPlan goesOn = plan(set, nodes(2), first, fresh("n0", true), second);
        assertThat(goesOn.delete()).containsExactly(first);
        assertThat(goesOn.create()).as("one step after the other").isEmpty();
        assertThat(plan(set, nodes(2), fresh("n0", true), second).create()).containsExactly("n1");
    }

    @Test
    void aSurgeDoesNotKeepAnOldPodThatIsNotReady() {
        Pod old = on("n0", OLD, false);

        assertThat(plan(rolling(1, 0), nodes(1), old).create()).containsExactly("n0");
        assertThat(plan(rolling(1, 0), nodes(1), old, fresh("n0", false)).delete())
                .containsExactly(old);
    }

    @Test
    void aPodThatEndedWellIsReplacedToo() {
        Pod succeeded = new PodBuilder(on("n0", NEW, false))
                .editStatus()
                .withPhase("Succeeded")
                .endStatus()
                .build();

        DaemonPlan plan = plan(set().build(), nodes(1), succeeded);

        assertThat(plan.delete()).containsExactly(succeeded);
        assertThat(plan.notes())
                .containsExactly(Note.normal(
                        "SucceededDaemonPod",
                        "Found succeeded daemon pod default/on-n0 on node n0, will try to delete it"));
        assertThat(plan(set().build(), nodes(1), deleted(succeeded)).create())
                .as("one that has ended and is held by a finalizer is in nobody's way")
                .containsExactly("n0");
    }

    @Test
    void aFailedPodWaitsForItsBackoffWhileTheOthersAreUpdated() {
        Pod failed = new PodBuilder(on("n0", NEW, false))
                .editStatus()
                .withPhase("Failed")
                .endStatus()
                .build();
        Pod old = on("n1", OLD, true);

        DaemonPlan plan = DaemonPlan.of(
                known(rolling(0, 2), nodes(2), failed, old), node -> Duration.ofSeconds(node.equals("n0") ? 4 : 0));

        assertThat(plan.again()).contains(Duration.ofSeconds(4));
        assertThat(plan.delete()).containsExactly(old);
    }

    @Test
    void itsOwnTolerationTakesThePlaceOfOneWithALimit() {
        DaemonSet set = set().editSpec()
                .editTemplate()
                .editSpec()
                .withHostNetwork(true)
                .addNewToleration()
                .withKey("node.kubernetes.io/not-ready")
                .withOperator("Exists")
                .withEffect("NoExecute")
                .withTolerationSeconds(300L)
                .endToleration()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();

        assertThat(DaemonPods.tolerations(set))
                .extracting(each -> each.getKey() + ":" + each.getEffect() + ":" + each.getTolerationSeconds())
                .containsExactly(
                        "node.kubernetes.io/not-ready:NoExecute:null",
                        "node.kubernetes.io/unreachable:NoExecute:null",
                        "node.kubernetes.io/disk-pressure:NoSchedule:null",
                        "node.kubernetes.io/memory-pressure:NoSchedule:null",
                        "node.kubernetes.io/pid-pressure:NoSchedule:null",
                        "node.kubernetes.io/unschedulable:NoSchedule:null",
                        "node.kubernetes.io/network-unavailable:NoSchedule:null");
    }

    @Test
    void onDeleteTouchesNothing() {
        DaemonSet set = set().editSpec()
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .endSpec()
                .build();

        assertThat(plan(set, nodes(1), on("n0", OLD, true)).delete()).isEmpty();
    }

    @Test
    void failuresInOnePlaceAreSpreadOut() {
        var time = new dev.longshore.base.ManualTime();
        var backoff = new ReplacementBackoff(time);

        assertThat(backoff.tryNow("a")).isZero();
        assertThat(backoff.tryNow("a")).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.tryNow("b")).isZero();
        time.advance(Duration.ofSeconds(1));
        assertThat(backoff.tryNow("a")).isZero();
        assertThat(backoff.tryNow("a")).isEqualTo(Duration.ofSeconds(2));
        time.advance(Duration.ofHours(1));
        assertThat(backoff.tryNow("a")).isZero();
        assertThat(backoff.tryNow("a")).isEqualTo(Duration.ofSeconds(1));
    }

    private static DaemonPlan plan(DaemonSet set, List<Node> nodes, Pod... pods) {
        return DaemonPlan.of(known(set, nodes, pods), node -> Duration.ZERO);
    }

    private static DaemonSetStatus status(DaemonSet set, List<Node> nodes, Pod... pods) {
        return DaemonStatuses.of(set, known(set, nodes, pods), true);
    }

    private static DaemonNodes known(DaemonSet set, List<Node> nodes, Pod... pods) {
        return new DaemonNodes(set, nodes, List.of(pods), NEW, NOW);
    }

    private static DaemonSet rolling(int surge, int unavailable) {
        return set().editSpec()
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(surge))
                .withMaxUnavailable(new IntOrString(unavailable))
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec()
                .build();
    }

    private static DaemonSetBuilder set() {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("agent")
                .withUid("uid-agent")
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Map.of("app", "agent"))
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .endTemplate()
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxUnavailable(new IntOrString(1))
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec();
    }

    private static List<Node> nodes(int count) {
        return IntStream.range(0, count).mapToObj(i -> node("n" + i)).toList();
    }

    private static Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();
    }

    private static Node labelled(Node node) {
        return new NodeBuilder(node)
                .editMetadata()
                .addToLabels("disk", "ssd")
                .endMetadata()
                .build();
    }

    private static Node tainted(Node node, String key, String effect) {
        return new NodeBuilder(node)
                .editSpec()
                .addNewTaint()
                .withKey(key)
                .withEffect(effect)
                .endTaint()
                .endSpec()
                .build();
    }

    private static Pod on(String node, String hash, boolean isReady) {
        Pod pod = isReady
                ? Samples.ready("on-" + node, "10.0.0.1")
                : Samples.pod("on-" + node, "10.0.0.1").build();
        return new PodBuilder(pod)
                .editMetadata()
                .addToLabels(TemplateRevisions.LABEL, hash)
                .endMetadata()
                .editSpec()
                .withNodeName(node)
                .endSpec()
                .build();
    }

    private static Pod fresh(String node, boolean isReady) {
        return new PodBuilder(on(node, NEW, isReady))
                .editMetadata()
                .withName("fresh-" + node)
                .endMetadata()
                .build();
    }

    private static Pod deleted(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withDeletionTimestamp(NOW.toString())
                .endMetadata()
                .build();
    }
}
