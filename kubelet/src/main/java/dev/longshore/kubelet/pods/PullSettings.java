package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.images.CredentialProviders;
import dev.longshore.kubelet.images.ImageAccess;
import java.util.List;

/// How images are brought to the node.
///
/// @param atOnce how many at the same time
/// @param policy when a pod must show that it may have what is here already
/// @param allowed what one of the policies lets pass
/// @param providers who gives credentials besides the pods' secrets
public record PullSettings(int atOnce, ImageAccess.Policy policy, List<String> allowed, CredentialProviders providers) {

    /// A few at once, and what was here before is for everybody.
    public static final PullSettings USUAL =
            new PullSettings(4, ImageAccess.Policy.NEVER_VERIFY_PRELOADED_IMAGES, List.of(), CredentialProviders.NONE);

    private static final int MOST = 64;

    public PullSettings {
        allowed = List.copyOf(allowed);
        if (atOnce < 1) {
            throw new IllegalArgumentException("no image can be pulled: " + atOnce);
        }
    }

    /// As a `KubeletConfiguration` says, with `providers`.
    public static PullSettings of(KubeletConfiguration configuration, CredentialProviders providers) {
        int most = configuration.isSet("maxParallelImagePulls")
                ? Math.clamp(configuration.count("maxParallelImagePulls"), 1, MOST)
                : MOST;
        return new PullSettings(
                configuration.flag("serializeImagePulls") ? 1 : most,
                ImageAccess.Policy.of(configuration.text("imagePullCredentialsVerificationPolicy")),
                configuration.texts("preloadedImagesVerificationAllowlist"),
                providers);
    }
}
