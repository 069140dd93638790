package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.topology.Hint;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives containers something that is somewhere on the machine. Called for one pod at a time.
interface Placement {

    /// From which NUMA nodes each of what the container asks for could come: an empty map where it does not matter, an
    /// empty list where it cannot be had.
    Map<String, List<Hint>> hints(Pod pod, Container container);

    /// The same for all of the pod together.
    Map<String, List<Hint>> hints(Pod pod);

    /// Gives the container what it asks for, from where `affinity` says as far as that is possible; asked again it
    /// changes nothing.
    ///
    /// @return why not
    Optional<NodeAdmission.Refusal> give(Pod pod, Container container, Hint affinity) throws InterruptedException;

    /// Why not, where nobody expected it.
    static NodeAdmission.Refusal unexpected(String why) {
        return new NodeAdmission.Refusal(
                "UnexpectedAdmissionError", "Allocate failed due to %s, which is unexpected".formatted(why));
    }
}
