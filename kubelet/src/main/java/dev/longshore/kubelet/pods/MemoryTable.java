package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.topology.NodeMemory;
import dev.longshore.kubelet.topology.NumaNodes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How much memory of which kind each NUMA node has left, given what containers have. A node from which a container
/// has memory together with others is in a group with those, and gives none to others until the group is free again.
/// Confined to one thread.
final class MemoryTable {

    /// What a container has of one kind of memory.
    ///
    /// @param type `memory`, or `hugepages-2Mi` and the like
    record Block(NumaNodes nodes, String type, long size) {}

    /// One kind of memory of a node, in bytes.
    static final class Cell {
        final long total;
        final long reservedForSystem;
        final long allocatable;
        long reserved;

        private Cell(long total, long reservedForSystem, long allocatable) {
            this.total = total;
            this.reservedForSystem = reservedForSystem;
            this.allocatable = allocatable;
        }

        long free() {
            return allocatable - reserved;
        }
    }

    /// A node.
    static final class Row {
        final Map<String, Cell> cells = new TreeMap<>();
        NumaNodes group;
        int assignments;

        private Row(int node) {
            this.group = NumaNodes.of(List.of(node));
        }
    }

    private final Map<Integer, Row> rows = new TreeMap<>();

    /// @param reserved for the system, by node and kind
    MemoryTable(Map<Integer, NodeMemory> machine, Map<Integer, Map<String, Long>> reserved) {
        machine.forEach((node, memory) -> {
            var row = new Row(node);
            Map<String, Long> kept = reserved.getOrDefault(node, Map.of());
            long huge = 0;
            for (var pages : memory.hugePages().entrySet()) {
                long own = kept.getOrDefault(pages.getKey(), 0L);
                row.cells.put(pages.getKey(), new Cell(pages.getValue(), own, pages.getValue() - own));
                huge += pages.getValue();
            }
            long own = kept.getOrDefault("memory", 0L);
            row.cells.put("memory", new Cell(memory.memory(), own, memory.memory() - own - huge));
            rows.put(node, row);
        });
    }

    Map<Integer, Row> rows() {
        return rows;
    }

    /// Takes what a container has off.
    ///
    /// @throws IllegalArgumentException when there is no such memory
    void take(Block block) {
        long open = block.size;
        for (int node : block.nodes.numbers()) {
            Row row = rows.get(node);
            if (row == null || !row.cells.containsKey(block.type)) {
                throw new IllegalArgumentException("no %s on node %d".formatted(block.type, node));
            }
            row.assignments++;
            row.group = block.nodes;
            Cell cell = row.cells.get(block.type);
            long here = Math.max(0, Math.min(open, cell.free()));
            cell.reserved += here;
            open -= here;
        }
    }

    long free(NumaNodes nodes, String type) {
        return cells(nodes, type).stream().mapToLong(Cell::free).sum();
    }

    long allocatable(NumaNodes nodes, String type) {
        return cells(nodes, type).stream().mapToLong(cell -> cell.allocatable).sum();
    }

    private Collection<Cell> cells(NumaNodes nodes, String type) {
        return nodes.numbers().stream()
                .filter(node -> rows.get(node).cells.containsKey(type))
                .map(node -> rows.get(node).cells.get(type))
                .toList();
    }

    /// Whether memory from these nodes would break no group up.
    boolean keepsGroups(NumaNodes nodes) {
        if (nodes.count() == 1) {
            return rows.get(nodes.numbers().getFirst()).group.count() == 1;
        }
        return isFreeForGroup(nodes);
    }

    /// The same, but a single node may be one of a group.
    boolean isFreeForGroup(NumaNodes nodes) {
        return nodes.count() == 1
                || nodes.numbers().stream()
                        .map(rows::get)
                        .filter(row -> row.assignments > 0)
                        .allMatch(row -> row.group.count() > 1 && row.group.equals(nodes));
    }
}
