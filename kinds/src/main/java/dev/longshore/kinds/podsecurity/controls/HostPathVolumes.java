package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;

/// Nothing of the node's own files.
final class HostPathVolumes {

    static final String ID = "hostPathVolumes";

    private HostPathVolumes() {}

    static Control control() {
        return Control.of(ID, Level.BASELINE, Control.Revision.since(0, HostPathVolumes::judge));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        List<String> names = Trees.list(pod.spec(), "volumes").stream()
                .filter(volume -> Trees.has(volume, "hostPath"))
                .map(volume -> Trees.text(volume, "name"))
                .toList();
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(
                        "hostPath volumes", Words.counted("volume", names.size()) + " " + Words.quoted(names)));
    }
}
