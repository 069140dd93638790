package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.devices.ContainerDevices;
import dev.longshore.kubelet.topology.Hint;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Devices of plugins, which may say on which NUMA nodes they are.
record PlacedDevices(ContainerDevices devices) implements Placement {

    @Override
    public Map<String, List<Hint>> hints(Pod pod, Container container) {
        return devices.hints(pod, container);
    }

    @Override
    public Map<String, List<Hint>> hints(Pod pod) {
        return devices.hints(pod);
    }

    @Override
    public Optional<NodeAdmission.Refusal> give(Pod pod, Container container, Hint affinity)
            throws InterruptedException {
        return devices.give(pod, container, affinity.nodes())
                .map(why -> new NodeAdmission.Refusal("UnexpectedAdmissionError", why));
    }
}
