package dev.longshore.cli;

import dev.longshore.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `--build-context NAME=VALUE`: a directory or an OCI layout, which are sent, or the address of an image, a
/// repository or a file on the web, which the engine fetches.
final class NamedContextOption {

    private static final String IMAGE = "docker-image:";

    private final ArrayNode list = Json.array();
    private final List<PipedArchive.Writer> archives = new ArrayList<>();

    /// Reads the options' values.
    ///
    /// @throws CommandFailure when one is not there, or says nothing
    static NamedContextOption of(List<String> texts) throws IOException {
        var option = new NamedContextOption();
        for (String text : texts) {
            option.add(text);
        }
        return option;
    }

    private void add(String text) throws IOException {
        int equals = text.indexOf('=');
        if (equals <= 0 || equals == text.length() - 1) {
            throw new CommandFailure("invalid context value: " + text + ", expected NAME=VALUE: a directory,"
                    + " docker-image://REFERENCE, oci-layout://DIR[:TAG][@DIGEST], or an address");
        }
        String value = text.substring(equals + 1);
        ObjectNode entry = list.addObject().put("name", text.substring(0, equals));
        if (value.startsWith(IMAGE) || RemoteAddress.isOne(value)) {
            entry.put("value", value);
        } else if (value.startsWith(OciLayout.SCHEME)) {
            OciLayout layout = OciLayout.find(value);
            entry.put("archive", "oci-layout").put("digest", layout.target().toString());
            archives.add(layout::write);
        } else {
            Path directory = Path.of(value).toAbsolutePath().normalize();
            if (!Files.isDirectory(directory)) {
                throw new CommandFailure("--build-context " + text + ": no such directory: " + value);
            }
            entry.put("archive", "directory");
            archives.add(out -> ContextArchive.write(directory, out));
        }
    }

    /// What the engine is told before the archives come.
    ArrayNode list() {
        return list;
    }

    /// The archives, one after the other, each begun when the one before is read.
    List<Opening> archives() {
        return archives.stream()
                .<Opening>map(writer -> () -> new FramedStream(PipedArchive.of(writer)))
                .toList();
    }

    /// Begins an archive.
    @FunctionalInterface
    interface Opening {
        InputStream open() throws IOException;
    }
}
