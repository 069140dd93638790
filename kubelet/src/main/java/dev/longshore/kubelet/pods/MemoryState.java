package dev.longshore.kubelet.pods;

import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import dev.longshore.kubelet.pods.MemoryTable.Block;
import dev.longshore.kubelet.topology.NumaNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The file `memory_manager_state`: which memory was given to whom, and how much each node has left. Written as a
/// whole; a file that is damaged, or of a machine that is not this one, is put aside with a word.
record MemoryState(Path file) {

    private static final Logger log = LoggerFactory.getLogger(MemoryState.class);
    private static final String POLICY = "Static";

    /// What it says, if it fits `empty`, the machine without any container.
    Map<String, Map<String, List<Block>>> read(MemoryTable empty) {
        try {
            JsonNode state = Json.parse(Files.readString(file));
            if (!state.path("policyName").asString("").equals(POLICY)
                    || state.path("checksum").asLong(-1) != checksum(state)) {
                return refused("it is of another policy, or damaged");
            }
            Map<String, Map<String, List<Block>>> entries = entries(state.path("entries"));
            entries.values().forEach(pod -> pod.values().forEach(blocks -> blocks.forEach(empty::take)));
            return rows(empty).equals(state.path("machineState"))
                    ? entries
                    : refused("it tells of memory that is not this machine's");
        } catch (NoSuchFileException none) {
            return Map.of();
        } catch (IOException | IllegalArgumentException | Json.MalformedException unreadable) {
            return refused(unreadable.getMessage());
        }
    }

    private static Map<String, Map<String, List<Block>>> entries(JsonNode written) {
        var entries = new LinkedHashMap<String, Map<String, List<Block>>>();
        for (var pod : written.properties()) {
            var own = new LinkedHashMap<String, List<Block>>();
            for (var container : pod.getValue().properties()) {
                var blocks = new ArrayList<Block>();
                for (JsonNode block : container.getValue()) {
                    var nodes = new ArrayList<Integer>();
                    block.path("numaAffinity").forEach(node -> nodes.add(node.asInt()));
                    blocks.add(new Block(
                            NumaNodes.of(nodes),
                            block.path("type").asString(""),
                            block.path("size").asLong(0)));
                }
                own.put(container.getKey(), List.copyOf(blocks));
            }
            entries.put(pod.getKey(), own);
        }
        return entries;
    }

    private Map<String, Map<String, List<Block>>> refused(String why) {
        log.warn("{} is not used: {}; containers get their memory anew", file, why);
        return Map.of();
    }

    /// Writes all of it down.
    void write(MemoryTable table, Map<String, Map<String, List<Block>>> given) {
        ObjectNode state = Json.object().put("policyName", POLICY);
        // Read back, so that numbers are of the same kind as in a file that is read.
        state.set("machineState", rows(table));
        ObjectNode entries = state.putObject("entries");
        given.forEach((uid, containers) -> {
            ObjectNode own = entries.putObject(uid);
            containers.forEach((name, blocks) -> {
                var list = own.putArray(name);
                blocks.forEach(block -> {
                    ObjectNode one = list.addObject();
                    block.nodes().numbers().forEach(one.putArray("numaAffinity")::add);
                    one.put("type", block.type()).put("size", block.size());
                });
            });
        });
        state.put("checksum", checksum(state));
        try {
            Files.createDirectories(file.getParent());
            WholeFile.write(file, Json.bytes(state));
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot write " + file, refused);
        }
    }

    private static JsonNode rows(MemoryTable table) {
        ObjectNode rows = Json.object();
        table.rows().forEach((node, row) -> {
            ObjectNode written = rows.putObject(node.toString()).put("numberOfAssignments", row.assignments);
            ObjectNode cells = written.putObject("memoryMap");
            row.cells.forEach((type, cell) -> cells.putObject(type)
                    .put("total", cell.total)
                    .put("systemReserved", cell.reservedForSystem)
                    .put("allocatable", cell.allocatable)
                    .put("reserved", cell.reserved)
                    .put("free", cell.free()));
            row.group.numbers().forEach(written.putArray("cells")::add);
        });
        return Json.parse(rows.toString());
    }

    private static long checksum(JsonNode state) {
        var sum = new CRC32();
        sum.update((state.path("machineState").toString() + state.path("entries")).getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }
}
