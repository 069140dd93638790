package dev.longshore.builder.stage;

import dev.longshore.builder.progress.BuildEvent;
import dev.longshore.builder.progress.Progress;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.ImageStore;
import dev.longshore.images.Leases;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.util.Optional;

/// The base images of one build: a name means the same image in all of its stages, and is looked for once.
/// Thread-safe.
final class Bases {

    private final ImageStore images;
    private final BaseSource source;
    private final boolean anew;
    private final Leases.Lease lease;
    private final Progress progress;
    private final Once<Image> found = new Once<>();

    /// @param anew whether `source` is asked even for what is here
    Bases(ImageStore images, BaseSource source, boolean anew, Leases.Lease lease, Progress progress) {
        this.images = images;
        this.source = source;
        this.anew = anew;
        this.lease = lease;
        this.progress = progress;
    }

    /// The image `name` for `platform`.
    ///
    /// @throws ImageFaultException when it is not to be had
    Image get(String name, Platform platform) throws IOException, InterruptedException {
        return found.get(platform + " " + name, () -> {
            Image image = look(name, platform);
            lease.keep(image.target());
            return image;
        });
    }

    private Image look(String name, Platform platform) throws IOException, InterruptedException {
        Optional<Image> here = here(name, platform);
        return here.isPresent() && !anew
                ? here.get()
                : source.fetch(name, platform, here, text -> progress.tell(new BuildEvent.Message(text)));
    }

    private Optional<Image> here(String name, Platform platform) throws IOException {
        if (images.find(name).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(images.get(name, platform));
        } catch (ImageFaultException other) {
            if (other.fault() instanceof ImageFault.NoSuchPlatform) {
                return Optional.empty();
            }
            throw other;
        }
    }
}
