package dev.longshore.kinds.webhooks;

import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import java.util.List;
import java.util.function.Supplier;

/// The webhooks that are configured, as they are known by now. Thread-safe.
final class KnownHooks {

    private final GroupResource configurations;
    private volatile Supplier<List<Hook>> known;

    /// @param plural of the configurations' resource
    KnownHooks(String plural) {
        this.configurations = new GroupResource("admissionregistration.k8s.io", plural);
    }

    /// In the order in which they are asked.
    List<Hook> all(Registry registry) {
        Supplier<List<Hook>> made = known;
        if (made == null) {
            made = registry.kept(configurations, Hook::of);
            known = made;
        }
        return made.get();
    }
}
