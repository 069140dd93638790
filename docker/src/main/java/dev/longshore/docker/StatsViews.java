package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.runtime.ContainerStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a container uses as clients read it: they compute percentages of the differences between two readings.
///
/// @param proc where the host tells of itself
record StatsViews(Path proc) {

    private static final long NANOS_PER_TICK = 10_000_000L;
    private static final int BUSY_AND_IDLE = 8;
    private static final int RECEIVED_PACKETS = 1;
    private static final int RECEIVED_ERRORS = 2;
    private static final int RECEIVED_DROPPED = 3;
    private static final int SENT = 8;

    /// A reading, with the processor time of the whole host at that moment.
    record Reading(ContainerStats stats, long hostNanos) {}

    Reading reading(ContainerStats stats) throws IOException {
        String first =
                Files.readString(proc.resolve("stat")).lines().findFirst().orElse("");
        String[] fields = first.split("\\s+");
        long ticks = 0;
        for (int i = 1; i <= BUSY_AND_IDLE && i < fields.length; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return new Reading(stats, ticks * NANOS_PER_TICK);
    }

    /// As a client reads it; a container that does not run uses nothing.
    ObjectNode shown(EngineContainer container, Optional<Reading> now, Optional<Reading> before) throws IOException {
        ObjectNode tree = Json.object()
                .put("name", "/" + container.name())
                .put("id", container.id())
                .put(
                        "read",
                        JsonFields.time(now.map(reading -> reading.stats().at()).orElse(Instant.EPOCH)))
                .put(
                        "preread",
                        JsonFields.time(
                                before.map(reading -> reading.stats().at()).orElse(Instant.EPOCH)));
        ObjectNode pids = tree.putObject("pids_stats");
        tree.put("num_procs", 0);
        tree.putObject("storage_stats");
        tree.set("cpu_stats", processor(now));
        tree.set("precpu_stats", processor(before));
        ObjectNode memory = tree.putObject("memory_stats");
        ObjectNode blocks = tree.putObject("blkio_stats");
        if (now.isPresent()) {
            ContainerStats stats = now.get().stats();
            pids.put("current", stats.processes());
            container.config().number("PidsLimit").ifPresent(limit -> pids.put("limit", limit));
            memory(memory, stats, container);
            var transferred = blocks.putArray("io_service_bytes_recursive");
            transferred(transferred.addObject(), "read", stats.detail().readBytes());
            transferred(transferred.addObject(), "write", stats.detail().writtenBytes());
            if (!container.config().isOnHostNetwork()) {
                tree.set("networks", networks(container.state().pid()));
            }
        } else {
            blocks.putNull("io_service_bytes_recursive");
        }
        for (String name : List.of(
                "io_serviced_recursive",
                "io_queue_recursive",
                "io_service_time_recursive",
                "io_wait_time_recursive",
                "io_merged_recursive",
                "io_time_recursive",
                "sectors_recursive")) {
            blocks.putNull(name);
        }
        return tree;
    }

    private static void transferred(ObjectNode entry, String operation, long bytes) {
        entry.put("major", 0).put("minor", 0).put("op", operation).put("value", bytes);
    }

    private static ObjectNode processor(Optional<Reading> reading) {
        ObjectNode tree = Json.object();
        ObjectNode usage = tree.putObject("cpu_usage");
        Optional<ContainerStats> stats = reading.map(Reading::stats);
        usage.put("total_usage", stats.map(ContainerStats::cpuNanos).orElse(0L))
                .put(
                        "usage_in_kernelmode",
                        stats.map(all -> all.detail().kernelNanos()).orElse(0L))
                .put(
                        "usage_in_usermode",
                        stats.map(all -> all.detail().userNanos()).orElse(0L));
        reading.ifPresent(all -> tree.put("system_cpu_usage", all.hostNanos())
                .put("online_cpus", Runtime.getRuntime().availableProcessors()));
        tree.putObject("throttling_data")
                .put("periods", stats.map(all -> all.detail().periods()).orElse(0L))
                .put(
                        "throttled_periods",
                        stats.map(all -> all.detail().throttledPeriods()).orElse(0L))
                .put(
                        "throttled_time",
                        stats.map(all -> all.detail().throttledNanos()).orElse(0L));
        return tree;
    }

    // What can be reclaimed at once is told apart: clients take it off.
    private void memory(ObjectNode memory, ContainerStats stats, EngineContainer container) throws IOException {
        long reclaimable = stats.memoryUsageBytes() - stats.workingSetBytes();
        memory.put("usage", stats.memoryUsageBytes());
        if (stats.detail().memoryPeakBytes() > 0) {
            memory.put("max_usage", stats.detail().memoryPeakBytes());
        }
        memory.putObject("stats").put("inactive_file", reclaimable).put("total_inactive_file", reclaimable);
        long host = hostMemory();
        memory.put(
                "limit",
                container.config().number("Memory").stream()
                        .map(limit -> Math.min(limit, host))
                        .findFirst()
                        .orElse(host));
    }

    private long hostMemory() throws IOException {
        return Files.readString(proc.resolve("meminfo"))
                .lines()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    // `eth0: bytes packets errs drop fifo frame compressed multicast bytes packets errs drop …` (proc_pid_net(5))
    private ObjectNode networks(int pid) throws IOException {
        ObjectNode tree = Json.object();
        String table;
        try {
            table = Files.readString(
                    proc.resolve(String.valueOf(pid)).resolve("net").resolve("dev"));
        } catch (NoSuchFileException gone) {
            return tree;
        } catch (java.nio.file.FileSystemException gone) {
            return tree;
        }
        for (String line : table.lines().skip(2).toList()) {
            int colon = line.indexOf(':');
            String name = line.substring(0, colon).strip();
            if (name.equals("lo")) {
                continue;
            }
            String[] fields = line.substring(colon + 1).strip().split("\\s+");
            tree.putObject(name)
                    .put("rx_bytes", Long.parseLong(fields[0]))
                    .put("rx_packets", Long.parseLong(fields[RECEIVED_PACKETS]))
                    .put("rx_errors", Long.parseLong(fields[RECEIVED_ERRORS]))
                    .put("rx_dropped", Long.parseLong(fields[RECEIVED_DROPPED]))
                    .put("tx_bytes", Long.parseLong(fields[SENT]))
                    .put("tx_packets", Long.parseLong(fields[SENT + RECEIVED_PACKETS]))
                    .put("tx_errors", Long.parseLong(fields[SENT + RECEIVED_ERRORS]))
                    .put("tx_dropped", Long.parseLong(fields[SENT + RECEIVED_DROPPED]));
        }
        return tree;
    }
}
