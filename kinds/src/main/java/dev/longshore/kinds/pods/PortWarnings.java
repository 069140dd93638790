package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What to say of ports of one pod that are told twice.
record PortWarnings(List<String> warnings) {

    private record Known(String at, ObjectNode port) {
        long host() {
            return Trees.number(port, 0, "hostPort");
        }

        String address() {
            return Trees.text(port, "hostIP");
        }
    }

    void add(String path, JsonNode spec) {
        Map<String, List<Known>> all = new HashMap<>();
        PodLists.each(
                path,
                spec,
                (at, container) -> Trees.each(container, at, "ports", (portAt, port) -> {
                    var own = new Known(portAt, port);
                    if (!own.address().isEmpty() && own.host() == 0) {
                        warnings.add(portAt + ": hostIP set without hostPort: " + shown(port));
                    }
                    String key = Trees.number(port, 0, "containerPort") + "/" + Trees.text(port, "protocol");
                    List<Known> others = all.computeIfAbsent(key, unseen -> new ArrayList<>());
                    others.forEach(other -> compare(own, other));
                    others.add(own);
                }));
    }

    private void compare(Known own, Known other) {
        if (own.address().equals(other.address()) && own.host() == other.host()) {
            warnings.add(own.at() + ": duplicate port definition with " + other.at());
        } else if (own.host() == 0 || other.host() == 0) {
            warnings.add(own.at() + ": overlapping port definition with " + other.at());
        } else if (own.host() == other.host()
                && (own.address().isEmpty() || other.address().isEmpty())) {
            warnings.add(own.at() + ": dangerously ambiguous port definition with " + other.at());
        }
    }

    /// As Go prints the structure.
    private static String shown(ObjectNode port) {
        return "{Name:" + Trees.text(port, "name") + " HostPort:" + Trees.number(port, 0, "hostPort")
                + " ContainerPort:" + Trees.number(port, 0, "containerPort") + " Protocol:"
                + Trees.text(port, "protocol") + " HostIP:" + Trees.text(port, "hostIP") + "}";
    }
}
