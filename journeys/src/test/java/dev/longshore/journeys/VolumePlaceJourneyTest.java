package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Pods go where their volumes are, and volumes are chosen or made where pods go.
@ExtendWith(HollowShared.class)
@Order(18)
class VolumePlaceJourneyTest {

    private static final String CLAIM = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: %s}
            spec:
              accessModes: [%s]
              resources: {requests: {storage: 1Gi}}
              storageClassName: %s
            """;
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: main, image: nginx}]
              volumes: [{name: data, persistentVolumeClaim: {claimName: %s}}]
              %s
            """;
    private static final String PREFERRED = "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution:"
            + " [{weight: 100, preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In,"
            + " values: [%s]}]}}]}}";
    private static final String REQUIRED = "nodeSelector: {kubernetes.io/hostname: %s}";

    private final HollowNamespace space = HollowNamespace.fresh("place");

    @AfterEach
    void leave() {
        space.client().persistentVolumes().list().getItems().stream()
                .filter(volume -> volume.getMetadata().getName().startsWith(space.name()))
                .forEach(volume -> space.client().resource(volume).delete());
        space.client().storage().v1().storageClasses().withName(space.name()).delete();
        space.close();
    }

    @Test
    void aPodComesBackToTheNodeOfItsVolume() {
        space.create(CLAIM.formatted("data", "ReadWriteOnce", "local-path"), PersistentVolumeClaim.class);
        space.create(POD.formatted("first", "data", ""), Pod.class);
        String node = running("first");
        assertThat(space.stored(PersistentVolumeClaim.class, "data")
                        .getMetadata()
                        .getAnnotations())
                .containsEntry("volume.kubernetes.io/selected-node", node);
        String other = node.equals("node-1") ? "node-2" : "node-1";
        space.client().pods().inNamespace(space.name()).withName("first").delete();

        space.create(POD.formatted("second", "data", PREFERRED.formatted(other)), Pod.class);
        space.create(POD.formatted("third", "data", REQUIRED.formatted(other)), Pod.class);

        assertThat(running("second")).isEqualTo(node);
        becomesTold(
                "third",
                "FailedScheduling: 0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1"
                        + " node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2"
                        + " Preemption is not helpful for scheduling.");
    }

    @Test
    void aClaimThatWaitsGetsAVolumeOfTheNodeWhereItsPodMustGo() {
        manual();
        volume("one", "node-1", "1Gi");
        volume("two", "node-2", "5Gi");
        space.create(CLAIM.formatted("data", "ReadWriteOnce", space.name()), PersistentVolumeClaim.class);
        space.create(POD.formatted("user", "data", REQUIRED.formatted("node-2")), Pod.class);

        assertThat(running("user")).isEqualTo("node-2");
        assertThat(space.stored(PersistentVolumeClaim.class, "data").getSpec().getVolumeName())
                .isEqualTo(space.name() + "-two");
    }

    @Test
    void aPodWaitsForAVolumeAndGoesWhenOneComes() {
        manual();
        space.create(CLAIM.formatted("data", "ReadWriteOnce", space.name()), PersistentVolumeClaim.class);
        space.create(POD.formatted("user", "data", ""), Pod.class);
        becomesTold(
                "user",
                "FailedScheduling: 0/2 nodes are available: 2 node(s) didn't find available persistent volumes to"
                        + " bind. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.");

        volume("late", "node-1", "1Gi");

        assertThat(running("user")).isEqualTo("node-1");
    }

    @Test
    void podsThatComeTogetherNeverGetOneVolumeTwice() {
        manual();
        IntStream.range(0, 6).forEach(i -> volume("v" + i, i % 2 == 0 ? "node-1" : "node-2", "1Gi"));
        IntStream.range(0, 6).forEach(i -> {
            space.create(CLAIM.formatted("data-" + i, "ReadWriteOnce", space.name()), PersistentVolumeClaim.class);
            space.create(POD.formatted("user-" + i, "data-" + i, ""), Pod.class);
        });

        IntStream.range(0, 6).forEach(i -> running("user-" + i));
        assertThat(IntStream.range(0, 6)
                        .mapToObj(i -> space.stored(PersistentVolumeClaim.class, "data-" + i)
                                .getSpec()
                                .getVolumeName()))
                .doesNotHaveDuplicates()
                .doesNotContainNull();
    }

    @Test
    void aVolumeForOnePodIsFreeForTheNextWhenThatIsGone() {
        space.create(CLAIM.formatted("data", "ReadWriteOncePod", "local-path"), PersistentVolumeClaim.class);
        space.create(POD.formatted("first", "data", ""), Pod.class);
        running("first");
        space.create(POD.formatted("second", "data", ""), Pod.class);
        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(space.told("second").toString())
                        .contains("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode"
                                + " already in-use by another pod"));

        space.client().pods().inNamespace(space.name()).withName("first").delete();

        running("second");
    }

    private String running(String pod) {
        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(
                                space.stored(Pod.class, pod).getStatus().getPhase())
                        .isEqualTo("Running"));
        return space.stored(Pod.class, pod).getSpec().getNodeName();
    }

    private void becomesTold(String pod, String what) {
        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(space.told(pod)).contains(what));
    }

    private void manual() {
        space.client()
                .resource(space.client()
                        .getKubernetesSerialization()
                        .<StorageClass>unmarshal("""
                        {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "%s"},
                        "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}
                        """.formatted(space.name()), StorageClass.class))
                .create();
    }

    private void volume(String name, String node, String size) {
        space.client()
                .resource(space.client()
                        .getKubernetesSerialization()
                        .<PersistentVolume>unmarshal(
                                """
                        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "%s-%s"},
                        "spec": {"capacity": {"storage": "%s"}, "accessModes": ["ReadWriteOnce"],
                        "storageClassName": "%s", "hostPath": {"path": "/tmp/none"}, "nodeAffinity": {"required":
                        {"nodeSelectorTerms": [{"matchExpressions": [{"key": "kubernetes.io/hostname",
                        "operator": "In", "values": ["%s"]}]}]}}}}
                        """.formatted(space.name(), name, size, space.name(), node), PersistentVolume.class))
                .create();
    }
}
