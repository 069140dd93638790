package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What clients should know about pods that are accepted all the same.
final class PodWarnings {

    private PodWarnings() {}

    static List<String> of(ObjectNode pod) {
        var warnings = new ArrayList<String>();
        for (String list : List.of("initContainers", "containers")) {
            int index = 0;
            for (ObjectNode container : Trees.list(pod, "spec", list)) {
                String at = "spec." + list + "[" + index++ + "]";
                var seen = new HashSet<String>();
                int variable = 0;
                for (ObjectNode env : Trees.list(container, "env")) {
                    String name = Trees.text(env, "name");
                    if (!seen.add(name)) {
                        warnings.add(at + ".env[" + variable + "]: hides previous definition of \"" + name
                                + "\", which may be dropped when using apply");
                    }
                    variable++;
                }
            }
        }
        return warnings;
    }
}
