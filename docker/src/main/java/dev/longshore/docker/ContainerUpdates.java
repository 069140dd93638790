package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `docker update`: limits and the restart policy of a container, at once if it runs. What is not said stays.
record ContainerUpdates(NodeRuntime runtime, Containers containers, ContainerEvents events) {

    private static final List<String> NUMBERS = List.of(
            "CpuShares",
            "CpuPeriod",
            "CpuQuota",
            "CpuRealtimePeriod",
            "CpuRealtimeRuntime",
            "NanoCpus",
            "Memory",
            "MemorySwap",
            "MemoryReservation",
            "BlkioWeight");
    private static final List<String> TEXTS = List.of("CpusetCpus", "CpusetMems");

    /// Changes `container` as `asked`.
    ///
    /// @return warnings
    List<String> apply(EngineContainer container, ObjectNode asked) throws IOException, InterruptedException {
        ObjectNode wanted = asked.deepCopy();
        List<String> warnings = new ResourceChecks(HostAbilities.HERE).apply(wanted, true);
        container.work().lockInterruptibly();
        try {
            if (container.state().status() == RunState.Status.REMOVING) {
                throw refusal(container, "container is marked for removal and cannot be \"update\"");
            }
            refuseConflicts(container, wanted);
            ObjectNode host = merged(container, wanted);
            if (container.state().hasProcesses()) {
                change(container, wanted, host);
            }
            container.configure(container.config().withHost(host));
            containers.save(container);
            events.tell(container, "update");
            return warnings;
        } finally {
            container.work().unlock();
        }
    }

    private void change(EngineContainer container, ObjectNode wanted, ObjectNode host) {
        ObjectNode limits = wanted.deepCopy();
        // Limits of processors and of memory go in pairs: the half that is not said is the one that holds.
        if (isSaid(wanted, "CpuQuota") || isSaid(wanted, "CpuPeriod")) {
            limits.set("CpuQuota", host.path("CpuQuota"));
            limits.set("CpuPeriod", host.path("CpuPeriod"));
        }
        if (isSaid(wanted, "Memory") || isSaid(wanted, "MemorySwap")) {
            limits.set("Memory", host.path("Memory"));
            limits.set("MemorySwap", host.path("MemorySwap"));
        }
        try {
            runtime.containers()
                    .update(
                            container.state().runtimeId(),
                            ContainerSpecs.resources(limits),
                            ContainerSpecs.limits(limits));
        } catch (RuntimeFaultException refused) {
            throw EngineException.failed(
                    "Cannot update container " + container.id() + ": " + refused.getMessage(), refused);
        }
    }

    private static boolean isSaid(JsonNode wanted, String number) {
        return wanted.path(number).asLong(0) != 0;
    }

    private static void refuseConflicts(EngineContainer container, ObjectNode wanted) {
        JsonNode now = container.config().host();
        if (isSaid(wanted, "NanoCpus") && isSaid(now, "CpuPeriod")) {
            throw refusal(
                    container, "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set");
        }
        if (isSaid(wanted, "NanoCpus") && isSaid(now, "CpuQuota")) {
            throw refusal(
                    container, "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set");
        }
        if ((isSaid(wanted, "CpuPeriod") || isSaid(wanted, "CpuQuota")) && isSaid(now, "NanoCpus")) {
            String what = isSaid(wanted, "CpuPeriod") ? "CPU Period" : "CPU Quota";
            throw refusal(
                    container, "Conflicting options: " + what + " cannot be updated as NanoCPUs has already been set");
        }
        long memory = wanted.path("Memory").asLong(0);
        long swap = now.path("MemorySwap").asLong(0);
        if (memory > 0 && !isSaid(wanted, "MemorySwap") && swap > 0 && memory > swap) {
            throw refusal(
                    container,
                    "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the"
                            + " same time");
        }
        if (!wanted.path("RestartPolicy").path("Name").asString("").isEmpty()) {
            RestartPolicy policy = RestartPolicy.of(wanted.path("RestartPolicy"));
            if (container.config().autoRemove() && !policy.name().equals("no")) {
                throw refusal(
                        container, "Restart policy cannot be updated because AutoRemove is enabled for the container");
            }
            policy.check(container.config().autoRemove());
        }
    }

    private static EngineException refusal(EngineContainer container, String why) {
        return EngineException.conflict("Cannot update container " + container.id() + ": " + why);
    }

    private static ObjectNode merged(EngineContainer container, ObjectNode wanted) {
        ObjectNode host = container.config().host().deepCopy();
        for (String number : NUMBERS) {
            if (isSaid(wanted, number)) {
                host.set(number, wanted.path(number));
            }
        }
        for (String text : TEXTS) {
            if (!wanted.path(text).asString("").isEmpty()) {
                host.set(text, wanted.path(text));
            }
        }
        if (wanted.path("PidsLimit").isNumber() && wanted.path("PidsLimit").asLong() != 0) {
            host.set("PidsLimit", wanted.path("PidsLimit"));
        }
        if (!wanted.path("RestartPolicy").path("Name").asString("").isEmpty()) {
            host.set("RestartPolicy", wanted.path("RestartPolicy"));
        }
        return host;
    }

    /// The answer.
    static ObjectNode shown(List<String> warnings) {
        ObjectNode answer = Json.object();
        if (warnings.isEmpty()) {
            answer.putNull("Warnings");
        } else {
            JsonFields.put(answer.putArray("Warnings"), warnings);
        }
        return answer;
    }
}
