package dev.longshore.bench;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// A build asked for over the engine's socket as `longshore build` asks for it, without the time that a command takes
/// to begin: the engine reads the context where it lies.
record EngineBuild(Path socket) {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    /// Builds `context` into `tag`.
    void build(Path context, String tag) throws IOException {
        Map<String, Object> unix = Files.readAttributes(context, "unix:dev,ino");
        ObjectNode line = Json.object();
        line.putObject("directory")
                .put("path", context.toString())
                .put("identity", unix.get("dev") + ":" + unix.get("ino"))
                .put("dockerfile", "Dockerfile");
        byte[] body = (new String(Json.bytes(line), StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8);
        var headers = Headers.of("Content-Type", "application/vnd.longshore.build");
        String target = "/build?networkmode=none&t=" + tag;
        try (var dialer = HttpDialer.unix(socket);
                var answer = dialer.exchange(
                        new HttpDialer.Call("POST", target, headers, new ByteArrayInputStream(body), body.length),
                        LIMIT)) {
            String said = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
            if (answer.status() != 200 || said.contains("\"errorDetail\"")) {
                throw new IOException("the build failed: " + said);
            }
        }
    }
}
