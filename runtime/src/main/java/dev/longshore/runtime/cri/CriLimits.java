package dev.longshore.runtime.cri;

import dev.longshore.base.Json;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.cri.proto.LinuxContainerResources;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/// A container's limits as an annotation keeps them, and as CRI tells them.
final class CriLimits {

    private CriLimits() {}

    static String write(ContainerResources limits) {
        var tree = Json.object();
        limits.cpuShares().ifPresent(value -> tree.put("cpuShares", value));
        limits.cpuQuotaMicros().ifPresent(value -> tree.put("cpuQuota", value));
        limits.cpuPeriodMicros().ifPresent(value -> tree.put("cpuPeriod", value));
        limits.memoryLimitBytes().ifPresent(value -> tree.put("memory", value));
        limits.pidsLimit().ifPresent(value -> tree.put("pids", value));
        limits.oomScoreAdjust().ifPresent(value -> tree.put("oomScore", value));
        return tree.toString();
    }

    /// What [#write] wrote; no limits of a text that it did not.
    static ContainerResources read(String text) {
        JsonNode tree;
        try {
            tree = Json.parse(text.isEmpty() ? "{}" : text);
        } catch (Json.MalformedException foreign) {
            tree = Json.object();
        }
        return new ContainerResources(
                number(tree, "cpuShares"),
                number(tree, "cpuQuota"),
                number(tree, "cpuPeriod"),
                number(tree, "memory"),
                number(tree, "pids"),
                number(tree, "oomScore"));
    }

    /// CRI's zeros are "not said".
    static ContainerResources of(LinuxContainerResources said) {
        return new ContainerResources(
                said(said.getCpuShares()),
                said(said.getCpuQuota()),
                said(said.getCpuPeriod()),
                said(said.getMemoryLimitInBytes()),
                OptionalLong.empty(),
                said(said.getOomScoreAdj()));
    }

    private static OptionalLong said(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static OptionalLong number(JsonNode tree, String name) {
        JsonNode value = tree.path(name);
        return value.isNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
    }
}
