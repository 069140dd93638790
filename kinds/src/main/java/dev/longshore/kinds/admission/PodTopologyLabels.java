package dev.longshore.kinds.admission;

import dev.longshore.model.Admission;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Optional;

/// A pod learns by labels in which zone and region its node is.
final class PodTopologyLabels implements Admission {

    private static final List<String> LABELS = List.of("topology.kubernetes.io/zone", "topology.kubernetes.io/region");

    @Override
    public String name() {
        return "PodTopologyLabels";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        if (attempt.operation() == Operation.CREATE && attempt.resource().equals(Attempts.PODS)) {
            attempt.object()
                    .ifPresent(object -> node(attempt, object)
                            .filter(name -> !name.isEmpty())
                            .flatMap(name -> registry.get(Attempts.NODES, "", name))
                            .ifPresent(node -> label(object, node)));
        }
    }

    /// Of a new pod that has its node already, or of a binding, whose labels the pod gets.
    private static Optional<String> node(Attempt attempt, Resource object) {
        return switch (attempt.subresource()) {
            case "" -> Optional.of(object.text("spec", "nodeName"));
            case "binding" ->
                Optional.of(object.text("target", "name"))
                        .filter(name -> object.text("target", "kind").equals("Node"));
            default -> Optional.empty();
        };
    }

    private static void label(Resource object, Resource node) {
        node.labels().forEach((label, value) -> {
            if (LABELS.contains(label)) {
                object.metadata().withObject("labels").put(label, value);
            }
        });
    }
}
