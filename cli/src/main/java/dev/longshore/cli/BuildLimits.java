package dev.longshore.cli;

import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// What RUN steps may use: the names are those of `docker build`.
final class BuildLimits {

    private static final Pattern ULIMIT = Pattern.compile("([a-z]+)=(-?[0-9]{1,18})(?::(-?[0-9]{1,18}))?");

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            description = "how much memory a RUN step may use, as 512m")
    private String memory;

    @Option(names = "--memory-swap", paramLabel = "SIZE", description = "memory and swap together; -1 for no limit")
    private String swap;

    @Option(
            names = {"-c", "--cpu-shares"},
            paramLabel = "N",
            description = "the weight of a RUN step among others")
    private Long shares;

    @Option(names = "--cpu-quota", paramLabel = "MICROSECONDS", description = "processor time in each period")
    private Long quota;

    @Option(names = "--cpu-period", paramLabel = "MICROSECONDS", description = "how long a period is")
    private Long period;

    @Option(names = "--cpuset-cpus", paramLabel = "0-2,4", description = "the processors that RUN steps may use")
    private String processors;

    @Option(names = "--cpuset-mems", paramLabel = "0-2,4", description = "the memory nodes that RUN steps may use")
    private String memoryNodes;

    @Option(
            names = "--cgroup-parent",
            paramLabel = "PATH",
            description = "where the cgroups of RUN steps are, below that of all builds")
    private String cgroupParent;

    @Option(names = "--shm-size", paramLabel = "SIZE", description = "the size of /dev/shm of RUN steps")
    private String sharedMemory;

    @Option(
            names = "--ulimit",
            paramLabel = "NAME=SOFT[:HARD]",
            description = "a limit of RUN steps, as nofile=1024:2048")
    private List<String> ulimits = List.of();

    /// The parameters of `POST /build` that say all this.
    ///
    /// @throws CommandFailure when one is none
    Map<String, String> parameters() {
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("memory", ByteSize.of("--memory", memory));
        parameters.put("memswap", "-1".equals(swap) ? swap : ByteSize.of("--memory-swap", swap));
        parameters.put("cpushares", text(shares));
        parameters.put("cpuquota", text(quota));
        parameters.put("cpuperiod", text(period));
        parameters.put("cpusetcpus", processors);
        parameters.put("cpusetmems", memoryNodes);
        parameters.put("cgroupparent", cgroupParent);
        parameters.put("shmsize", ByteSize.of("--shm-size", sharedMemory));
        parameters.put("ulimits", ulimits());
        return parameters;
    }

    private String ulimits() {
        var list = Json.array();
        for (String ulimit : ulimits) {
            Matcher parts = ULIMIT.matcher(ulimit);
            if (!parts.matches()) {
                throw new CommandFailure("--ulimit " + ulimit + ": write NAME=SOFT[:HARD], as nofile=1024:2048");
            }
            String hard = parts.group(3) == null ? parts.group(2) : parts.group(3);
            list.addObject()
                    .put("Name", parts.group(1))
                    .put("Soft", Long.parseLong(parts.group(2)))
                    .put("Hard", Long.parseLong(hard));
        }
        return list.isEmpty() ? "" : new String(Json.bytes(list), StandardCharsets.UTF_8);
    }

    private static String text(Long number) {
        return number == null ? "" : number.toString();
    }
}
