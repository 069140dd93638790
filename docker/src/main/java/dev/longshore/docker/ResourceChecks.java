package dev.longshore.docker;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Checks the limits in a `HostConfig`, or in an update of one: refuses what makes no sense, and drops with a warning
/// what this host cannot do. The words are Docker's.
record ResourceChecks(HostAbilities host) {

    private static final long LEAST_MEMORY = 6L << 20;
    private static final long NANO = 1_000_000_000L;
    private static final long SHORTEST_PERIOD = 1_000;
    private static final long LONGEST_PERIOD = 1_000_000;

    /// Checks `wanted` and changes it to what will be.
    ///
    /// @return warnings
    List<String> apply(ObjectNode wanted, boolean isUpdate) throws IOException {
        var warnings = new ArrayList<String>();
        memory(wanted, isUpdate, warnings);
        processors(wanted);
        sets(wanted);
        blocks(wanted, warnings);
        return warnings;
    }

    private void memory(ObjectNode wanted, boolean isUpdate, List<String> warnings) {
        long memory = wanted.path("Memory").asLong(0);
        long swap = wanted.path("MemorySwap").asLong(0);
        long reservation = wanted.path("MemoryReservation").asLong(0);
        refuse(memory != 0 && memory < LEAST_MEMORY, "Minimum memory limit allowed is 6MB");
        if (memory > 0 && swap != -1 && !host.countsSwap()) {
            warnings.add("Your kernel does not support swap limit capabilities or the cgroup is not mounted. "
                    + "Memory limited without swap.");
            wanted.put("MemorySwap", -1);
            swap = -1;
        }
        refuse(
                memory > 0 && swap > 0 && swap < memory,
                "Minimum memoryswap limit should be larger than memory limit, see usage");
        refuse(
                memory == 0 && swap > 0 && !isUpdate,
                "You should always set the Memory limit when using Memoryswap limit, see usage");
        swappiness(wanted, warnings);
        refuse(reservation > 0 && reservation < LEAST_MEMORY, "Minimum memory reservation allowed is 6MB");
        refuse(
                memory > 0 && reservation > memory,
                "Minimum memory limit can not be less than memory reservation limit, see usage");
        if (wanted.path("OomKillDisable").asBoolean(false)) {
            if (!host.sparesFromKilling()) {
                warnings.add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
                wanted.putNull("OomKillDisable");
            } else if (memory == 0) {
                warnings.add("OOM killer is disabled for the container, but no memory limit is set, this can result in"
                        + " the system running out of resources.");
            }
        }
    }

    private void swappiness(ObjectNode wanted, List<String> warnings) {
        long swappiness = wanted.path("MemorySwappiness").asLong(-1);
        if (swappiness == -1) {
            return;
        }
        if (!host.hasSwappiness()) {
            warnings.add("Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. "
                    + "Memory swappiness discarded.");
            wanted.putNull("MemorySwappiness");
        }
        refuse(
                swappiness < 0 || swappiness > 100,
                "Invalid value: " + swappiness + ", valid memory swappiness range is 0-100");
    }

    private static void processors(ObjectNode wanted) {
        long nanos = wanted.path("NanoCpus").asLong(0);
        long period = wanted.path("CpuPeriod").asLong(0);
        long quota = wanted.path("CpuQuota").asLong(0);
        int there = Runtime.getRuntime().availableProcessors();
        refuse(nanos > 0 && period > 0, "Conflicting options: Nano CPUs and CPU Period cannot both be set");
        refuse(nanos > 0 && quota > 0, "Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        refuse(
                nanos < 0 || nanos > there * NANO,
                "range of CPUs is from 0.01 to %1$d.00, as there are only %1$d CPUs available".formatted(there));
        refuse(
                period != 0 && (period < SHORTEST_PERIOD || period > LONGEST_PERIOD),
                "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        refuse(quota > 0 && quota < SHORTEST_PERIOD, "CPU cfs quota can not be less than 1ms (i.e. 1000)");
    }

    private void sets(ObjectNode wanted) throws IOException {
        set(wanted.path("CpusetCpus").asString(""), host.processors(), "cpuset cpus", "CPUs");
        set(wanted.path("CpusetMems").asString(""), host.memoryNodes(), "cpuset mems", "memory nodes");
    }

    private static void set(String asked, String there, String field, String what) {
        if (asked.isEmpty()) {
            return;
        }
        BitSet missing;
        try {
            missing = HostAbilities.numbers(asked);
        } catch (NumberFormatException wrong) {
            throw new EngineException(
                    EngineException.Kind.INVALID,
                    "Invalid value " + asked + " for " + field + ": invalid format: " + asked,
                    wrong);
        }
        missing.andNot(HostAbilities.numbers(there));
        refuse(
                !missing.isEmpty(),
                "Requested " + what + " are not available - requested " + asked + ", available: " + there);
    }

    private void blocks(ObjectNode wanted, List<String> warnings) {
        long weight = wanted.path("BlkioWeight").asLong(0);
        if (weight > 0 && !host.weighsBlocks()) {
            warnings.add("Your kernel does not support Block I/O weight or the cgroup is not mounted. "
                    + "Weight discarded.");
            wanted.put("BlkioWeight", 0);
            return;
        }
        refuse(weight > 0 && (weight < 10 || weight > 1000), "Range of blkio weight is from 10 to 1000");
        if (!wanted.path("BlkioWeightDevice").isEmpty()) {
            warnings.add("Your kernel does not support Block I/O weight_device or the cgroup is not mounted. "
                    + "Weight-device discarded.");
            wanted.putArray("BlkioWeightDevice");
        }
        refuse(
                wanted.path("IOMaximumBandwidth").asLong(0) != 0
                        || wanted.path("IOMaximumIOps").asLong(0) != 0,
                "Invalid QoS settings: linux does not support Maximum IO Bandwidth or Maximum IO IOps");
    }

    private static void refuse(boolean isWrong, String why) {
        if (isWrong) {
            throw EngineException.invalid(why);
        }
    }
}
