package dev.longshore.autoscaler;

import dev.longshore.scheduler.Feasibility;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Which DaemonSets will have a pod on a new node: the scheduler's rules say so.
final class DaemonsOnTemplate {

    private static final List<Toleration> ALWAYS = Stream.of(
                    "not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")
            .map(taint -> new TolerationBuilder()
                    .withKey("node.kubernetes.io/" + taint)
                    .withOperator("Exists")
                    .build())
            .toList();

    private DaemonsOnTemplate() {}

    /// The daemons of `sets` on the empty node `template`.
    ///
    /// @param isForced also those for which there is no room
    static List<PodView> of(List<DaemonSet> sets, NodeView template, boolean isForced, Feasibility feasibility) {
        var simulation = new Simulation(feasibility);
        simulation.add(template);
        var daemons = new ArrayList<PodView>();
        for (DaemonSet set : sets) {
            PodView pod = PodView.of(pod(set));
            boolean isFit =
                    switch (simulation.verdict(pod, template.name())) {
                        case Verdict.Fits() -> true;
                        // What could be gained by fewer pods is room; all else is a wrong node.
                        case Verdict.Rejected(var reasons, boolean isCrowded) -> isForced && isRoom(reasons, isCrowded);
                    };
            if (isFit) {
                simulation.place(pod, template.name());
                daemons.add(pod);
            }
        }
        return daemons;
    }

    private static boolean isRoom(List<String> reasons, boolean isCrowded) {
        return isCrowded || reasons.stream().allMatch(reason -> reason.startsWith("Insufficient "));
    }

    private static Pod pod(DaemonSet set) {
        var template = set.getSpec().getTemplate();
        var labels =
                template.getMetadata() == null ? null : template.getMetadata().getLabels();
        var tolerations = new ArrayList<>(template.getSpec().getTolerations());
        tolerations.addAll(ALWAYS);
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(set.getMetadata().getNamespace())
                .withName(set.getMetadata().getName() + "-template")
                .withUid(set.getMetadata().getUid() + "-template")
                .withLabels(labels)
                .addNewOwnerReference()
                .withApiVersion("apps/v1")
                .withKind("DaemonSet")
                .withName(set.getMetadata().getName())
                .withUid(set.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withNewSpecLike(template.getSpec())
                .withNodeName(null)
                .withTolerations(tolerations)
                .endSpec()
                .build();
    }
}
