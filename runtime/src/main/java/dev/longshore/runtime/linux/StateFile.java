package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/// Small files that hold one fact each, written once and whole: what is renamed into place is complete.
final class StateFile {

    private static final Logger log = LoggerFactory.getLogger(StateFile.class);

    // A path is its text, relative ones too: Jackson's own form would make them absolute.
    private static final JsonMapper MAPPER = Json.mapper()
            .rebuild()
            .addModule(new SimpleModule("paths")
                    .addSerializer(Path.class, new ToStringSerializer(Path.class))
                    .addDeserializer(Path.class, new PathReader()))
            .build();

    private StateFile() {}

    static void write(Path file, Object fact) {
        writeBytes(file, MAPPER.writeValueAsBytes(fact));
    }

    static void writeText(Path file, String text) {
        writeBytes(file, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static <T> Optional<T> read(Path file, Class<T> type) {
        try {
            return Optional.of(MAPPER.readValue(Files.readAllBytes(file), type));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (JacksonException torn) {
            log.warn("{} is not readable and counts as absent: {}", file, torn.getOriginalMessage());
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static void createDirectories(Path... directories) {
        try {
            for (Path directory : directories) {
                Files.createDirectories(directory);
            }
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    private static void writeBytes(Path file, byte[] bytes) {
        try {
            WholeFile.write(file, bytes);
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    private static final class PathReader extends StdDeserializer<Path> {
        private static final long serialVersionUID = 1L;

        PathReader() {
            super(Path.class);
        }

        @Override
        public Path deserialize(JsonParser parser, DeserializationContext context) {
            return Path.of(parser.getString());
        }
    }
}
