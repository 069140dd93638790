package dev.longshore.autoscaler;

import dev.longshore.base.Time;
import dev.longshore.client.Informers;
import dev.longshore.scheduler.Feasibility;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.Optional;
import java.util.function.Function;

/// Looks at the cluster through shared informers. Thread-safe.
final class ClusterSource implements Observation.Owners {

    private final Informers informers;
    private final Time time;
    private final Feasibility feasibility;

    /// Over `informers`, which are started after this.
    ClusterSource(Informers informers, Time time) {
        this.informers = informers;
        this.time = time;
        this.feasibility = Feasibility.standard(informers);
        informers.of(Node.class);
        informers.of(Pod.class);
        informers.of(DaemonSet.class);
        informers.of(PodDisruptionBudget.class);
        informers.of(ReplicationController.class);
        informers.of(ReplicaSet.class);
        informers.of(StatefulSet.class);
        informers.of(Job.class);
    }

    Observation look() {
        return new Observation(
                time.now(),
                informers.all(Node.class),
                informers.all(Pod.class),
                informers.all(DaemonSet.class),
                informers.all(PodDisruptionBudget.class),
                this,
                feasibility);
    }

    Optional<Node> node(String name) {
        return informers.find(Node.class, name);
    }

    Optional<Pod> pod(String key) {
        return informers.find(Pod.class, key);
    }

    @Override
    public State of(String namespace, OwnerReference owner) {
        return switch (owner.getKind()) {
            case "ReplicationController" ->
                state(
                        ReplicationController.class,
                        namespace,
                        owner,
                        one -> one.getSpec().getReplicas());
            case "ReplicaSet" ->
                state(ReplicaSet.class, namespace, owner, one -> one.getSpec().getReplicas());
            case "StatefulSet" ->
                state(StatefulSet.class, namespace, owner, one -> one.getSpec().getReplicas());
            case "Job" -> state(Job.class, namespace, owner, one -> 0);
            default -> new State(true, 0);
        };
    }

    private <T extends HasMetadata> State state(
            Class<T> type, String namespace, OwnerReference owner, Function<T, Integer> replicas) {
        return informers
                .find(type, namespace + "/" + owner.getName())
                .map(one ->
                        new State(true, Optional.ofNullable(replicas.apply(one)).orElse(0)))
                .orElse(new State(false, 0));
    }
}
