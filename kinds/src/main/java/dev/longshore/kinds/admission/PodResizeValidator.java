package dev.longshore.kinds.admission;

import dev.longshore.model.Admission;
import dev.longshore.model.Cause;
import dev.longshore.model.Quantity;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.Map;

/// A pod on a node is not resized to more than the whole node has.
final class PodResizeValidator implements Admission {

    @Override
    public String name() {
        return "PodResizeValidator";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isResize = attempt.operation() == Operation.UPDATE
                && attempt.resource().equals(Attempts.PODS)
                && attempt.subresource().equals("resize");
        if (!isResize || attempt.object().isEmpty()) {
            return;
        }
        Resource pod = attempt.object().get();
        String name = pod.text("spec", "nodeName");
        boolean isSame = attempt.old()
                .filter(old -> old.generation() == pod.generation())
                .isPresent();
        if (name.isEmpty() || isSame) {
            return;
        }
        Resource node = registry.get(Attempts.NODES, "", name)
                .orElseThrow(() -> Attempts.forbidden(attempt, "node \"" + name + "\" not found"));
        String system = node.labels().getOrDefault("kubernetes.io/os", "linux");
        if (!system.equals("linux")) {
            throw Attempts.forbidden(
                    attempt,
                    "pod resize is only supported on linux nodes, node \"" + name + "\" is \"" + system + "\"",
                    new Cause("UnsupportedPlatform", "", ""));
        }
        fit(attempt, PodAmounts.requests(pod), PodAmounts.of(node.at("status", "allocatable")));
    }

    private static void fit(Attempt attempt, Map<String, Quantity> requests, Map<String, Quantity> allocatable) {
        var over = new ArrayList<String>();
        Quantity cpu = requests.getOrDefault("cpu", Quantity.ZERO);
        Quantity allCpu = allocatable.getOrDefault("cpu", Quantity.ZERO);
        if (cpu.compareTo(allCpu) > 0) {
            over.add("cpu, requested: " + cpu.milli() + ", allocatable: " + allCpu.milli());
        }
        Quantity memory = requests.getOrDefault("memory", Quantity.ZERO);
        Quantity allMemory = allocatable.getOrDefault("memory", Quantity.ZERO);
        if (memory.compareTo(allMemory) > 0) {
            over.add("memory, requested: " + memory.units() + ", allocatable: " + allMemory.units());
        }
        if (!over.isEmpty()) {
            throw Attempts.forbidden(
                    attempt,
                    "node didn't have enough allocatable resources: " + String.join("; ", over),
                    new Cause("NodeCapacity", "", ""));
        }
    }
}
