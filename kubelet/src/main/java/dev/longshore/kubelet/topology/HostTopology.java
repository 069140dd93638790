package dev.longshore.kubelet.topology;

import dev.longshore.linux.ProcessorSet;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads how the machine is built (`/sys/devices/system`). What the kernel does not say is as simple as can be: each
/// processor a core of its own, all in one socket and on node 0.
///
/// @param system `/sys/devices/system`, or a directory like it
public record HostTopology(Path system) {

    private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d+) kB");
    private static final String PAGES = "hugepages-";
    private static final int KIBI = 1024;

    /// This machine's.
    public static HostTopology current() {
        return new HostTopology(Path.of("/sys/devices/system"));
    }

    /// Where those of `online` are.
    public MachineTopology processors(ProcessorSet online) {
        Map<Integer, Integer> nodes = nodesOfProcessors();
        var cores = new HashMap<String, Integer>();
        var caches = new HashMap<String, Integer>();
        var all = new ArrayList<Processor>();
        for (int number : online.numbers()) {
            Path processor = system.resolve("cpu/cpu" + number);
            int socket = number(processor.resolve("topology/physical_package_id"))
                    .orElse(0L)
                    .intValue();
            String core =
                    socket + "/" + text(processor.resolve("topology/core_id")).orElse("own " + number);
            String cache = lastCache(processor).orElse("socket " + socket);
            all.add(new Processor(
                    number,
                    cores.computeIfAbsent(core, first -> number),
                    Math.max(0, socket),
                    nodes.getOrDefault(number, 0),
                    caches.computeIfAbsent(cache, first -> number)));
        }
        return new MachineTopology(all);
    }

    private Map<Integer, Integer> nodesOfProcessors() {
        var nodes = new HashMap<Integer, Integer>();
        nodes().forEach((node, directory) -> text(directory.resolve("cpulist"))
                .ifPresent(list -> ProcessorSet.parse(list).numbers().forEach(number -> nodes.put(number, node))));
        return nodes;
    }

    private static Optional<String> lastCache(Path processor) {
        Optional<String> last = Optional.empty();
        long highest = 0;
        for (Path index : children(processor.resolve("cache"), "index*")) {
            long level = number(index.resolve("level")).orElse(0L);
            Optional<String> sharers = text(index.resolve("shared_cpu_list"));
            if (level > highest && sharers.isPresent()) {
                highest = level;
                last = sharers;
            }
        }
        return last;
    }

    /// How far nodes are from each other; one node where the kernel tells of none.
    public NumaDistances distances() {
        var distances = new TreeMap<Integer, List<Integer>>();
        nodes().forEach((node, directory) -> distances.put(
                node,
                text(directory.resolve("distance")).stream()
                        .flatMap(line -> Arrays.stream(line.split("\\s+")))
                        .map(Integer::valueOf)
                        .toList()));
        return new NumaDistances(distances.isEmpty() ? Map.of(0, List.of(10)) : distances);
    }

    /// What each node has; `whole` on node 0 where the kernel tells of none.
    public Map<Integer, NodeMemory> memory(long whole) {
        var memory = new TreeMap<Integer, NodeMemory>();
        nodes().forEach((node, directory) -> {
            Matcher total = TOTAL.matcher(text(directory.resolve("meminfo")).orElse(""));
            memory.put(
                    node, new NodeMemory(total.find() ? Long.parseLong(total.group(1)) * KIBI : 0, pages(directory)));
        });
        return memory.isEmpty() ? Map.of(0, new NodeMemory(whole, Map.of())) : memory;
    }

    private static Map<String, Long> pages(Path node) {
        var pages = new TreeMap<String, Long>();
        for (Path size : children(node.resolve("hugepages"), PAGES + "*kB")) {
            String name = size.getFileName().toString();
            long kibi = Long.parseLong(name.substring(PAGES.length(), name.length() - 2));
            String unit = kibi % (KIBI * KIBI) == 0
                    ? kibi / (KIBI * KIBI) + "Gi"
                    : kibi % KIBI == 0 ? kibi / KIBI + "Mi" : kibi + "Ki";
            pages.put(PAGES + unit, number(size.resolve("nr_hugepages")).orElse(0L) * kibi * KIBI);
        }
        return pages;
    }

    private Map<Integer, Path> nodes() {
        var nodes = new TreeMap<Integer, Path>();
        for (Path directory : children(system.resolve("node"), "node[0-9]*")) {
            nodes.put(Integer.parseInt(directory.getFileName().toString().substring(4)), directory);
        }
        return nodes;
    }

    private static List<Path> children(Path directory, String pattern) {
        var all = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
            entries.forEach(all::add);
        } catch (IOException | DirectoryIteratorException none) {
            return List.of();
        }
        return all;
    }

    private static Optional<Long> number(Path file) {
        return text(file).map(Long::valueOf);
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException untold) {
            return Optional.empty();
        }
    }
}
