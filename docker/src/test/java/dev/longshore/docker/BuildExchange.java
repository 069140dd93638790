package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.Query;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import dev.longshore.images.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Builds by an engine's socket as `longshore build` does, and reads what it answers.
final class BuildExchange {

    private BuildExchange() {}

    /// The messages of a build that does not fail. Its context has the Dockerfile and a file `a`.
    static List<JsonNode> build(Path socket, String dockerfile, String... parameters) throws IOException {
        return build(socket, call(dockerfile, parameters));
    }

    static List<JsonNode> build(Path socket, HttpDialer.Call call) throws IOException {
        List<JsonNode> messages = messages(socket, call);
        assertThat(messages).noneMatch(message -> message.has("error"));
        return messages;
    }

    /// The messages of a build that may fail.
    static List<JsonNode> messages(Path socket, HttpDialer.Call call) throws IOException {
        try (var dialer = HttpDialer.unix(socket);
                var answer = dialer.exchange(call, Duration.ofMinutes(1))) {
            String text = answer.text();
            assertThat(answer.status()).as(text).isEqualTo(200);
            var messages = new ArrayList<JsonNode>();
            text.lines().filter(line -> !line.isBlank()).map(Json::parse).forEach(messages::add);
            return messages;
        }
    }

    static HttpDialer.Call call(String dockerfile, String... parameters) throws IOException {
        var query = new TreeMap<String, List<String>>();
        for (int i = 0; i < parameters.length; i += 2) {
            query.put(parameters[i], List.of(parameters[i + 1]));
        }
        var body = new ByteArrayOutputStream();
        body.writeBytes("{\"secrets\":{}}\n".getBytes(StandardCharsets.UTF_8));
        var tar = new TarWriter(body);
        for (var file : Map.of("Dockerfile", dockerfile, "a", "content").entrySet()) {
            byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
            tar.add(TarEntry.file(file.getKey(), content.length), new ByteArrayInputStream(content));
        }
        tar.finish();
        return HttpDialer.Call.of(
                "POST",
                "/build?" + new Query(query).encode(),
                Headers.of("Content-Type", "application/vnd.longshore.build"),
                body.toByteArray());
    }

    static byte[] output(List<JsonNode> messages, String number) {
        var bytes = new ByteArrayOutputStream();
        boolean isWhole = false;
        for (JsonNode message : messages) {
            JsonNode aux = message.path("aux");
            if (aux.path("output").asString("").equals(number)) {
                assertThat(isWhole).isFalse();
                bytes.writeBytes(Base64.getDecoder().decode(aux.path("data").asString("")));
                isWhole = aux.path("isLast").asBoolean(false);
            }
        }
        assertThat(isWhole).isTrue();
        return bytes.toByteArray();
    }

    static JsonNode aux(List<JsonNode> messages, String id) {
        return messages.stream()
                .filter(message -> message.path("id").asString("").equals(id))
                .findFirst()
                .orElseThrow()
                .path("aux");
    }

    static String said(List<JsonNode> messages) {
        var said = new StringBuilder();
        messages.forEach(message -> said.append(message.path("stream").asString("")));
        return said.toString();
    }

    static Map<String, String> files(byte[] archive) throws Exception {
        var files = new TreeMap<String, String>();
        var tar = new TarReader(new ByteArrayInputStream(archive));
        for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            var content = new ByteArrayOutputStream();
            if (entry.get().type() == TarEntry.Type.FILE) {
                tar.content((offset, bytes, length) -> content.write(bytes, 0, length));
            }
            files.put(entry.get().name(), content.toString(StandardCharsets.UTF_8));
        }
        return files;
    }
}
