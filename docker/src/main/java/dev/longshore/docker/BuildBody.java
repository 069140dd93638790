package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.builder.context.LocalDirectory;
import dev.longshore.builder.stage.Secrets;
import dev.longshore.builder.stage.SshAgents;
import dev.longshore.http.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The body of `POST /build`: an archive; with the type [#TYPE] one line of JSON before it, which has what belongs
/// neither into a query nor into a log:
/// `{"secrets":{"ID":"BASE64"},"ssh":{"ID":"/path/of/the/agent"},"contexts":[…]}`.
/// With `"directory":{"path":…,"identity":"DEVICE:INODE","dockerfile":…,"files":{"NAME":"BASE64"}}` in it the
/// context is that directory, if it is here, and no archive of it follows.
///
/// @param contexts which contexts are given by name, as [SentContexts] reads them
/// @param archive the rest of the body
record BuildBody(
        Secrets secrets, SshAgents agents, JsonNode contexts, Optional<LocalDirectory> directory, InputStream archive) {

    static final String TYPE = "application/vnd.longshore.build";

    private static final int LONGEST_LINE = 8 << 20;

    /// Reads the line, if there is one.
    ///
    /// @throws BuildQuery.BadBuildQueryException when it is none
    static BuildBody of(Request request) throws IOException {
        boolean hasLine =
                request.headers().first("Content-Type").filter(TYPE::equals).isPresent();
        if (!hasLine) {
            return new BuildBody(Secrets.NONE, SshAgents.NONE, Json.array(), Optional.empty(), request.body());
        }
        JsonNode line = parse(line(request.body()));
        return new BuildBody(
                Secrets.of(decoded("secret", line.path("secrets"))),
                agents(line.path("ssh")),
                line.path("contexts"),
                line.has("directory") ? Optional.of(directory(line.path("directory"))) : Optional.empty(),
                request.body());
    }

    private static byte[] line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0 || line.size() >= LONGEST_LINE) {
                throw new BuildQuery.BadBuildQueryException("the line before the build context does not end");
            }
            line.write(octet);
        }
        return line.toByteArray();
    }

    /// What the line says stays out of the message: it is secret.
    private static JsonNode parse(byte[] line) {
        try {
            return Json.parse(line);
        } catch (Json.MalformedException wrong) {
            throw new BuildQuery.BadBuildQueryException("the line before the build context is no JSON");
        }
    }

    private static LocalDirectory directory(JsonNode tree) {
        try {
            return new LocalDirectory(
                    Path.of(tree.path("path").asString("")),
                    tree.path("identity").asString(""),
                    tree.path("dockerfile").asString("Dockerfile"),
                    decoded("file", tree.path("files")));
        } catch (InvalidPathException wrong) {
            throw new BuildQuery.BadBuildQueryException("the build context's path is none: " + wrong.getReason());
        }
    }

    private static Map<String, byte[]> decoded(String what, JsonNode tree) {
        var values = new HashMap<String, byte[]>();
        tree.properties().forEach(entry -> {
            try {
                values.put(
                        entry.getKey(),
                        Base64.getDecoder().decode(entry.getValue().asString("")));
            } catch (IllegalArgumentException wrong) {
                throw new BuildQuery.BadBuildQueryException("the " + what + " " + entry.getKey() + " is not base64");
            }
        });
        return values;
    }

    private static SshAgents agents(JsonNode tree) {
        var places = new HashMap<String, Path>();
        tree.properties()
                .forEach(entry ->
                        places.put(entry.getKey(), Path.of(entry.getValue().asString(""))));
        return id -> Optional.ofNullable(places.get(id)).map(place -> () -> connect(place));
    }

    private static SocketChannel connect(Path place) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(place));
            return channel;
        } catch (IOException | RuntimeException refused) {
            channel.close();
            throw new IOException("cannot reach the SSH agent at " + place + ": " + refused.getMessage(), refused);
        }
    }
}
