package dev.longshore.runtime.cri.server;

import dev.longshore.base.Digest;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.cri.proto.Mount;
import dev.longshore.runtime.cri.proto.MountPropagation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads a container's mounts.
final class WantedMounts {

    private static final String RECURSIVELY_READ_ONLY = "rro";

    private final Function<String, Digest> images;

    /// @param images finds an image that is present
    WantedMounts(Function<String, Digest> images) {
        this.images = images;
    }

    List<ContainerSpec.Mount> of(List<Mount> wanted) {
        return wanted.stream().map(this::of).toList();
    }

    private ContainerSpec.Mount of(Mount wanted) {
        if (!wanted.getImage().getImage().isEmpty()) {
            return ContainerSpec.Mount.image(
                    images.apply(wanted.getImage().getImage()), wanted.getImageSubPath(), wanted.getContainerPath());
        }
        boolean isPrivate = wanted.getPropagation() == MountPropagation.PROPAGATION_PRIVATE;
        if (wanted.getRecursiveReadOnly() && !(wanted.getReadonly() && isPrivate)) {
            throw Refusals.invalid("mount at \"%s\": recursive_read_only needs readonly and private propagation"
                    .formatted(wanted.getContainerPath()));
        }
        Path source = Path.of(wanted.getHostPath());
        if (!source.isAbsolute()) {
            throw Refusals.invalid("host path \"%s\" is not absolute".formatted(source));
        }
        return new ContainerSpec.Mount(
                Optional.of(there(source)),
                wanted.getContainerPath(),
                wanted.getReadonly(),
                switch (wanted.getPropagation()) {
                    case PROPAGATION_HOST_TO_CONTAINER -> "rslave";
                    case PROPAGATION_BIDIRECTIONAL -> "rshared";
                    case PROPAGATION_PRIVATE, UNRECOGNIZED -> "private";
                },
                wanted.getRecursiveReadOnly() ? List.of(RECURSIVELY_READ_ONLY) : List.of());
    }

    /// What is not there becomes a directory, as other runtimes have it.
    private static Path there(Path source) {
        try {
            return Files.exists(source) ? source : Files.createDirectories(source);
        } catch (IOException denied) {
            throw new UncheckedIOException("cannot make the host path " + source, denied);
        }
    }
}
