package dev.longshore.runtime.cri.server;

import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.SandboxStatus;
import java.util.List;
import java.util.function.Function;

/// Finds what a client means: an id, or a beginning of one that only one has.
final class Ids {

    private final NodeRuntime runtime;

    Ids(NodeRuntime runtime) {
        this.runtime = runtime;
    }

    SandboxStatus sandbox(String id) {
        return runtime.sandboxes()
                .status(id)
                .orElseGet(() -> only("sandbox", id, runtime.sandboxes().list(), SandboxStatus::id));
    }

    /// For calls that do not mind when it is gone.
    String sandboxOrSame(String id) {
        return orSame(
                id, runtime.sandboxes().list().stream().map(SandboxStatus::id).toList());
    }

    ContainerStatus container(String id) {
        return runtime.containers()
                .status(id)
                .orElseGet(() -> only("container", id, runtime.containers().list(), ContainerStatus::id));
    }

    /// For calls that do not mind when it is gone.
    String containerOrSame(String id) {
        return orSame(
                id,
                runtime.containers().list().stream().map(ContainerStatus::id).toList());
    }

    private static String orSame(String id, List<String> all) {
        List<String> found =
                all.stream().filter(one -> !id.isEmpty() && one.startsWith(id)).toList();
        return found.size() == 1 ? found.getFirst() : id;
    }

    private static <T> T only(String what, String id, List<T> all, Function<T, String> idOf) {
        List<T> found = all.stream()
                .filter(one -> !id.isEmpty() && idOf.apply(one).startsWith(id))
                .toList();
        if (found.size() != 1) {
            throw Refusals.notFound(what, id);
        }
        return found.getFirst();
    }
}
