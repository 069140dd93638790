package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which filter of system calls a container gets: the [StandardFilter], one out of a file of the node's, or none.
final class SeccompProfile {

    private static final List<String> FIELDS =
            List.of("defaultAction", "defaultErrnoRet", "architectures", "flags", "listenerPath", "syscalls");

    private SeccompProfile() {}

    /// The profile called `name` for a process with `granted`; empty when it is unconfined.
    ///
    /// @throws RuntimeFaultException when a profile's file is missing or is none
    static Optional<ObjectNode> of(String name, boolean privileged, Set<Capability> granted) {
        if (privileged || name.equals("Unconfined")) {
            return Optional.empty();
        }
        return Optional.of(
                name.isEmpty() || name.equals("RuntimeDefault") ? StandardFilter.of(granted) : load(Path.of(name)));
    }

    // A profile as Kubernetes nodes keep them in files: OCI's form, sometimes with more than OCI knows.
    private static ObjectNode load(Path file) {
        try {
            JsonNode given = Json.parse(Files.readAllBytes(file));
            if (!given.path("defaultAction").isString()) {
                throw failure(file, "it has no defaultAction");
            }
            ObjectNode profile = Json.object();
            for (String field : FIELDS) {
                if (given.has(field)) {
                    profile.set(field, given.get(field));
                }
            }
            return profile;
        } catch (NoSuchFileException absent) {
            throw failure(file, "open " + file + ": no such file or directory");
        } catch (IOException | Json.MalformedException unreadable) {
            throw failure(file, unreadable.getMessage());
        }
    }

    private static RuntimeFaultException failure(Path file, String why) {
        return new RuntimeFaultException(Kind.CANNOT_START, "cannot load seccomp profile \"" + file + "\": " + why);
    }
}
