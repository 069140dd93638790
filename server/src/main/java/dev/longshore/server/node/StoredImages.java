package dev.longshore.server.node;

import dev.longshore.images.BaseImages;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.distribution.Progress;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The images of this machine's store, as the kubelet asks for them. What the builder has made is there at
/// once.
public final class StoredImages implements Images {

    private final LocalImages local;
    private final DistributionClient registries;
    private final Map<String, ReentrantLock> pulls = new ConcurrentHashMap<>();

    /// In `local`, fetched through `registries`.
    public StoredImages(LocalImages local, DistributionClient registries) {
        this.local = local;
        this.registries = registries;
    }

    @Override
    public Optional<ImageStatus> status(String reference) {
        try {
            return local.images().find(reference).map(StoredImages::status);
        } catch (IOException broken) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.FAILED,
                    "cannot read image " + reference + ": " + broken.getMessage(),
                    broken);
        }
    }

    @Override
    public ImageStatus pull(String reference, Optional<Credentials> credentials) throws InterruptedException {
        Optional<ImageStatus> ownMake = status(reference).filter(status -> isOwnMake(reference));
        if (ownMake.isPresent()) {
            return ownMake.get();
        }
        // Those who want the same image wait for the first and then find everything there.
        ReentrantLock one = pulls.computeIfAbsent(reference, absent -> new ReentrantLock());
        one.lockInterruptibly();
        try {
            return status(registries.pull(Reference.parse(reference), known(credentials), Progress.SILENT));
        } catch (ImageFaultException refused) {
            throw new RuntimeFaultException(RuntimeFaultException.Kind.IMAGE_UNAVAILABLE, words(refused), refused);
        } catch (IOException broken) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.FAILED,
                    "failed to pull %s: %s".formatted(reference, broken.getMessage()),
                    broken);
        } finally {
            one.unlock();
            if (!one.hasQueuedThreads()) {
                pulls.remove(reference, one);
            }
        }
    }

    /// Kubelets tell by the first word that nobody was there to say no (CRI, ErrRegistryUnavailable).
    private static String words(ImageFaultException refused) {
        boolean isAway = refused.fault() instanceof ImageFault.Registry registry && registry.status() == 0;
        return isAway ? "RegistryUnavailable: " + refused.getMessage() : refused.getMessage();
    }

    @Override
    public List<ImageStatus> list() {
        try {
            return local.images().list().stream().map(StoredImages::status).toList();
        } catch (IOException broken) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.FAILED, "cannot list images: " + broken.getMessage(), broken);
        }
    }

    @Override
    public void remove(String reference) {
        try {
            // An image goes with all its names; what a container runs from is refused all the same.
            local.images().remove(reference, true);
        } catch (ImageFaultException refused) {
            if (!(refused.fault() instanceof ImageFault.NoSuchImage)) {
                throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, refused.getMessage(), refused);
            }
        } catch (IOException broken) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.FAILED,
                    "cannot remove image " + reference + ": " + broken.getMessage(),
                    broken);
        }
    }

    /// What Longshore itself has made is in no registry.
    private static boolean isOwnMake(String reference) {
        return Reference.parse(reference).domain().equals(BaseImages.BUSYBOX.domain());
    }

    private static dev.longshore.images.distribution.Credentials known(Optional<Credentials> credentials) {
        return credentials
                .map(given -> new dev.longshore.images.distribution.Credentials(
                        given.username(), given.password(), given.identityToken()))
                .orElse(dev.longshore.images.distribution.Credentials.NONE);
    }

    private static ImageStatus status(Image image) {
        return new ImageStatus(
                image.id(),
                image.names().stream().map(Reference::toString).toList(),
                image.repoDigests(),
                image.size(),
                Optional.of(image.config().run().user()).filter(user -> !user.isEmpty()));
    }
}
