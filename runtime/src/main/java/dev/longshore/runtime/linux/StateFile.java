package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// Small files that hold one fact each, written once and whole: what is renamed into place is complete.
final class StateFile {

    private static final Logger log = LoggerFactory.getLogger(StateFile.class);

    private StateFile() {}

    static void write(Path file, Object fact) {
        writeBytes(file, Json.mapper().writeValueAsBytes(fact));
    }

    static void writeText(Path file, String text) {
        writeBytes(file, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static <T> Optional<T> read(Path file, Class<T> type) {
        try {
            return Optional.of(Json.mapper().readValue(Files.readAllBytes(file), type));
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
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.write(draft, bytes);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }
}
