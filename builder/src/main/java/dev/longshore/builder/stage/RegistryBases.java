package dev.longshore.builder.stage;

import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.CredentialSource;
import dev.longshore.images.distribution.DistributionClient;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/// Base images from registries.
///
/// @param keys that whoever builds brought; the client's own are asked where these know none
/// @param nowhere the domain of images that are here or not at all: no registry has them
public record RegistryBases(LocalImages images, DistributionClient registries, CredentialSource keys, String nowhere)
        implements BaseSource {

    @Override
    public Image fetch(String name, Platform platform, Optional<Image> here, Consumer<String> progress)
            throws IOException, InterruptedException {
        Reference reference = Reference.parse(name);
        if (reference.domain().equals(nowhere)) {
            return images.images().get(name, platform);
        }
        return registries.pull(
                reference,
                platform,
                keys.find(reference.domain()),
                (id, status, done, total) -> progress.accept((id.isEmpty() ? "" : id + ": ") + status + "\n"));
    }

    @Override
    public BaseSource with(CredentialSource others) {
        return new RegistryBases(images, registries, others, nowhere);
    }
}
