package dev.longshore.network.dns;

import dev.longshore.network.view.Range;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.Supplier;

/// The name servers that the host's `resolv.conf` lists, read again when the file changes: laptops change
/// networks.
final class HostResolvers implements Supplier<List<InetSocketAddress>> {

    private static final int PORT = 53;
    private static final String KEYWORD = "nameserver";

    private final Path file;
    private final String self;
    private volatile Seen seen = new Seen(FileTime.fromMillis(-1), List.of());

    /// Without `self`: asking oneself would never end.
    HostResolvers(Path file, String self) {
        this.file = file;
        this.self = self;
    }

    private record Seen(FileTime modified, List<InetSocketAddress> servers) {}

    @Override
    public List<InetSocketAddress> get() {
        try {
            FileTime modified = Files.getLastModifiedTime(file);
            if (!modified.equals(seen.modified)) {
                seen = new Seen(modified, read());
            }
        } catch (IOException missing) {
            // It may be in the middle of being replaced: what was known is better than nothing.
            return seen.servers;
        }
        return seen.servers;
    }

    private List<InetSocketAddress> read() throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length >= 2 && words[0].equals(KEYWORD))
                .map(words -> words[1])
                .filter(address -> (Range.isAddress(address) || address.contains(":")) && !address.equals(self))
                .map(address -> new InetSocketAddress(address, PORT))
                .toList();
    }
}
