package dev.longshore.server.config;

import java.nio.file.Path;
import java.util.Optional;

/// A container runtime behind a socket.
///
/// @param runtime the socket of a runtime that pods shall run in; empty for our own
/// @param images the socket of its images; empty for the same
public record CriOptions(Optional<Path> runtime, Optional<Path> images) {

    /// Our own runtime.
    public static final CriOptions NONE = new CriOptions(Optional.empty(), Optional.empty());

    /// @throws IllegalArgumentException when there are images without a runtime
    public CriOptions {
        if (images.isPresent() && runtime.isEmpty()) {
            throw new IllegalArgumentException("--image-service-endpoint goes only with --container-runtime-endpoint");
        }
    }

    /// A socket as flags spell it: `unix:///run/containerd/containerd.sock`, or its path alone; null for none.
    ///
    /// @throws IllegalArgumentException when it is something else
    public static Optional<Path> socket(String flag, String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        String path = text.startsWith("unix://") ? text.substring("unix://".length()) : text;
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException(
                    "%s: \"%s\" is no unix socket: write unix:///run/containerd/containerd.sock".formatted(flag, text));
        }
        return Optional.of(Path.of(path));
    }
}
