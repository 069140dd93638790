package dev.longshore.images.distribution;

import dev.longshore.images.Reference;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A directory laid out as containerd's `certs.d`: for each registry a directory of its name (`HOST_PORT_` or
/// `HOST:PORT` where it has a port), `_default` for all others, in it a [HostsFile]. It is read for each pull, so that
/// changes need no restart.
///
/// @param root may be absent
record HostDirectory(Path root) {

    private static final String FILE = "hosts.toml";

    /// Where the repositories of a registry are to be asked for; empty when nobody says so.
    ///
    /// @throws dev.longshore.images.ImageFaultException when the file is not as it should be
    Optional<List<HostsFile.Place>> places(Reference reference) throws IOException {
        String registry = reference.domain();
        for (String name : List.of(registry.replaceFirst(":([0-9]+)$", "_$1_"), registry, "_default")) {
            Path file = root.resolve(name).resolve(FILE);
            if (Files.isRegularFile(file)) {
                return Optional.of(HostsFile.places(file));
            }
        }
        return Optional.empty();
    }

    /// The place as somebody to be asked. `itself` is the registry by its own name.
    static RegistryHost host(HostsFile.Place place, Reference reference, RegistryHost itself) {
        URI address = place.address().orElse(itself.base());
        boolean isItself = address.getAuthority().equals(itself.base().getAuthority());
        return new RegistryHost(
                isItself ? itself.name() : address.getAuthority(),
                address,
                place.root(),
                isItself ? "" : reference.domain(),
                place.capabilities(),
                place.trust(),
                place.headers());
    }
}
