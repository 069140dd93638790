package dev.longshore.kubelet.serving;

import static java.util.Objects.requireNonNull;

import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.linux.Beneath;
import dev.longshore.linux.Held;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Answers `/logs/…`: the machine's own logs, as files in a directory, of which only what really lies below it is
/// shown. The original follows links out of it, by which pods that mount the directory have read their hosts.
public final class NodeLogs {

    private static final Response ABSENT = Response.text(404, "404 page not found\n");

    private final Path directory;

    /// Of `directory`, which need not exist.
    public NodeLogs(Path directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    Response answer(String name) throws IOException {
        if (!Files.isDirectory(directory)) {
            return ABSENT;
        }
        Path root = directory.toRealPath();
        Path file = root.resolve(name).normalize();
        if (name.indexOf('\0') >= 0 || !file.startsWith(root) || !Files.exists(file)) {
            return ABSENT;
        }
        Path real = file.toRealPath();
        if (!real.startsWith(root)) {
            return ABSENT;
        }
        if (Files.isDirectory(real)) {
            return name.isEmpty() || name.endsWith("/") ? list(real) : moved(name);
        }
        return Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)
                ? content(root, root.relativize(real).toString())
                : ABSENT;
    }

    private static Response moved(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return new Response.Full(301, Headers.of("Location", encoded(last) + "/"), new byte[0]);
    }

    private static Response list(Path directory) throws IOException {
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName() + (Files.isDirectory(entry) ? "/" : "")));
        }
        names.sort(null);
        var page =
                new StringBuilder("<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n");
        for (String name : names) {
            page.append("<a href=\"")
                    .append(encoded(name))
                    .append("\">")
                    .append(escaped(name))
                    .append("</a>\n");
        }
        page.append("</pre>\n");
        return new Response.Full(
                200,
                Headers.of("Content-Type", "text/html; charset=utf-8"),
                page.toString().getBytes(StandardCharsets.UTF_8));
    }

    // A pod that mounts the directory may put a link in the place of what was looked at: it is looked for once more,
    // and
    // only read if it is still below.
    private static Response content(Path root, String name) {
        // The file may grow meanwhile: its length is not told.
        return new Response.Stream(200, Headers.of("Content-Type", "text/plain; charset=utf-8"), out -> {
            try (Held file = new Beneath(root).entry(name);
                    var in = Files.newInputStream(file.path())) {
                in.transferTo(out);
            }
        });
    }

    private static String encoded(String name) {
        return java.net.URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }

    private static String escaped(String name) {
        String text = name;
        for (List<String> pair :
                List.of(List.of("&", "&amp;"), List.of("<", "&lt;"), List.of(">", "&gt;"), List.of("\"", "&#34;"))) {
            text = text.replace(pair.getFirst(), pair.getLast());
        }
        return text;
    }
}
