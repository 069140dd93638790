package dev.longshore.builder.graph;

import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The contexts that a build is given besides its own, by what they are called. A name is an image's, as people write
/// it (`busybox` is `docker.io/library/busybox:latest`), so that a context may stand for an image that a Dockerfile
/// knows nothing better of; `NAME::linux/arm64` counts for that platform only, and before `NAME`. Immutable.
public final class NamedContexts {

    /// There are none.
    public static final NamedContexts NONE = new NamedContexts(Map.of());

    private static final String OF_PLATFORM = "::";
    private static final String USUAL_TAG = ":latest";

    /// What BuildKit never looks for.
    private static final Set<String> OWN = Set.of("scratch", "context");

    private final Map<String, NamedContext> byName;

    private NamedContexts(Map<String, NamedContext> byName) {
        this.byName = Map.copyOf(byName);
    }

    /// These, and `context` as `name`.
    ///
    /// @throws IllegalArgumentException with one line that says why not, when `name` is none
    public NamedContexts with(String name, NamedContext context) {
        var more = new LinkedHashMap<>(byName);
        more.put(normal(name), context);
        return new NamedContexts(more);
    }

    private static String normal(String name) {
        int platform = name.indexOf(OF_PLATFORM);
        String plain = platform < 0 ? name : name.substring(0, platform);
        try {
            String found = familiar(plain);
            if (OWN.contains(found)) {
                throw new IllegalArgumentException(
                        "a build context cannot be called " + plain + ": the builder has one of that name");
            }
            return platform < 0
                    ? found
                    : found + OF_PLATFORM + PlatformText.parse(name.substring(platform + OF_PLATFORM.length()));
        } catch (ImageFaultException wrong) {
            throw new IllegalArgumentException("invalid context name " + name + ": " + wrong.getMessage(), wrong);
        }
    }

    private static String familiar(String name) {
        String familiar = Reference.parse(name).familiar();
        return familiar.endsWith(USUAL_TAG) ? familiar.substring(0, familiar.length() - USUAL_TAG.length()) : familiar;
    }

    /// The name here of what `text`, a stage, an image or a `--from`, means for `platform`; empty if there is none.
    public Optional<String> find(String text, Platform platform) {
        if (byName.isEmpty()) {
            return Optional.empty();
        }
        try {
            String name = familiar(text);
            String special = name + OF_PLATFORM + platform;
            return Optional.of(byName.containsKey(special) ? special : name).filter(byName::containsKey);
        } catch (ImageFaultException other) {
            return Optional.empty(); // Stages may have names that images cannot.
        }
    }

    /// The context called `name`, as [#find] tells it.
    public NamedContext get(String name) {
        return byName.get(name);
    }
}
