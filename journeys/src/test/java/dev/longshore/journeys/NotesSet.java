package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/// A StatefulSet of two, each of which adds a line with its name and version to a file of its own when it starts.
final class NotesSet {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String MANIFEST = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: notes}
            spec:
              replicas: 2
              serviceName: notes
              selector: {matchLabels: {app: notes}}
              template:
                metadata: {labels: {app: notes}}
                spec:
                  terminationGracePeriodSeconds: 1
                  securityContext: {runAsUser: 0}
                  containers:
                  - name: main
                    image: "hello:1"
                    command: [sh, -c, "echo $HOSTNAME $VERSION >> /data/notes; exec sleep 100000"]
                    env: [{name: VERSION, value: "%s"}]
                    volumeMounts: [{name: data, mountPath: /data}]
              volumeClaimTemplates:
              - metadata: {name: data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
            """;

    private final RunningCluster cluster;

    NotesSet(RunningCluster cluster) {
        this.cluster = cluster;
    }

    /// Makes or updates it and waits until both pods are of this version.
    void apply(String version) {
        cluster.apply(MANIFEST.formatted(version));
        cluster.kubectl("rollout", "status", "statefulset/notes", "--timeout=120s")
                .succeeded();
    }

    /// Deletes a pod and waits for its successor.
    void deletePod(int ordinal) {
        String before = uid(ordinal);
        cluster.kubectl("delete", "pod", "notes-" + ordinal).succeeded();
        RunningCluster.eventually(PATIENCE, () -> {
            assertThat(uid(ordinal)).isNotEmpty().isNotEqualTo(before);
            isReady(2);
        });
    }

    void scale(int replicas) {
        cluster.kubectl("scale", "statefulset", "notes", "--replicas=" + replicas)
                .succeeded();
        RunningCluster.eventually(PATIENCE, () -> {
            isReady(replicas);
            assertThat(cluster.get("pods -l app=notes", "{.items[*].metadata.name}")
                            .split(" "))
                    .hasSize(replicas);
        });
    }

    /// What becomes of claims when the set is deleted or scaled down.
    void retain(String whenDeleted, String whenScaled) {
        cluster.kubectl(
                        "patch",
                        "statefulset",
                        "notes",
                        "-p",
                        "{\"spec\":{\"persistentVolumeClaimRetentionPolicy\":{\"whenDeleted\":\"%s\",\"whenScaled\":\"%s\"}}}"
                                .formatted(whenDeleted, whenScaled))
                .succeeded();
        String generation = cluster.get("statefulset notes", "{.metadata.generation}");
        RunningCluster.eventually(
                PATIENCE,
                () -> assertThat(cluster.get("statefulset notes", "{.status.observedGeneration}"))
                        .isEqualTo(generation));
    }

    /// Deletes the set and waits until its pods have gone.
    void delete() {
        cluster.kubectl("delete", "statefulset", "notes").succeeded();
        RunningCluster.eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pods -l app=notes", "{.items[*].metadata.name}"))
                        .isEmpty());
    }

    /// What stands in a pod's file.
    List<String> lines(int ordinal) {
        return cluster.kubectl("exec", "notes-" + ordinal, "--", "cat", "/data/notes")
                .succeeded()
                .out()
                .lines()
                .toList();
    }

    List<String> claims() {
        return names("pvc -l app=notes", "{range .items[*]}{.metadata.name}{\"\\n\"}{end}");
    }

    List<String> volumes() {
        return names("pv", "{range .items[?(@.spec.claimRef.namespace==\"default\")]}{.metadata.name}{\"\\n\"}{end}");
    }

    private List<String> names(String what, String path) {
        return cluster.get(what, path).lines().toList();
    }

    private String uid(int ordinal) {
        return cluster.get(
                "pods -l apps.kubernetes.io/pod-index=" + ordinal + ",app=notes", "{.items[*].metadata.uid}");
    }

    private void isReady(int replicas) {
        assertThat(cluster.get("statefulset notes", "{.status.readyReplicas}")).isEqualTo(String.valueOf(replicas));
    }
}
