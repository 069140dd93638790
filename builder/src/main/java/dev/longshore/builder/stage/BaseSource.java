package dev.longshore.builder.stage;

import dev.longshore.images.Image;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import dev.longshore.images.distribution.CredentialSource;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/// Fetches base images that are not here, or not fresh enough. Called concurrently; may block for long.
@FunctionalInterface
public interface BaseSource {

    /// The image `name` for `platform`. `here` is the one that this machine has, and is good enough if no
    /// registry can be asked.
    ///
    /// @throws ImageFaultException when it is not to be had
    Image fetch(String name, Platform platform, Optional<Image> here, Consumer<String> progress)
            throws IOException, InterruptedException;

    /// The same for somebody who has `keys` of registries: these go before its own.
    default BaseSource with(CredentialSource keys) {
        return this;
    }

    /// Only what is here.
    static BaseSource localOnly() {
        return (name, platform, here, progress) ->
                here.orElseThrow(() -> new ImageFaultException(new ImageFault.NoSuchImage(name)));
    }
}
