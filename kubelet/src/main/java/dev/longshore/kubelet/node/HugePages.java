package dev.longshore.kubelet.node;

import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// The huge pages that the machine has set aside, by size (`/sys/kernel/mm/hugepages`).
record HugePages(Path directory) {

    private static final String PREFIX = "hugepages-";
    private static final long KIBI = 1024;

    /// As `hugepages-2Mi` has it; empty where the kernel has none.
    Map<String, Quantity> capacity() {
        var capacity = new TreeMap<String, Quantity>();
        try (var sizes = Files.newDirectoryStream(directory, PREFIX + "*kB")) {
            for (Path size : sizes) {
                String name = size.getFileName().toString();
                long kibi = Long.parseLong(name.substring(PREFIX.length(), name.length() - 2));
                long pages = Long.parseLong(
                        Files.readString(size.resolve("nr_hugepages")).strip());
                capacity.put(PREFIX + text(kibi), new Quantity(pages == 0 ? "0" : text(kibi * pages)));
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException untold) {
            return Map.of();
        }
        return capacity;
    }

    private static String text(long kibi) {
        if (kibi % (KIBI * KIBI) == 0) {
            return kibi / (KIBI * KIBI) + "Gi";
        }
        return kibi % KIBI == 0 ? kibi / KIBI + "Mi" : kibi + "Ki";
    }
}
