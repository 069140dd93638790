package dev.longshore.runtime.cri.server;

import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.cri.proto.HugepageLimit;
import dev.longshore.runtime.cri.proto.LinuxContainerResources;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Limits as CRI spells them, where zero is "not said", to ours and back.
final class WantedLimits {

    private static final Pattern PAGE = Pattern.compile("([0-9]{1,6})([KMG])i?B");
    private static final String DIES_TOGETHER = "memory.oom.group";

    private WantedLimits() {}

    static ContainerResources of(LinuxContainerResources said) {
        return new ContainerResources(
                said(said.getCpuShares()),
                said(said.getCpuQuota()),
                said(said.getCpuPeriod()),
                said(said.getMemoryLimitInBytes()),
                OptionalLong.empty(),
                said(said.getOomScoreAdj()),
                pages(said.getHugepageLimitsList()),
                said.getCpusetCpus(),
                "1".equals(said.getUnifiedOrDefault(DIES_TOGETHER, "")));
    }

    /// Those that [ContainerResources] do not have.
    static ContainerOptions.Limits further(LinuxContainerResources said) {
        return new ContainerOptions.Limits(
                "",
                said.getCpusetMems(),
                OptionalLong.empty(),
                said(said.getMemorySwapLimitInBytes()),
                OptionalLong.empty(),
                List.of());
    }

    static LinuxContainerResources told(ContainerResources limits, ContainerOptions.Limits more) {
        var told = LinuxContainerResources.newBuilder()
                .setCpusetCpus(limits.processors())
                .setCpusetMems(more.memoryNodes());
        limits.cpuShares().ifPresent(told::setCpuShares);
        limits.cpuQuotaMicros().ifPresent(told::setCpuQuota);
        limits.cpuPeriodMicros().ifPresent(told::setCpuPeriod);
        limits.memoryLimitBytes().ifPresent(told::setMemoryLimitInBytes);
        limits.oomScoreAdjust().ifPresent(told::setOomScoreAdj);
        more.memoryAndSwap().ifPresent(told::setMemorySwapLimitInBytes);
        return told.build();
    }

    /// `now` with what `change` says in its place.
    static LinuxContainerResources changed(LinuxContainerResources now, LinuxContainerResources change) {
        return now.toBuilder().mergeFrom(change).build();
    }

    private static Map<Long, Long> pages(List<HugepageLimit> limits) {
        var pages = new HashMap<Long, Long>();
        for (HugepageLimit limit : limits) {
            Matcher size = PAGE.matcher(limit.getPageSize());
            if (!size.matches()) {
                throw Refusals.invalid("no size of huge pages: \"%s\"".formatted(limit.getPageSize()));
            }
            int shift =
                    switch (size.group(2)) {
                        case "K" -> 10;
                        case "M" -> 20;
                        default -> 30;
                    };
            pages.put(Long.parseLong(size.group(1)) << shift, limit.getLimit());
        }
        return pages;
    }

    private static OptionalLong said(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
