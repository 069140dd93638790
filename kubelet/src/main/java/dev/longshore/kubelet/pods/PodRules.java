package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.images.CredentialProviders;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.Map;

/// What the node's owner decided about pods. A further decision becomes a field of one of these, or one more of them.
///
/// @param security what pods may ask for beyond what is safe
/// @param pulls how images are brought here
/// @param resources how requests and limits become cgroups
/// @param longestBackoff what a container that ends again and again waits for at most
public record PodRules(
        SecuritySettings security, PullSettings pulls, ResourceSettings resources, Duration longestBackoff) {

    /// As without any configuration.
    public static final PodRules USUAL =
            new PodRules(SecuritySettings.USUAL, PullSettings.USUAL, ResourceSettings.USUAL, Backoff.LONGEST);

    /// As it is configured, on a machine of `capacity`, with programs that give credentials for registries.
    public static PodRules of(
            KubeletConfiguration configuration, Map<String, Quantity> capacity, CredentialProviders credentials) {
        return new PodRules(
                SecuritySettings.of(configuration),
                PullSettings.of(configuration, credentials),
                ResourceSettings.of(configuration, capacity),
                configuration.duration("crashLoopBackOff.maxContainerRestartPeriod"));
    }

    /// The usual ones, but what pods may ask for.
    public static PodRules of(SecuritySettings security) {
        return new PodRules(security, PullSettings.USUAL, ResourceSettings.USUAL, Backoff.LONGEST);
    }
}
