package dev.longshore.runtime.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Reads single files of a root file system that is not mounted, through its layers. The layers are hostile:
/// symbolic links are followed inside the root only, by this class and never by the kernel.
final class LayeredRoot {

    private static final int MOST_LINKS = 40;
    private static final long LARGEST = 1 << 20;

    private final List<Path> layers;

    /// @param layers topmost first, in overlayfs form
    LayeredRoot(List<Path> layers) {
        this.layers = List.copyOf(layers);
    }

    /// The text of a regular file of at most a mebibyte; empty when there is none.
    Optional<String> read(String absolutePath) {
        try {
            Optional<Path> file = resolve(absolutePath);
            if (file.isEmpty()
                    || !Files.isRegularFile(file.get(), LinkOption.NOFOLLOW_LINKS)
                    || Files.size(file.get()) > LARGEST) {
                return Optional.empty();
            }
            return Optional.of(Files.readString(file.get(), StandardCharsets.ISO_8859_1));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /// Where a path is, without following links: in the topmost layer that has it.
    Optional<Path> locate(String absolutePath) {
        try {
            return find(parts(absolutePath));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /// The same path after every link in it, relative to the root; empty when there is nothing.
    Optional<String> real(String absolutePath) {
        try {
            Deque<String> done = new ArrayDeque<>();
            return resolve(absolutePath, done).map(found -> String.join("/", done));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private Optional<Path> resolve(String absolutePath) throws IOException {
        return resolve(absolutePath, new ArrayDeque<>());
    }

    private Optional<Path> resolve(String absolutePath, Deque<String> done) throws IOException {
        Deque<String> left = parts(absolutePath);
        int links = 0;
        Optional<Path> found = Optional.empty();
        while (!left.isEmpty()) {
            String part = left.pop();
            if (part.equals("..")) {
                done.pollLast();
                continue;
            }
            done.addLast(part);
            found = find(done);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            if (Files.isSymbolicLink(found.get())) {
                if (++links > MOST_LINKS) {
                    return Optional.empty();
                }
                String target = Files.readSymbolicLink(found.get()).toString();
                done.removeLast();
                if (target.startsWith("/")) {
                    done.clear();
                }
                parts(target).descendingIterator().forEachRemaining(left::push);
            }
        }
        return found;
    }

    // The topmost layer that has the path decides. Every directory above it is real in that layer or absent there:
    // a layer where one is a link, a file or a whiteout hides those below.
    private Optional<Path> find(Deque<String> parts) throws IOException {
        for (Path layer : layers) {
            Path at = layer;
            boolean hides = false;
            boolean present = true;
            var rest = parts.iterator();
            while (rest.hasNext() && present) {
                at = at.resolve(rest.next());
                Optional<BasicFileAttributes> attributes = attributes(at);
                present = attributes.isPresent()
                        && (!rest.hasNext() || attributes.get().isDirectory());
                hides = attributes.isPresent() && !present
                        || attributes.isPresent() && attributes.get().isOther();
            }
            if (hides) {
                return Optional.empty();
            }
            if (present) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private static Optional<BasicFileAttributes> attributes(Path path) {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    private static Deque<String> parts(String path) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/")) {
            if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return parts;
    }
}
