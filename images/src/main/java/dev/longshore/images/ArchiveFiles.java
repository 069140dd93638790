package dev.longshore.images;

import dev.longshore.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The files of an unpacked archive, by the names that a stranger's JSON gives them: links are followed, but never
/// out of the archive.
final class ArchiveFiles {

    private final MergedTree files;

    ArchiveFiles(MergedTree files) {
        this.files = files;
    }

    /// The file at `path`; empty when there is none, or something else.
    Optional<Path> find(String path) throws IOException {
        return path.isEmpty()
                ? Optional.empty()
                : files.find(files.resolve(path))
                        .filter(there -> Files.isRegularFile(there, LinkOption.NOFOLLOW_LINKS));
    }

    /// As [#find].
    ///
    /// @throws ImageFaultException when there is none
    Path get(String path) throws IOException {
        return find(path).orElseThrow(() -> malformed("\"" + path + "\" is missing"));
    }

    /// The JSON at `path`, if it is there.
    Optional<JsonNode> json(String path) throws IOException {
        Optional<Path> there = find(path);
        return there.isEmpty() ? Optional.empty() : Optional.of(parse(bytes(there.get(), path)));
    }

    /// All of a small file.
    byte[] bytes(String path) throws IOException {
        return bytes(get(path), path);
    }

    private static byte[] bytes(Path file, String path) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(Manifest.LARGEST + 1);
            if (bytes.length > Manifest.LARGEST) {
                throw malformed(path + " is too large");
            }
            return bytes;
        }
    }

    private static JsonNode parse(byte[] bytes) {
        try {
            return Json.parse(bytes);
        } catch (Json.MalformedException wrong) {
            throw new ImageFaultException(new ImageFault.Malformed("image archive", wrong.getMessage()), wrong);
        }
    }

    static ImageFaultException malformed(String why) {
        return new ImageFaultException(new ImageFault.Malformed("image archive", why));
    }
}
